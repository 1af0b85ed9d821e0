import { EventEmitter } from 'node:events';
import type { ClientRequest, IncomingMessage } from 'node:http';
import { PassThrough } from 'node:stream';
import { describe, expect, it } from '@jest/globals';
import { RequestBody } from '../../../src/forwarding/http-proxy/request-body.ts';

/** Small pieces are sent at the end of a turn of the event loop, so that two turns pass. */
const settle = async (): Promise<void> => {
  for (let turn = 0; turn < 2; turn += 1) await new Promise((resolve) => setImmediate(resolve));
};

/** An upstream request that takes more, or does not, as the test says. */
class Sink extends EventEmitter {
  taken = '';
  ended = false;
  takesMore = true;

  write(piece: Buffer): boolean {
    this.taken += piece.toString();
    return this.takesMore;
  }

  end(): void {
    this.ended = true;
  }
}

const scene = (options: { isEmpty?: boolean; maxBytes?: number } = {}) => {
  const source = new PassThrough();
  const told: string[] = [];
  const body = new RequestBody(source as unknown as IncomingMessage, {
    isEmpty: options.isEmpty ?? false,
    maxBytes: options.maxBytes ?? 1_000_000,
    onWanted: () => void told.push('wanted'),
    onProgress: (state) => void told.push(state),
    onTooLarge: () => void told.push('too large'),
  });
  const sendTo = (sink: Sink): void => body.sendTo(sink as unknown as ClientRequest);
  return { source, body, told, sendTo };
};

describe('RequestBody', () => {
  it('reads nothing before an upstream is connected', async () => {
    const { source, told, sendTo } = scene();
    source.write('early');
    await settle();
    expect(told).toEqual([]);
    const sink = new Sink();
    sendTo(sink);
    await settle();
    expect(sink.taken).toBe('early');
    expect(told).toEqual(['wanted', 'reading']);
  });

  it('waits for the client again as soon as the upstream takes more', async () => {
    const { source, told, sendTo } = scene();
    const sink = new Sink();
    sink.takesMore = false;
    sendTo(sink);
    source.write('a');
    await settle();
    source.write('b');
    await settle();
    expect(told).toEqual(['wanted', 'blocked']);
    sink.takesMore = true;
    sink.emit('drain');
    expect(told).toEqual(['wanted', 'blocked', 'reading']);
    await settle();
    expect(sink.taken).toBe('ab');
  });

  it('sends many small chunks of one turn of the event loop as one piece', async () => {
    const { source, sendTo } = scene();
    const sink = new Sink();
    const pieces: number[] = [];
    sink.write = (piece) => pieces.push(piece.length) > 0;
    sendTo(sink);
    await settle();
    for (let count = 0; count < 1000; count += 1) source.write('x');
    await settle();
    source.end();
    await settle();
    expect(pieces.reduce((sum, length) => sum + length, 0)).toBe(1000);
    expect(pieces.length).toBeLessThan(10);
  });

  it('does not report that the upstream takes more after the end of the body', async () => {
    const { source, told, sendTo } = scene();
    const sink = new Sink();
    sendTo(sink);
    source.end('all');
    await settle();
    sink.emit('drain');
    expect(told).toEqual(['wanted', 'reading', 'ended']);
    expect(sink.ended).toBe(true);
  });

  it('gives the next upstream what the first one had, then the rest, and asks the client only once', async () => {
    const { source, told, body, sendTo } = scene();
    const [first, second] = [new Sink(), new Sink()];
    sendTo(first);
    source.write('one ');
    await settle();
    body.detach();
    source.end('two');
    await settle();
    sendTo(second);
    await settle();
    expect([first.taken, second.taken, second.ended]).toEqual(['one ', 'one two', true]);
    expect(told.filter((word) => word === 'wanted')).toHaveLength(1);
  });

  it.each([
    [65_536, true],
    [65_537, false],
  ])('with %i bytes can be sent again: %s', async (bytes, replayable) => {
    const { source, body, sendTo } = scene();
    sendTo(new Sink());
    source.end('x'.repeat(bytes));
    await settle();
    expect(body.replayable).toBe(replayable);
  });

  it('reports once that the body is too large, and does not read the rest', async () => {
    const { source, body, told, sendTo } = scene({ maxBytes: 3 });
    sendTo(new Sink());
    source.write('1234');
    await settle();
    body.close();
    source.resume();
    source.end('5678');
    await settle();
    expect(told).toEqual(['wanted', 'too large']);
    expect(source.readableEnded).toBe(true);
  });

  it('is at its end from the start when it is empty', () => {
    const { body, told, sendTo } = scene({ isEmpty: true });
    const sink = new Sink();
    sendTo(sink);
    expect([body.ended, body.replayable, sink.ended]).toEqual([true, true, true]);
    expect(told).toEqual([]);
  });
});
