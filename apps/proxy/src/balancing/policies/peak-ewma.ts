import type { PolicyDefinition } from '../selection-policy.ts';
import type { Upstream } from '../upstream.ts';
import { drawTwo } from './draw-two.ts';

/** The cost of an upstream that has not responded yet and has a request already: it gets no second one meanwhile. */
const unknownMs = 1_000_000;

const costOf = ({ inFlight, weight, responseTime: { valueMs } }: Upstream): number => {
  const expectedMs = valueMs === 0 && inFlight > 0 ? unknownMs : valueMs;
  return (expectedMs * (inFlight + 1)) / weight;
};

export const peakEwma: PolicyDefinition = {
  summary:
    'Draws two different upstreams at random and selects the one where a request is expected to wait less: its response time (a moving average that rises at once and falls over 10 s) times its requests in flight, per unit of weight.',
  options: {},
  create: (_options, random) => (upstreams) => {
    const [one, other] = drawTwo(upstreams, random) ?? [];
    return one && other && costOf(other) < costOf(one) ? other : one;
  },
};
