import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createConnector } from '@tripod/database/connector';
import { reachServer } from '@tripod/database/reach-server';
import { createFakeClock, type FakeClock } from '@tripod/testing/fake-clock';
import { startTcpForwarder, type TcpForwarder } from '@tripod/testing/tcp-forwarder';
import type { TempDatabase } from '@tripod/testing/temp-database';
import { waitFor } from '@tripod/testing/wait-for';
import { emptyDatabase, portOf, throughPort } from './support/test-database.ts';

let temp: TempDatabase;
let wire: TcpForwarder;
let clock: FakeClock;

beforeAll(async () => {
  temp = await emptyDatabase();
});
beforeEach(async () => {
  wire = await startTcpForwarder(portOf(temp.url));
  clock = createFakeClock();
});
afterEach(() => wire.stop());
afterAll(() => temp.drop());

const reach = (signal = new AbortController().signal, database?: string): Promise<void> => {
  const url = database === undefined ? temp.url : temp.url.replace(/[^/]+$/, database);
  return reachServer({
    connector: createConnector(throughPort(url, wire.port), 'reach-test'),
    clock,
    signal,
  });
};
const untilAsked = (count: number): Promise<true> => waitFor('a connection', () => wire.accepted === count);
const nothingLeft = async (): Promise<void> => {
  expect(clock.waiting).toBe(0);
  await waitFor('the end of all connections', () => wire.open === 0);
};

describe('reachServer', () => {
  it('opens one connection when the server answers, and leaves nothing open', async () => {
    await expect(reach()).resolves.toBeUndefined();
    expect(wire.accepted).toBe(1);
    await nothingLeft();
  });

  it('throws at once when the network or the server refuses', async () => {
    await expect(reach(undefined, 'no_such_database')).rejects.toMatchObject({ code: '3D000' });
    await nothingLeft();
    await wire.cut();
    await expect(reach()).rejects.toThrow('connection refused');
    expect(clock.waiting).toBe(0);
  });

  it('starts another connection every 500 ms while one is silent, and uses the first that is answered', async () => {
    wire.silence();
    const reached = reach();
    await untilAsked(1);
    clock.advance(499);
    expect(wire.accepted).toBe(1);
    clock.advance(1);
    await untilAsked(2);
    // Packets that were sent during the silence are never answered.
    await wire.heal();
    clock.advance(500);
    await expect(reached).resolves.toBeUndefined();
    expect(wire.accepted).toBe(3);
  });

  it('gives up after two seconds of silence', async () => {
    wire.silence();
    const reached = expect(reach()).rejects.toThrow('no answer');
    clock.advance(2000);
    await reached;
    expect(clock.waiting).toBe(0);
  });

  it('stops at once when its signal is aborted', async () => {
    wire.silence();
    const stop = new AbortController();
    const reached = expect(reach(stop.signal)).rejects.toThrow('stopping');
    await untilAsked(1);
    stop.abort();
    await reached;
    expect(clock.waiting).toBe(0);
    await expect(reach(stop.signal)).rejects.toThrow('stopping');
    expect(wire.accepted).toBe(1);
  });
});
