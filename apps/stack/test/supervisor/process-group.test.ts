import { beforeEach, describe, expect, it } from '@jest/globals';
import { createFakeClock } from '@tripod/testing/fake-clock';
import { createArmedFaults } from '../../src/supervisor/armed-faults.ts';
import { type GroupOptions, type PoolMembership, ProcessGroup } from '../../src/supervisor/process-group.ts';
import type { ProcessState, SupervisedProcess } from '../../src/supervisor/supervised-process.ts';

let steps: string[];
let reports: string[];
let broken: Set<string>;
const report = (message: string): void => void reports.push(message);

/** A process that starts and stops at once and records it in `steps`. */
const fakeProcess = (name: string, port: number | undefined): SupervisedProcess => {
  const fake = {
    spec: { name, port },
    name,
    state: 'stopped' as ProcessState,
    faults: createArmedFaults({
      clock: createFakeClock(),
      onArmed: () => undefined,
      onHealed: (description) => void steps.push(`heal ${name} ${description}`),
    }),
    start: () => {
      steps.push(`start ${name}`);
      if (broken.has(name)) return Promise.reject(new Error(`${name} did not start`));
      fake.state = 'ready';
      return Promise.resolve();
    },
    stop: () => {
      steps.push(`stop ${name}`);
      fake.state = 'stopped';
      return Promise.resolve();
    },
  };
  return fake as unknown as SupervisedProcess;
};
const step = (what: string) => (port: number) => {
  steps.push(`${what} ${port}`);
  return Promise.resolve();
};
const membership: PoolMembership = { add: step('add'), drain: step('drain'), remove: step('remove') };

const createGroup = async (count: number, change: Partial<GroupOptions> = {}): Promise<ProcessGroup> => {
  const group = new ProcessGroup({
    name: 'api',
    needs: [],
    replicas: { count, maximum: 16, portFlag: '--api-port' },
    port: 8081,
    supervise: fakeProcess,
    membership,
    stopGraceMs: 4000,
    takenPorts: () => [8082],
    isPortFree: () => Promise.resolve(true),
    ...change,
  });
  await group.prepare();
  await group.start();
  steps = [];
  return group;
};
const namesOf = (group: ProcessGroup) => group.processes.map(({ name, spec }) => `${name}:${spec.port}`);
const find = (group: ProcessGroup, name: string): SupervisedProcess => {
  const found = group.processes.find((copy) => copy.name === name);
  if (!found) throw new Error(`no ${name}`);
  return found;
};

beforeEach(() => {
  steps = [];
  reports = [];
  broken = new Set();
});

