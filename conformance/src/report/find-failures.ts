import type { ConformanceResult } from '../play/run-conformance.ts';

/**
 * The nginx version for which the deviations are recorded. Another version may differ, unless the difference is a
 * vulnerability.
 */
const recordedVersion = /^1\.22\./;

export type Findings = {
  /** One sentence each. */
  readonly failures: readonly string[];
  /** Differences between this version of nginx and the recorded one. */
  readonly facts: readonly string[];
};

/** Sorts unexpected results into failures and facts. */
export const findFailures = ({ cases, engines }: ConformanceResult, nginxVersion: string): Findings => {
  const failures = engines.flatMap(({ kind, faults }) => faults.map((fault) => `${kind}: ${fault}`));
  const facts: string[] = [];
  for (const { topic, testCase, verdicts } of cases) {
    for (const [kind, { isExpected, isSmuggled, words }] of Object.entries(verdicts)) {
      if (isExpected) continue;
      const sentence = `${kind}: ${topic.name}: ${testCase.rule}: ${words}`;
      const isFact =
        kind === 'nginx' && !recordedVersion.test(nginxVersion) && !topic.isSafety && !isSmuggled;
      (isFact ? facts : failures).push(sentence);
    }
  }
  return { failures, facts };
};
