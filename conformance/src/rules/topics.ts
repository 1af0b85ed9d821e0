import type { Topic } from '../case/case.ts';
import { bodiless } from './bodiless.ts';
import { errorAnswers } from './error-answers.ts';
import { forwardedHeaders } from './forwarded-headers.ts';
import { hopByHop } from './hop-by-hop.ts';
import { http10 } from './http-1-0.ts';
import { interimResponses } from './interim-responses.ts';
import { leavingClients } from './leaving-clients.ts';
import { limits } from './limits.ts';
import { paths } from './paths.ts';
import { pipelining } from './pipelining.ts';
import { requestFraming } from './request-framing.ts';
import { requestHeads } from './request-heads.ts';
import { responseFraming } from './response-framing.ts';
import { retries } from './retries.ts';
import { smuggling } from './smuggling.ts';
import { timeOuts } from './time-outs.ts';
import { upgrades } from './upgrades.ts';

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

/** Returns the topics with only the rows whose topic or rule contains the text. */
export const topicsWith = (text: string): readonly Topic[] =>
  topics
    .map((topic) =>
      topic.name.includes(text)
        ? topic
        : { ...topic, cases: topic.cases.filter(({ rule }) => rule.includes(text)) },
    )
    .filter(({ cases }) => cases.length > 0);
