import type { Socket } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import { HeldText } from '../../../src/forwarding/direct/held-text.ts';
import { WriteBatch } from '../../../src/forwarding/direct/write-batch.ts';

const endOfTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

const makeSocket = () => {
  const written: string[] = [];
  const socket = { writable: true, write: (text: string) => written.push(text) };
  return { written, socket: socket as unknown as Socket & { writable: boolean } };
};

describe('HeldText', () => {
  it('sends at the end of the turn, in one write, what was added in it', async () => {
    const { written, socket } = makeSocket();
    const held = new HeldText(socket, new WriteBatch());
    held.add('a');
    held.add('b');
    expect(written).toEqual([]);
    await endOfTurn();
    expect(written).toEqual(['ab']);
    held.add('c');
    await endOfTurn();
    expect(written).toEqual(['ab', 'c']);
  });

  it('sends the texts of all sockets in the same turn', async () => {
    const batch = new WriteBatch();
    const sockets = [makeSocket(), makeSocket(), makeSocket()];
    for (const { socket } of sockets) new HeldText(socket, batch).add('x');
    await endOfTurn();
    expect(sockets.map(({ written }) => written)).toEqual([['x'], ['x'], ['x']]);
  });

  it('sends at once what must not be overtaken, and nothing twice', async () => {
    const { written, socket } = makeSocket();
    const held = new HeldText(socket, new WriteBatch());
    held.add('a');
    held.sendHeld();
    expect(written).toEqual(['a']);
    held.add('b');
    expect(held.take()).toBe('b');
    await endOfTurn();
    expect(written).toEqual(['a']);
  });

  it('does not grow without end within a turn', () => {
    const { written, socket } = makeSocket();
    const held = new HeldText(socket, new WriteBatch());
    for (let number = 0; number < 100; number += 1) held.add('x'.repeat(1000));
    expect(written.length).toBeGreaterThan(0);
  });

  it('lets go of the text of a socket that has ended meanwhile', async () => {
    const { written, socket } = makeSocket();
    const held = new HeldText(socket, new WriteBatch());
    held.add('a');
    Object.assign(socket, { writable: false });
    await endOfTurn();
    expect(written).toEqual([]);
  });
});
