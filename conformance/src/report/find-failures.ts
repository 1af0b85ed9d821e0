import type { ConformanceResult } from '../play/run-conformance.ts';

/** The version for which nginx's own ways are recorded. Another one may differ, but for what would be a hole. */
const recordedVersion = /^1\.22\./;

export type Findings = {
  /** Each a sentence. */
  readonly failures: readonly string[];
  /** What another version of nginx does in another way than the recorded one. */
  readonly facts: readonly string[];
};

/** What of a result is a failure, and what is only worth knowing. */
export const findFailures = ({ cases, engines }: ConformanceResult, nginxVersion: string): Findings => {
  const failures = engines.flatMap(({ kind, faults }) => faults.map((fault) => `${kind}: ${fault}`));
  const facts: string[] = [];
  for (const { topic, one, verdicts } of cases) {
    for (const [kind, { isExpected, isHole, words }] of Object.entries(verdicts)) {
      if (isExpected) continue;
      const sentence = `${kind}: ${topic.name}: ${one.rule}: ${words}`;
      const isFact = kind === 'nginx' && !recordedVersion.test(nginxVersion) && !topic.isSafety && !isHole;
      (isFact ? facts : failures).push(sentence);
    }
  }
  return { failures, facts };
};
