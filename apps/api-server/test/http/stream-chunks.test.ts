import { once } from 'node:events';
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { createFakeClock, type FakeClock } from '@tripod/testing/fake-clock';
import { waitFor } from '@tripod/testing/wait-for';
import { streamChunks } from '../../src/http/stream-chunks.ts';

const megabyte = Buffer.alloc(1_048_576, 'x');

type Streamed = {
  readonly clock: FakeClock;
  /** How many chunks were requested from the source. */
  asked(): number;
  /** How the stream ended. */
  readonly outcome: Promise<string>;
  readonly answer: IncomingMessage;
  leave(): void;
  readonly response: ServerResponse;
};

let stop: (() => void) | undefined;
afterEach(() => stop?.());

/** Streams to a client that does not read until its answer is resumed. */
const stream = async (texts: () => AsyncIterable<Uint8Array>): Promise<Streamed> => {
  const clock = createFakeClock();
  let asked = 0;
  const counted = async function* () {
    for await (const text of texts()) {
      asked += 1;
      yield text;
    }
  };
  const outcome = Promise.withResolvers<string>();
  const began = Promise.withResolvers<ServerResponse>();
  const server = createServer((_request, response) => {
    began.resolve(response);
    const begin = (): void => void response.writeHead(200);
    streamChunks(response, counted(), begin, { clock, stallMs: 30_000 }).then(
      () => outcome.resolve(response.destroyed ? 'left' : 'sent'),
      (error: Error) => {
        outcome.resolve(`failed: ${error.message}`);
        response.destroy();
      },
    );
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const outgoing = request({ port: (server.address() as AddressInfo).port, host: '127.0.0.1' });
  outgoing.on('error', () => undefined);
  outgoing.end();
  const [answer] = (await once(outgoing, 'response')) as [IncomingMessage];
  answer.on('error', () => undefined);
  stop = () => {
    outgoing.destroy();
    server.closeAllConnections();
    server.close();
  };
  const response = await began.promise;
  return {
    clock,
    asked: () => asked,
    outcome: outcome.promise,
    answer,
    leave: () => outgoing.destroy(),
    response,
  };
};

const endless = async function* () {
  for (;;) yield megabyte;
};

/** Waits until back-pressure stops the stream. */
const untilBlocked = ({ response, clock }: Streamed): Promise<true> =>
  waitFor('a blocked stream', () => response.writableNeedDrain && clock.waiting > 0);

describe('streamChunks', () => {
  it('sends all chunks and ends', async () => {
    const streamed = await stream(async function* () {
      yield Buffer.from('a');
      yield megabyte;
      yield Buffer.from('b');
    });
    let received = '';
    for await (const piece of streamed.answer) received += String(piece);
    expect(received).toBe(`a${megabyte}b`);
    await expect(streamed.outcome).resolves.toBe('sent');
    expect(streamed.clock.waiting).toBe(0);
  });

  it('requests no more chunks than the client takes', async () => {
    const streamed = await stream(endless);
    await untilBlocked(streamed);
    // The socket buffers of both sides hold less than that.
    expect(streamed.asked()).toBeLessThan(20);
    const before = streamed.asked();
    streamed.answer.resume();
    await waitFor('further chunks', () => streamed.asked() > before + 20);
  });

  it('ends when a client leaves that has stopped reading', async () => {
    const streamed = await stream(endless);
    await untilBlocked(streamed);
    streamed.leave();
    await expect(streamed.outcome).resolves.toBe('left');
    expect(streamed.clock.waiting).toBe(0);
  });

  it('resets the connection of a client that takes nothing for 30 s', async () => {
    const streamed = await stream(endless);
    await untilBlocked(streamed);
    streamed.clock.advance(29_999);
    expect(streamed.response.destroyed).toBe(false);
    streamed.clock.advance(1);
    await expect(streamed.outcome).resolves.toBe('left');
    expect(streamed.response.destroyed).toBe(true);
  });

  it('fails with the error of its source, so that the answer is incomplete', async () => {
    const streamed = await stream(async function* () {
      for (let count = 0; count < 20; count += 1) yield megabyte;
      throw new Error('no more pages');
    });
    await untilBlocked(streamed);
    streamed.answer.resume();
    await expect(streamed.outcome).resolves.toBe('failed: no more pages');
    await waitFor('the end', () => streamed.answer.destroyed);
    expect(streamed.answer.complete).toBe(false);
  });
});