describe('a group of copies', () => {
  it('names copies from api-1 up and gives them ports that no other service has', async () => {
    expect(namesOf(await createGroup(3))).toEqual(['api-1:8081', 'api-2:8083', 'api-3:8084']);
  });

  it('scales up by starting a copy and then adding it to the pool, and reports it', async () => {
    const group = await createGroup(1);
    await group.scale(2, report);
    expect(steps).toEqual(['start api-2', 'add 8083']);
    expect(reports).toEqual(['api-2: starting on port 8083', 'api-2: ready and receiving requests']);
  });

  it('scales down from the last copy, by draining and removing it before it is stopped', async () => {
    const group = await createGroup(3);
    await group.scale(1, report);
    expect(steps).toEqual([
      ...['drain 8084', 'remove 8084', 'stop api-3'],
      ...['drain 8083', 'remove 8083', 'stop api-2'],
    ]);
    expect(namesOf(group)).toEqual(['api-1:8081']);
  });

  it('scales to 0, and up again from 0', async () => {
    const group = await createGroup(2);
    await group.scale(0, report);
    expect(namesOf(group)).toEqual([]);
    await group.scale(1, report);
    expect(namesOf(group)).toEqual(['api-1:8081']);
  });

  it('does nothing when the requested number is already running', async () => {
    const group = await createGroup(2);
    await group.scale(2, report);
    expect(steps).toEqual([]);
    expect(reports).toEqual(['api: 2 copies are already running']);
  });

  it('starts a stopped copy again before it creates a new one', async () => {
    const group = await createGroup(3);
    await group.takeOut(find(group, 'api-2'), report);
    steps = [];
    await group.scale(4, report);
    expect(steps).toEqual(['start api-2', 'add 8083', 'start api-4', 'add 8085']);
  });

  it('removes a stopped copy before a running one', async () => {
    const group = await createGroup(3);
    await group.takeOut(find(group, 'api-1'), report);
    await group.scale(2, report);
    expect(namesOf(group)).toEqual(['api-2:8083', 'api-3:8084']);
  });

  it('forgets a new copy that could not be started', async () => {
    const group = await createGroup(1);
    broken.add('api-2');
    await expect(group.scale(3, report)).rejects.toThrow('api-2 did not start');
    expect(namesOf(group)).toEqual(['api-1:8081']);
  });

  it('restarts copies one by one: the next is drained when the previous one receives requests again', async () => {
    const group = await createGroup(2);
    await group.restartAll(report);
    expect(steps).toEqual([
      ...['drain 8081', 'stop api-1', 'start api-1', 'add 8081'],
      ...['drain 8083', 'stop api-2', 'start api-2', 'add 8083'],
    ]);
  });

  it('ends a rolling restart at the first copy that does not start', async () => {
    const group = await createGroup(3);
    broken.add('api-2');
    await expect(group.restartAll(report)).rejects.toThrow('api-2 did not start');
    expect(find(group, 'api-3').state).toBe('ready');
    expect(steps).not.toContain('drain 8084');
  });

  it('heals a copy before it is drained, because a paused one would not finish its requests', async () => {
    const group = await createGroup(2);
    const fault = { kind: 'pause', description: 'paused', heal: () => undefined } as const;
    find(group, 'api-1').faults.arm(fault);
    await group.restart(find(group, 'api-1'), report);
    find(group, 'api-2').faults.arm(fault);
    await group.takeOut(find(group, 'api-2'), report);
    expect(steps.filter((one) => /heal|drain/.test(one))).toEqual([
      'heal api-1 paused',
      'drain 8081',
      'heal api-2 paused',
      'drain 8083',
    ]);
  });

  it('leaves a stopped copy stopped in a rolling restart', async () => {
    const group = await createGroup(2);
    await group.takeOut(find(group, 'api-1'), report);
    steps = [];
    await group.restartAll(report);
    expect(steps).toEqual(['drain 8083', 'stop api-2', 'start api-2', 'add 8083']);
  });

  it('fails when there are not enough free ports', async () => {
    await expect(createGroup(2, { port: 65_535, takenPorts: () => [] })).rejects.toThrow(
      'There are not enough free ports for api from 65535 up; choose another --api-port.',
    );
  });

  it.each([-1, 17, 1.5, Number.NaN])('refuses to scale to %p', async (count) => {
    const group = await createGroup(1);
    await expect(group.scale(count, report)).rejects.toThrow(
      'The number of copies of api must be a whole number from 0 to 16.',
    );
  });

  it('gives copies no ports when the service does not listen', async () => {
    const group = await createGroup(2, { name: 'worker', port: undefined, membership: undefined });
    expect(namesOf(group)).toEqual(['worker-1:undefined', 'worker-2:undefined']);
    await group.scale(1, report);
    expect(reports).toEqual(['worker-2: stopping', 'worker-2: stopped', 'worker-2: removed']);
  });
});

describe('a group without replicas', () => {
  it('is one process with the name of the service, and cannot be scaled', async () => {
    const group = await createGroup(0, { name: 'redis', replicas: undefined, port: 6379 });
    expect(namesOf(group)).toEqual(['redis:6379']);
    await expect(group.scale(2, report)).rejects.toThrow('redis is always one process and cannot be scaled.');
  });
});
