import type { Socket } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import { BatchedText, WriteBatch } from '../../../../src/forwarding/direct/wire/batched-text.ts';

const endOfTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

const makeSocket = () => {
  const written: string[] = [];
  const socket = { writable: true, write: (text: string) => written.push(text) };
  return { written, socket: socket as unknown as Socket & { writable: boolean } };
};

describe('BatchedText', () => {
  it('sends what was added within a turn of the event loop in one write at its end', async () => {
    const { written, socket } = makeSocket();
    const held = new BatchedText(socket, new WriteBatch());
    held.add('a');
    held.add('b');
    expect(written).toEqual([]);
    await endOfTurn();
    expect(written).toEqual(['ab']);
    held.add('c');
    await endOfTurn();
    expect(written).toEqual(['ab', 'c']);
  });

  it('sends the texts of all sockets at the end of the same turn', async () => {
    const batch = new WriteBatch();
    const sockets = [makeSocket(), makeSocket(), makeSocket()];
    for (const { socket } of sockets) new BatchedText(socket, batch).add('x');
    await endOfTurn();
    expect(sockets.map(({ written }) => written)).toEqual([['x'], ['x'], ['x']]);
  });

  it('flushes at once on request, and sends nothing twice', async () => {
    const { written, socket } = makeSocket();
    const held = new BatchedText(socket, new WriteBatch());
    held.add('a');
    held.flush();
    expect(written).toEqual(['a']);
    held.add('b');
    expect(held.take()).toBe('b');
    await endOfTurn();
    expect(written).toEqual(['a']);
  });

  it('sends before the end of the turn when more than 64 KiB wait', () => {
    const { written, socket } = makeSocket();
    const held = new BatchedText(socket, new WriteBatch());
    for (let number = 0; number < 100; number += 1) held.add('x'.repeat(1000));
    expect(written.length).toBeGreaterThan(0);
  });

  it('does not write to a socket that has ended meanwhile', async () => {
    const { written, socket } = makeSocket();
    const held = new BatchedText(socket, new WriteBatch());
    held.add('a');
    Object.assign(socket, { writable: false });
    await endOfTurn();
    expect(written).toEqual([]);
  });
});
