import { beforeEach, describe, expect, it } from '@jest/globals';
import type { Balancer } from '../../src/balancer/balancer.ts';
import { ApiCopies } from '../../src/copies/api-copies.ts';
import type {
  ProcessSpec,
  ProcessState,
  SupervisedProcess,
} from '../../src/supervisor/supervised-process.ts';

let steps: string[];
let said: string[];
let broken: Set<string>;
const say = (message: string): void => void said.push(message);

/** A process that starts and stops at once and says so in `steps`. */
const fakeProcess = (spec: ProcessSpec): SupervisedProcess => {
  const fake = {
    spec,
    name: spec.name,
    state: 'stopped' as ProcessState,
    start: () => {
      steps.push(`start ${spec.name}`);
      if (broken.has(spec.name)) return Promise.reject(new Error(`${spec.name} did not start`));
      fake.state = 'ready';
      return Promise.resolve();
    },
    stop: () => {
      steps.push(`stop ${spec.name}`);
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
const balancer = { add: step('add'), drain: step('drain'), remove: step('remove') } as unknown as Balancer;

const createCopies = async (count: number): Promise<ApiCopies> => {
  const copies = new ApiCopies({
    supervise: fakeProcess,
    specOf: (name, port) => ({ name, port, env: {}, command: () => ({ file: '', args: [] }) }),
    balancer: () => balancer,
    firstPort: 8081,
    otherPorts: [8082],
    isFree: () => Promise.resolve(true),
  });
  for (const copy of await copies.make(count)) await copies.bringIn(copy, say);
  steps = [];
  said = [];
  return copies;
};
const namesOf = (copies: ApiCopies) => copies.all.map(({ name, spec }) => `${name}:${spec.port}`);
const find = (copies: ApiCopies, name: string): SupervisedProcess => {
  const found = copies.all.find((copy) => copy.name === name);
  if (!found) throw new Error(`no ${name}`);
  return found;
};

beforeEach(() => {
  steps = [];
  said = [];
  broken = new Set();
});

describe('ApiCopies', () => {
  it('names copies from api-1 up and gives them ports that nobody else has', async () => {
    expect(namesOf(await createCopies(3))).toEqual(['api-1:8081', 'api-2:8083', 'api-3:8084']);
  });

  it('scales up by start, then requests, and tells it', async () => {
    const copies = await createCopies(1);
    await copies.scale(2, say);
    expect(steps).toEqual(['start api-2', 'add 8083']);
    expect(said).toEqual(['api-2: starting on port 8083', 'api-2: ready, and gets requests']);
  });

  it('scales down from the last one, by drain, wait, remove, then stop', async () => {
    const copies = await createCopies(3);
    await copies.scale(1, say);
    expect(steps).toEqual([
      ...['drain 8084', 'remove 8084', 'stop api-3'],
      ...['drain 8083', 'remove 8083', 'stop api-2'],
    ]);
    expect(namesOf(copies)).toEqual(['api-1:8081']);
  });

  it('scales to none, and back from none', async () => {
    const copies = await createCopies(2);
    await copies.scale(0, say);
    expect(namesOf(copies)).toEqual([]);
    await copies.scale(1, say);
    expect(namesOf(copies)).toEqual(['api-1:8081']);
  });

  it('has nothing to do when so many run already', async () => {
    const copies = await createCopies(2);
    await copies.scale(2, say);
    expect(steps).toEqual([]);
    expect(said).toEqual(['api: 2 already run']);
  });

  it('brings back one that was stopped before it makes a new one', async () => {
    const copies = await createCopies(3);
    await copies.takeOut(find(copies, 'api-2'), say);
    steps = [];
    await copies.scale(4, say);
    expect(steps).toEqual(['start api-2', 'add 8083', 'start api-4', 'add 8085']);
  });

  it('gives up one that was stopped before one that runs', async () => {
    const copies = await createCopies(3);
    await copies.takeOut(find(copies, 'api-1'), say);
    await copies.scale(2, say);
    expect(namesOf(copies)).toEqual(['api-2:8083', 'api-3:8084']);
  });

  it('keeps no copy that could not be started', async () => {
    const copies = await createCopies(1);
    broken.add('api-2');
    await expect(copies.scale(3, say)).rejects.toThrow('api-2 did not start');
    expect(namesOf(copies)).toEqual(['api-1:8081']);
  });

  it('renews one by one: the next is drained only when the one before gets requests again', async () => {
    const copies = await createCopies(2);
    await copies.renewAll(say);
    expect(steps).toEqual([
      ...['drain 8081', 'stop api-1', 'start api-1', 'add 8081'],
      ...['drain 8083', 'stop api-2', 'start api-2', 'add 8083'],
    ]);
  });

  it('stops renewing at the first copy that does not come back', async () => {
    const copies = await createCopies(3);
    broken.add('api-2');
    await expect(copies.renewAll(say)).rejects.toThrow('api-2 did not start');
    expect(find(copies, 'api-3').state).toBe('ready');
    expect(steps).not.toContain('drain 8084');
  });

  it('leaves one that a person stopped as it is when it renews all', async () => {
    const copies = await createCopies(2);
    await copies.takeOut(find(copies, 'api-1'), say);
    steps = [];
    await copies.renewAll(say);
    expect(steps).toEqual(['drain 8083', 'stop api-2', 'start api-2', 'add 8083']);
  });

  it('says so when there are no more ports', async () => {
    const copies = new ApiCopies({
      supervise: fakeProcess,
      specOf: (name, port) => ({ name, port, env: {}, command: () => ({ file: '', args: [] }) }),
      balancer: () => balancer,
      firstPort: 65_535,
      otherPorts: [],
      isFree: () => Promise.resolve(true),
    });
    await expect(copies.make(2)).rejects.toThrow('There are not enough free ports from 65535 up');
  });
});
