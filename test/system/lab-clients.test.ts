import { type ChildProcess, spawn } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it, jest } from '@jest/globals';
import { freePort } from '@tripod/testing/free-port';
import { checkout, exited } from '@tripod/testing/spawn-node';
import { waitFor } from '@tripod/testing/wait-for';
import { isInstalled } from '../support/docs/command-blocks.ts';
import { makeStateDir } from '../support/make-state-dir.ts';
import { type RunningStack, runStack } from '../support/run-stack.ts';

// A limit against hanging.
jest.setTimeout(300_000);

const postgresDir = makeStateDir();
let stack: RunningStack | undefined;
const clients: ChildProcess[] = [];

const startLab = async (lab: string): Promise<RunningStack> => {
  stack = await runStack({ lab, postgresDir });
  return stack;
};

/** Starts a client in the root folder of the repository. `output` returns what it has printed so far. */
const startClient = (program: string, ...args: readonly string[]) => {
  const child = spawn(program, args, { cwd: checkout, stdio: ['ignore', 'pipe', 'pipe'] });
  clients.push(child);
  let output = '';
  const collect = (piece: Buffer): void => {
    output += piece.toString();
  };
  child.stdout.on('data', collect);
  child.stderr.on('data', collect);
  return { child, output: () => output };
};

afterEach(async () => {
  for (const child of clients.splice(0)) {
    child.kill('SIGKILL');
    await exited(child);
  }
  await stack?.stop();
  stack = undefined;
});
afterAll(() => rmSync(postgresDir, { recursive: true, force: true }));

describe('the load clients of the labs', () => {
  (isInstalled('ab') ? it : it.skip)(
    'labs/gallery/ab.sh: no request fails, without and with kept connections (skipped without ab)',
    async () => {
      const { url } = await startLab('gallery');
      const run = startClient(join(checkout, 'labs/gallery/ab.sh'), '500', `${url}/api/images.json`);
      expect(await exited(run.child)).toBe(0);
      expect(run.output().match(/^Complete requests: +500$/gm)).toHaveLength(2);
      expect(run.output().match(/^Failed requests: +0$/gm)).toHaveLength(2);
      expect(run.output()).toMatch(/^Keep-Alive requests: +500$/m);
      expect(run.output()).not.toContain('Non-2xx');
    },
  );

  (isInstalled('wrk') ? it : it.skip)(
    'labs/posts/wrk-post.lua: every post is stored, and the list is served (skipped without wrk)',
    async () => {
      const { apiPort } = await startLab('posts');
      const posts = `http://127.0.0.1:${apiPort}/api/posts`;
      const before = (await (await fetch(posts)).json()) as readonly { id: number }[];
      const script = join(checkout, 'labs/posts/wrk-post.lua');
      const write = startClient('wrk', '-c', '16', '-t', '2', '-d', '2', '-s', script, posts);
      expect(await exited(write.child)).toBe(0);
      const stored = Number(/^requests (\d+), failed 0$/m.exec(write.output())?.[1]);
      const after = (await (await fetch(posts)).json()) as readonly { id: number }[];
      expect(stored).toBeGreaterThan(0);
      expect(Number(after[0]?.id) - Number(before[0]?.id)).toBeGreaterThanOrEqual(stored);
      const read = startClient('wrk', '-c', '16', '-t', '2', '-d', '1', posts);
      expect(await exited(read.child)).toBe(0);
      expect(read.output()).toMatch(/[1-9]\d* requests in/);
      expect(read.output()).not.toMatch(/Non-2xx|Socket errors/);
    },
  );

  (isInstalled('locust') ? it : it.skip)(
    'labs/books/locustfile.py: runs for 3 minutes by default, and no request fails (skipped without locust)',
    async () => {
      const { url } = await startLab('books');
      const { child, output } = startClient(
        'locust',
        ...['-f', 'labs/books/locustfile.py', '--host', url, '--web-port', String(await freePort())],
        ...['--headless', '--users', '30', '--spawn-rate', '30'],
      );
      await waitFor('books to be stored, listed and read without failure', () =>
        ['GET /api/books', 'POST /api/books', 'GET /api/books/ID'].every((name) =>
          new RegExp(`${name} +[1-9]\\d* +0\\(0\\.00%\\)`).test(output()),
        ),
      );
      expect(output()).toContain('Run time limit set to 180 seconds');
      child.kill('SIGTERM');
      // Its exit code is 1 when a request failed.
      expect([await exited(child), output()]).toEqual([
        0,
        expect.stringMatching(/Aggregated +\d+ +0\(0\.00%\)/),
      ]);
    },
  );
});
