/** What flows over the path to one copy. */
export type Flow = {
  readonly copy: string;
  readonly requestsPerSecond: number;
  readonly failuresPerSecond: number;
  /** The median of its response times; undefined while it has none. */
  readonly latencyMs: number | undefined;
};

export type Dot = {
  readonly copy: string;
  readonly failed: boolean;
  /** From 0 at the clients to 1 at the end of the path. */
  progress: number;
  /** The time since a failed one fell out of the path; 0 while it moves. */
  fallenMs: number;
  readonly crossingMs: number;
};

export const maxDots = 60;
/** Where a failed request leaves the path: at its copy. */
export const fallAt = 0.72;
const fallenForMs = 2000;
const steps = [1, 2, 5];

/** How long a dot takes to cross the path: real latencies on a log scale, from 0.7 s for 1 ms to 3 s for 10 s. */
export const crossingMsOf = (latencyMs: number | undefined): number =>
  700 + 575 * Math.log10(Math.min(10_000, Math.max(1, latencyMs ?? 1)));

/** How many requests one dot stands for, so that at most `maxDots` are on their way: 1, 2, 5, 10, 20, 50, … */
export const chooseRequestsPerDot = (flows: readonly Flow[]): number => {
  const onTheWay = flows.reduce(
    (sum, { requestsPerSecond, failuresPerSecond, latencyMs }) =>
      sum + (requestsPerSecond * crossingMsOf(latencyMs)) / 1000 + (failuresPerSecond * fallenForMs) / 1000,
    0,
  );
  for (let power = 1; ; power *= 10) {
    const fits = steps.map((step) => step * power).find((perDot) => onTheWay / perDot <= maxDots * 0.9);
    if (fits !== undefined) return fits;
    if (!Number.isFinite(onTheWay)) return power;
  }
};

export type Dots = {
  readonly dots: readonly Dot[];
  /** Moves all dots by this time and adds those of the flows. */
  step(elapsedMs: number, flows: readonly Flow[], requestsPerDot: number): void;
  /** Removes all dots. */
  clear(): void;
};

/** Dots that move along the path. `random` (0 to 1) spreads the starts of the copies. */
export const createDots = (random: () => number): Dots => {
  const dots: Dot[] = [];
  const due = new Map<string, number>();

  const add = (key: string, flow: Flow, failed: boolean, perSecond: number, elapsedMs: number): void => {
    let owed = (due.get(key) ?? random()) + (perSecond * elapsedMs) / 1000;
    for (; owed >= 1; owed -= 1) {
      if (dots.length < maxDots)
        dots.push({
          copy: flow.copy,
          failed,
          progress: 0,
          fallenMs: 0,
          crossingMs: crossingMsOf(flow.latencyMs),
        });
    }
    due.set(key, owed);
  };

  return {
    dots,
    clear: () => {
      dots.length = 0;
    },
    step: (elapsedMs, flows, requestsPerDot) => {
      for (const dot of dots) {
        if (dot.failed && dot.progress >= fallAt) dot.fallenMs += elapsedMs;
        else dot.progress += elapsedMs / dot.crossingMs;
      }
      const stays = dots.filter((dot) => (dot.failed ? dot.fallenMs < fallenForMs : dot.progress < 1));
      dots.splice(0, dots.length, ...stays);
      for (const flow of flows) {
        const failures = Math.min(flow.failuresPerSecond, flow.requestsPerSecond);
        const good = flow.requestsPerSecond - failures;
        add(flow.copy, flow, false, good / requestsPerDot, elapsedMs);
        // A failure is never hidden by the scale: at least one dot a second stands for them.
        if (failures > 0)
          add(`${flow.copy} failed`, flow, true, Math.max(1, failures / requestsPerDot), elapsedMs);
      }
    },
  };
};
