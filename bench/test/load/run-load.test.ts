import { createServer, type Server } from 'node:http';
import { afterEach, describe, expect, it } from '@jest/globals';
import { type Listening, listen } from '@tripod/shared/process/listen';
import { runLoad } from '../../src/load/run-load.ts';
import { findProgram } from '../../src/machine/find-program.ts';

const path = process.env['PATH'] ?? '';
const load = { name: 'small', tool: 'ab', path: '/', connections: 2 } as const;

let server: Server | undefined;
let listening: Listening | undefined;
afterEach(async () => {
  server?.closeAllConnections();
  await listening?.close();
});

const start = async (status: number) => {
  server = createServer((_request, response) => response.writeHead(status).end('fine'));
  listening = await listen(server, { host: '127.0.0.1', port: 0 });
  return { name: 'fixture', url: listening.url };
};

// Without ab this can't be tried; continuous integration has it.
const withAb = findProgram('ab', path) === undefined && process.env['CI'] !== 'true' ? it.skip : it;

describe('runLoad', () => {
  withAb('counts the requests of one second', async () => {
    const result = await runLoad(load, await start(200), { seconds: 1, core: undefined });
    expect(result.errors).toBe(0);
    expect(result.requests).toBeGreaterThan(0);
  });

  withAb('fails when the answers are not 2xx', async () => {
    const running = runLoad(load, await start(503), { seconds: 1, core: undefined });
    await expect(running).rejects.toThrow(/^fixture failed under "small": \d+ errors in \d+ requests/);
  });

  withAb('fails when nobody listens', async () => {
    const { url } = await start(200);
    await listening?.close();
    await expect(runLoad(load, { name: 'gone', url }, { seconds: 1, core: undefined })).rejects.toThrow();
  });
});
