import type { LoadRun } from '@tripod/load/report/load-run';
import type { Clock } from '@tripod/shared/async/clock';
import type { Reading } from '@tripod/stack-client/reading';
import type { LabFacts } from '../../web/src/wire.ts';
import { createExperimentRunner } from '../experiments/experiment-runner.ts';
import { createLoadRunner, type LoadRunnerOptions } from '../load/load-runner.ts';
import type { ProxyAdmin } from '../stack/proxy-admin.ts';
import { createStackLink } from '../stack/stack-link.ts';
import { type Actions, createActions } from './actions.ts';
import { createEventHub, type EventHub } from './event-hub.ts';
import { History } from './history.ts';
import { toRoomSample } from './to-room-sample.ts';

export type RoomOptions = Pick<LoadRunnerOptions, 'target' | 'moduleOf' | 'cpuSeconds' | 'nodeVersion'> & {
  readonly facts: LabFacts;
  readonly socketPath: string;
  readonly admin: ProxyAdmin;
  /** The path of the command `experiment`, and of node. */
  readonly experimentProgram: string;
  readonly execPath: string;
  readonly clock: Clock;
  /** Milliseconds since 1970. */
  readonly now: () => number;
};

export type Room = {
  readonly pages: EventHub;
  /** Carries out what a person asked for. Rejects with an Error whose message is a sentence. */
  readonly act: Actions;
  /** The last load that ended. */
  readonly lastRun: () => LoadRun | undefined;
  /** The port on which a process has its profiles, by its name. */
  readonly portOf: (process: string) => number | undefined;
  close(): Promise<void>;
};

/** Joins the readings of the stack, the load and the open pages. Measures only while a page is open or a load runs. */
export const createRoom = (options: RoomOptions): Room => {
  const { facts, socketPath, admin, clock, cpuSeconds, now } = options;
  const history = new History();
  const portOf = new Map<string, number>();
  let isWatched = false;
  let isLoaded = false;
  let nextEvent = 1;
  let lastCpu: { readonly seconds: number; readonly atMs: number } | undefined;

  const addEvent = (kind: string, service: string, detail?: string, atMs = now()): void => {
    const event = { id: `${nextEvent}`, atMs, kind, service, detail };
    nextEvent += 1;
    history.addEvent(event);
    pages.send('event', event);
  };
  const takeOwnCpu = (): number | undefined => {
    const current = { seconds: cpuSeconds(), atMs: clock.monotonicMs() };
    const before = lastCpu;
    lastCpu = current;
    if (!before || current.atMs <= before.atMs) return undefined;
    return (current.seconds - before.seconds) / ((current.atMs - before.atMs) / 1000);
  };
  const onReading = (reading: Reading): void => {
    if (reading.type === 'event') {
      addEvent(reading.kind, reading.service, reading.detail, Date.parse(reading.at));
      return;
    }
    // Another process may have got the port of a removed copy.
    portOf.clear();
    for (const { name, port } of reading.processes) if (port !== undefined) portOf.set(name, port);
    const sample = toRoomSample(reading, {
      service: facts.service,
      load: load.figures(),
      ownCpu: takeOwnCpu(),
    });
    history.addSample(sample);
    pages.send('sample', sample);
  };
  const link = createStackLink({
    ...{ socketPath, clock, onReading },
    onLost: (reason) => addEvent('lost', 'stack', reason),
  });
  const watch = (): void => link.watch(isWatched || isLoaded);
  const pages = createEventHub({
    snapshot: () => ({
      facts,
      samples: history.samples,
      events: history.events,
      report: load.report,
    }),
    onWatched: (value) => {
      isWatched = value;
      watch();
    },
  });
  const load = createLoadRunner({
    ...options,
    onReport: (report) => {
      isLoaded = report.isRunning;
      watch();
      pages.send('report', report);
    },
    onEvent: (kind, detail) => addEvent(kind, 'load', detail),
  });
  const experiments = createExperimentRunner({
    program: options.experimentProgram,
    execPath: options.execPath,
    onState: (state) => {
      const { verdict, running, problem } = state;
      if (running !== undefined) addEvent('experiment started', running);
      else addEvent('experiment ended', verdict?.experiment ?? 'experiment', problem);
      pages.send('experiment', state);
    },
  });
  const act = createActions({
    ...{ link, load, admin, experiments, addEvent },
    portOf: (name) => portOf.get(name),
    pool: facts.service,
  });
  return {
    pages,
    act,
    lastRun: () => load.lastRun,
    portOf: (name) => (name === 'proxy' ? admin.port : portOf.get(name)),
    async close() {
      link.watch(false);
      pages.close();
      await Promise.all([load.close(), experiments.close()]);
    },
  };
};
