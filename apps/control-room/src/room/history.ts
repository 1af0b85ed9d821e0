import type { RoomEvent, RoomSample } from '../../web/src/room-model.ts';

const fineMs = 600_000;
const coarseStepMs = 10_000;
const coarseMs = 7_200_000;
const maxEvents = 500;

/** What happened in the last two hours: each second of the last ten minutes, and before that one sample in ten seconds. */
export class History {
  #samples: RoomSample[] = [];
  readonly #events: RoomEvent[] = [];

  get samples(): readonly RoomSample[] {
    return this.#samples;
  }

  get events(): readonly RoomEvent[] {
    return this.#events;
  }

  addSample(sample: RoomSample): void {
    this.#samples.push(sample);
    const fineFromMs = sample.atMs - fineMs;
    // Once in ten seconds is often enough to thin out what has become old.
    const [first] = this.#samples;
    if (!first || first.atMs > fineFromMs - coarseStepMs || this.#samples.length % 10 !== 0) return;
    let keptMs = Number.NEGATIVE_INFINITY;
    this.#samples = this.#samples.filter(({ atMs }) => {
      if (atMs >= fineFromMs) return true;
      if (atMs < sample.atMs - coarseMs || atMs - keptMs < coarseStepMs) return false;
      keptMs = atMs;
      return true;
    });
  }

  addEvent(event: RoomEvent): void {
    this.#events.push(event);
    if (this.#events.length > maxEvents) this.#events.shift();
  }
}
