import type { Topic } from './case.ts';
import { bodiless } from './rules/bodiless.ts';
import { errorAnswers } from './rules/error-answers.ts';
import { forwardedHeaders } from './rules/forwarded-headers.ts';
import { hopByHop } from './rules/hop-by-hop.ts';
import { http10 } from './rules/http-1-0.ts';
import { interimResponses } from './rules/interim-responses.ts';
import { leavingClients } from './rules/leaving-clients.ts';
import { limits } from './rules/limits.ts';
import { paths } from './rules/paths.ts';
import { pipelining } from './rules/pipelining.ts';
import { requestFraming } from './rules/request-framing.ts';
import { requestHeads } from './rules/request-heads.ts';
import { responseFraming } from './rules/response-framing.ts';
import { retries } from './rules/retries.ts';
import { smuggling } from './rules/smuggling.ts';
import { timeOuts } from './rules/time-outs.ts';
import { upgrades } from './rules/upgrades.ts';

/** Every topic, in the order of the tables. */
export const topics: readonly Topic[] = [
  requestHeads,
  requestFraming,
  responseFraming,
  bodiless,
  smuggling,
  hopByHop,
  paths,
  forwardedHeaders,
  retries,
  timeOuts,
  leavingClients,
  http10,
  interimResponses,
  upgrades,
  pipelining,
  limits,
  errorAnswers,
];

/** The rows whose topic or rule holds this text, in their topics. */
export const topicsWith = (text: string): readonly Topic[] =>
  topics
    .map((topic) =>
      topic.name.includes(text)
        ? topic
        : { ...topic, cases: topic.cases.filter(({ rule }) => rule.includes(text)) },
    )
    .filter(({ cases }) => cases.length > 0);
