import { computed, ref, shallowRef } from 'vue';
import type { StreamStatus } from './event-stream.ts';
import { addPoint, type Point } from './history.ts';
import type { RoomEvent, RoomSample } from './room-model.ts';

/** Events that the page keeps: enough for a long run, and bounded. */
const maxEvents = 500;

/** Returns the point of the time line that a sample makes. */
export const pointOf = ({ atMs, copies, proxy, load }: RoomSample): Point => ({
  atMs,
  byCopy: Object.fromEntries(
    copies.flatMap(({ name, requestsPerSecond }) =>
      requestsPerSecond === undefined ? [] : [[name, requestsPerSecond]],
    ),
  ),
  cpuByCopy: Object.fromEntries(copies.flatMap(({ name, cpu }) => (cpu === undefined ? [] : [[name, cpu]]))),
  p50Ms: load?.p50Ms ?? proxy.p50Ms ?? null,
  p95Ms: load?.p95Ms ?? null,
  p99Ms: load?.p99Ms ?? proxy.p99Ms ?? null,
  requestsPerSecond: load?.requestsPerSecond ?? proxy.requestsPerSecond ?? null,
  failedPerSecond: load?.failedPerSecond ?? proxy.failedPerSecond ?? null,
  load: load?.load ?? null,
});

/** What the event stream said so far. */
export const createRoomState = () => {
  const status = ref<StreamStatus>('connecting');
  const sample = shallowRef<RoomSample>();
  const history = shallowRef<readonly Point[]>([]);
  const events = shallowRef<readonly RoomEvent[]>([]);

  return {
    status,
    sample,
    history,
    events,
    latestEvent: computed(() => events.value.at(-1)),
    /** Begins with a snapshot: after a connection was lost it replaces what was known. */
    replace: (samples: readonly RoomSample[], known: readonly RoomEvent[]): void => {
      history.value = samples.map(pointOf).reduce<readonly Point[]>(addPoint, []);
      sample.value = samples.at(-1) ?? sample.value;
      events.value = known.slice(-maxEvents);
    },
    addSample: (next: RoomSample): void => {
      sample.value = next;
      history.value = addPoint(history.value, pointOf(next));
    },
    addEvent: (event: RoomEvent): void => {
      if (events.value.some(({ id }) => id === event.id)) return;
      events.value = [...events.value, event].slice(-maxEvents);
    },
  };
};
