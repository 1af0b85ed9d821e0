import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from './free-port.ts';
import { waitFor } from './wait-for.ts';

/**
 * Returns whether redis-server is installed on this machine. Throws instead of returning false when `CI=true`, because
 * a test must not be skipped there.
 */
export const isRedisInstalled = (): boolean => {
  if (spawnSync('redis-server', ['--version']).status === 0) return true;
  if (process.env['CI'] === 'true')
    throw new Error('redis-server is not installed, and CI must not skip the tests that need it');
  return false;
};

/** A redis-server of a test, with a folder of its own that keeps the data when it is killed. */
export type TestRedis = {
  readonly url: string;
  readonly port: number;
  /** Sends one command without blanks in its words and returns the raw answer of the server. */
  ask(...words: readonly string[]): Promise<string>;
  /** Suspends the process (SIGSTOP): connections stay open and silent. */
  freeze(): void;
  thaw(): void;
  kill(): Promise<void>;
  /** Starts it again on the same port, after `kill`. */
  restart(): Promise<void>;
  /** Ends it and removes its folder. */
  stop(): Promise<void>;
};

/**
 * Sends one command without blanks in its words to a Redis on loopback, over a connection of its own, and returns the
 * raw answer.
 */
export const askRedis = (port: number, words: readonly string[]): Promise<string> =>
  new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1');
    let answer = '';
    socket.setEncoding('utf8');
    socket.on('error', reject);
    socket.on('data', (piece: string) => {
      answer += piece;
    });
    socket.on('end', () => resolve(answer.replace(/\+OK\r\n$/, '')));
    // QUIT ends the connection after the answers. At an end from here Redis would drop what it has not sent yet.
    socket.write(`${words.join(' ')}\r\nQUIT\r\n`);
  });

/** Starts a redis-server on a free loopback port. */
export const startTestRedis = async (): Promise<TestRedis> => {
  const folder = await mkdtemp(join(tmpdir(), 'tripod-redis-'));
  const port = await freePort();
  const args = ['--port', String(port), '--bind', '127.0.0.1', '--dir', folder, '--save', ''];
  let child: ChildProcess;
  const answers = (): Promise<boolean> =>
    askRedis(port, ['PING']).then(
      (answer) => answer.startsWith('+PONG'),
      () => false,
    );
  const start = async (): Promise<void> => {
    // Each change is handed to the kernel before its answer, so that killing the process loses none. With `everysec` a
    // write may wait for up to 2 s while the disk is busy.
    child = spawn('redis-server', [...args, '--appendonly', 'yes', '--appendfsync', 'no'], {
      stdio: 'ignore',
    });
    await waitFor('redis-server', answers);
  };
  const kill = async (): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
  };
  await start();
  return {
    url: `redis://127.0.0.1:${port}`,
    port,
    ask: (...words) => askRedis(port, words),
    freeze: () => void child.kill('SIGSTOP'),
    thaw: () => void child.kill('SIGCONT'),
    kill,
    restart: start,
    stop: async () => {
      await kill();
      await rm(folder, { recursive: true, force: true });
    },
  };
};
