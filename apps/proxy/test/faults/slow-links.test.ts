import { createHash } from 'node:crypto';
import { Agent } from 'node:http';
import { connect, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { waitFor } from '@tripod/testing/wait-for';
import { engineNames } from '../../src/engine-table.ts';
import { ask } from '../support/ask.ts';
import { runEchoUpstream, runNodeUpstream, type Told } from '../support/echo-upstream.ts';
import { proxyArgs } from '../support/proxy-args.ts';
import { inspected, retainedBytes } from '../support/retained-bytes.ts';
import { startSlowLink, stopSlowLinks } from '../support/slow-link.ts';
import { addressesOf, killProxies, spawnProxy } from '../support/spawn-proxy.ts';
import { stopAll } from '../support/stop-all.ts';

afterEach(killProxies);
afterEach(stopSlowLinks);
afterEach(stopAll);

const mebibyte = 1024 * 1024;
const size = 24 * mebibyte;
const users = 4;
const mayGrow = 32 * mebibyte;
/** 1 Mbit/s with 100 ms each way. */
const slow = { bytesPerTurn: 12_500, turnMs: 100 };
const piece = Buffer.alloc(mebibyte, 'x');
const wholeSha = (() => {
  const hash = createHash('sha256');
  for (let sent = 0; sent < size; sent += piece.length) hash.update(piece);
  return hash.digest('hex');
})();

/** Sends a POST as fast as the other side reads, and collects the response. */
const upload = (port: number) => {
  const socket: Socket = connect(port, '127.0.0.1');
  let text = '';
  let written = 0;
  socket.on('error', () => undefined);
  socket.on('data', (bytes) => {
    text += bytes.toString();
  });
  socket.write(`POST /slow/ HTTP/1.1\r\nHost: h\r\nConnection: close\r\nContent-Length: ${size}\r\n\r\n`);
  const more = (): void => {
    while (written < size) {
      written += piece.length;
      if (!socket.write(piece)) return;
    }
  };
  socket.on('drain', more);
  more();
  return {
    /** Bytes of the body that were read. */
    taken: () => socket.bytesWritten - socket.writableLength,
    answer: () => text,
  };
};

describe.each(engineNames)('slow links with the engine %s', (engine) => {
  const start = async (routes: readonly string[]) => {
    const proxy = spawnProxy(proxyArgs(engine, routes, `--max-body-bytes=${size}`), { env: inspected });
    const { port } = await addressesOf(proxy);
    const grown = async () => (await retainedBytes(proxy)) - before;
    await expectFast(port, 50);
    const before = await retainedBytes(proxy);
    return { port, grown };
  };
  const fast = () => runNodeUpstream((_request, response) => void response.end('fast'));
  const expectFast = async (port: number, count: number): Promise<void> => {
    const agent = new Agent({ keepAlive: true });
    for (let request = 0; request < count; request += 1) {
      expect((await ask({ port, path: '/fast', agent })).text).toBe('fast');
    }
    agent.destroy();
  };

  it('to an upstream: apply back-pressure, buffer little, do not affect other routes, and lose nothing', async () => {
    const echo = await runEchoUpstream();
    const link = await startSlowLink({ port: echo.port, ...slow });
    const { port, grown } = await start([`/slow/=${link.url}`, `/=${(await fast()).url}`]);
    const uploads = Array.from({ length: users }, () => upload(port));
    await waitFor('bytes of each on the link', () => link.carried > users * slow.bytesPerTurn);
    await expectFast(port, 100);
    expect(uploads.filter(({ taken }) => taken() >= size)).toEqual([]);
    expect(await grown()).toBeLessThan(mayGrow);
    link.speedUp();
    const told = await waitFor('all answers', () => {
      const answers = uploads.map(({ answer }) => answer().split('\r\n\r\n')[1]);
      return answers.every((body) => body?.endsWith('}')) && answers;
    });
    for (const body of told)
      expect(JSON.parse(body ?? '') as Told).toMatchObject({ bytes: size, sha: wholeSha });
  });

  it('to clients: apply back-pressure, buffer little, do not affect other clients, and lose nothing', async () => {
    let sent = 0;
    const upstream = await runNodeUpstream((_request, response) => {
      response.setHeader('Content-Length', size);
      let left = size;
      const more = (): void => {
        while (left > 0) {
          left -= piece.length;
          sent += piece.length;
          if (!response.write(piece)) return;
        }
        response.end();
      };
      response.on('drain', more);
      more();
    });
    const { port, grown } = await start([`/slow/=${upstream.url}`, `/=${(await fast()).url}`]);
    const link = await startSlowLink({ port, ...slow });
    const answers = Promise.all(
      Array.from({ length: users }, () => ask({ port: link.port, path: '/slow/' })),
    );
    await waitFor('bytes of each on the link', () => link.carried > users * slow.bytesPerTurn);
    await expectFast(port, 100);
    expect(sent).toBeLessThan(users * size);
    expect(await grown()).toBeLessThan(mayGrow);
    link.speedUp();
    for (const { body } of await answers) {
      expect(createHash('sha256').update(body).digest('hex')).toBe(wholeSha);
    }
  });
});
