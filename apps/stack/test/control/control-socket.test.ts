import { statSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { askStack, NotRunningError } from '@tripod/stack-client/ask-stack';
import type { Reading } from '@tripod/stack-client/reading';
import { watchStack } from '@tripod/stack-client/watch-stack';
import {
  type ControlServer,
  type HandleControl,
  startControlServer,
} from '../../src/control/control-server.ts';
import { useTempFolders } from '../support/temp-folder.ts';

const servers: ControlServer[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close();
});
// After the hook above: hooks run in this order, and the folders must outlive what uses them.
const makeFolder = useTempFolders();

const serve = async (handle: HandleControl) => {
  const socketPath = join(makeFolder(), 'stack.sock');
  servers.push(await startControlServer(socketPath, handle));
  return { socketPath, startCommand: 'pnpm dev' };
};

describe('the control socket', () => {
  it('carries a request to the stack, and progress and the result back', async () => {
    const where = await serve(async (request, { report }) => {
      report('one');
      report('two');
      return { request };
    });
    const progress: string[] = [];
    const onProgress = (message: string) => void progress.push(message);
    const request = { command: 'scale', count: 5 } as const;
    expect(await askStack(request, { ...where, onProgress })).toEqual({ request });
    expect(progress).toEqual(['one', 'two']);
  });

  it('carries the message of a failure back', async () => {
    const where = await serve(() => Promise.reject(new Error('There is no api-9 here.')));
    await expect(askStack({ command: 'stop', name: 'api-9' }, where)).rejects.toThrow(
      'There is no api-9 here.',
    );
  });

  it('carries readings until the client has seen enough', async () => {
    const readings: unknown[] = [];
    const enough = new AbortController();
    const reading = { type: 'sample', at: '2026-01-01T10:00:00.000Z', processes: [] } as const;
    let wasGone: () => void = () => undefined;
    const isGone = new Promise<void>((resolve) => {
      wasGone = resolve;
    });
    const where = await serve((request, { send, gone }) => {
      expect(request).toEqual({ command: 'watch', intervalMs: 500 });
      gone.addEventListener('abort', wasGone);
      send(reading);
      send(reading);
      return new Promise(() => undefined);
    });
    const onReading = (one: Reading): void => {
      readings.push(one);
      if (readings.length === 2) enough.abort();
    };
    await watchStack({ ...where, intervalMs: 500, signal: enough.signal, onReading });
    await isGone;
    expect(readings).toEqual([reading, reading]);
  });

  it('disconnects a client that does not read its readings', async () => {
    const processes = [{ name: 'x'.repeat(50_000), service: 'api', state: 'ready' }];
    let disconnected: () => void = () => undefined;
    const wasDisconnected = new Promise<void>((resolve) => {
      disconnected = resolve;
    });
    const { socketPath } = await serve(async (_request, { send, gone }) => {
      while (!gone.aborted) {
        send({ type: 'sample', at: '', processes });
        await new Promise(setImmediate);
      }
      disconnected();
    });
    // Without a listener for data the socket stays paused.
    const socket = connect(socketPath, () => socket.write('{"command":"watch"}\n'));
    socket.on('error', () => undefined);
    await wasDisconnected;
    socket.destroy();
  });

  it('can be opened by its user only', async () => {
    const { socketPath } = await serve(() => Promise.resolve());
    expect(statSync(socketPath).mode & 0o777).toBe(0o600);
  });

  it('replaces the socket of a stack that has ended', async () => {
    const socketPath = join(makeFolder(), 'stack.sock');
    writeFileSync(socketPath, '');
    servers.push(await startControlServer(socketPath, () => Promise.resolve('here')));
    expect(await askStack({ command: 'ps' }, { socketPath, startCommand: '' })).toBe('here');
  });

  it('reports how to start a stack when none runs', async () => {
    const where = { socketPath: join(makeFolder(), 'stack.sock'), startCommand: 'pnpm dev' };
    const asked = askStack({ command: 'ps' }, where);
    await expect(asked).rejects.toThrow(NotRunningError);
    await expect(asked).rejects.toThrow('No stack runs here. Start it with: pnpm dev');
  });

  it('reports a stack that is silent for longer than the limit', async () => {
    const where = await serve(() => new Promise(() => undefined));
    await expect(askStack({ command: 'ps' }, { ...where, timeoutMs: 10 })).rejects.toThrow(
      'The stack does not answer within 0.01 s.',
    );
  });

  it('reports that the stack ended before it answered', async () => {
    const where = await serve(() => new Promise(() => undefined));
    const asked = askStack({ command: 'ps' }, where);
    asked.catch(() => undefined);
    await new Promise((resolve) => {
      const second = connect(where.socketPath, () => resolve(undefined));
      second.on('error', () => undefined);
    });
    for (const server of servers.splice(0)) await server.close();
    await expect(asked).rejects.toThrow('The stack ended before it answered.');
  });

  it.each([
    ['no JSON', 'hello', /JSON/],
    ['a list', '[]', /must be a JSON object with a command/],
    ['an object without a command', '{}', /must be a JSON object with a command/],
    ['a command that is no string', '{"command":1}', /must be a string/],
  ])('refuses %s', async (_what, line, reason) => {
    const { socketPath } = await serve(() => Promise.resolve('never'));
    const reply = await new Promise<string>((resolve) => {
      let text = '';
      const socket = connect(socketPath, () => socket.write(`${line}\n`));
      socket.on('data', (piece) => {
        text += piece.toString();
      });
      socket.once('close', () => resolve(text));
    });
    expect(JSON.parse(reply)).toMatchObject({ type: 'failed', message: expect.stringMatching(reason) });
  });

  it('closes the connection of a client whose request is too long', async () => {
    const { socketPath } = await serve(() => Promise.resolve('never'));
    const reply = await new Promise<string>((resolve) => {
      let text = '';
      const socket = connect(socketPath, () => socket.write('x'.repeat(10_000)));
      socket.on('error', () => undefined);
      socket.on('data', (piece) => {
        text += piece.toString();
      });
      socket.once('close', () => resolve(text));
    });
    expect(reply).toBe('');
  });
});
