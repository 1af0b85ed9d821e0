import { execFile } from 'node:child_process';
import { connect, type Socket } from 'node:net';
import { promisify } from 'node:util';
import { afterEach, describe, expect, it } from '@jest/globals';
import { freePorts } from '@tripod/testing/free-port';
import { waitFor } from '@tripod/testing/wait-for';
import { engineNames } from '../../src/engine-table.ts';
import { ask } from '../support/ask.ts';
import { startClients } from '../support/clients.ts';
import { runNodeUpstream } from '../support/echo-upstream.ts';
import { routeTo } from '../support/run-proxy.ts';
import { addressesOf, killProxies, spawnProxy } from '../support/spawn-proxy.ts';
import { stopAll } from '../support/stop-all.ts';
import { runUpstream } from '../support/upstreams.ts';

afterEach(killProxies);
afterEach(stopAll);

const run = promisify(execFile);

/** The child processes of this process. */
const childrenOf = async (pid: number): Promise<readonly string[]> => {
  const { stdout } = await run('ps', ['-A', '-o', 'ppid=,pid=']);
  const rows = stdout.split('\n').map((line) => line.trim().split(/\s+/));
  return rows.filter(([parent]) => parent === String(pid)).map(([, child = '']) => child);
};

const sumOf = (all: readonly Readonly<Record<string, number>>[]): Record<string, number> => {
  const sum: Record<string, number> = {};
  for (const [key, value] of all.flatMap((one) => Object.entries(one))) sum[key] = (sum[key] ?? 0) + value;
  return sum;
};

describe.each(engineNames)('a proxy process that stops, with the engine %s', (engine) => {
  /** Reserved ports, so that a refused connection proves that the proxy has ended. */
  const takePorts = async () => {
    const [port = 0, adminPort = 0] = await freePorts(2);
    return { port, adminPort };
  };
  type Ports = Awaited<ReturnType<typeof takePorts>>;
  const args = (upstream: { readonly url: string }, { port, adminPort }: Ports): readonly string[] => [
    `--port=${port}`,
    `--admin-port=${adminPort}`,
    '--health-path=off',
    '--connect-timeout-ms=30000',
    `--engine=${engine}`,
    `--route=${routeTo(upstream)[0]}`,
  ];

  it('answers every request that it forwards under load, and resets no persistent connection', async () => {
    let served = 0;
    const upstream = await runNodeUpstream((_request, response) => {
      served += 1;
      setTimeout(() => response.end('hello'), served % 20);
    });
    const ports = await takePorts();
    const { port } = ports;
    const proxy = spawnProxy([...args(upstream, ports), '--drain-delay-ms=500']);
    await addressesOf(proxy);
    const getters = startClients({ count: 8, question: () => ({ port }) });
    const posters = startClients({ count: 8, question: () => ({ port, method: 'POST', body: 'some body' }) });
    await waitFor('the load', () => getters.requests > 200 && posters.requests > 200);
    proxy.child.kill('SIGTERM');
    const results = [await getters.refused(), await posters.refused()];
    expect(await proxy.ended).toBe(0);
    const { '200': answered = 0, ...others } = sumOf(results.map(({ outcomes }) => outcomes));
    expect(served).toBe(answered);
    // A connection may arrive at the moment when the listener closes; the kernel then resets it.
    const { ECONNREFUSED: refusedAtLast, ECONNRESET: resetByKernel = 0, ...lost } = others;
    expect({ refusedAtLast, lost }).toEqual({ refusedAtLast: 16, lost: {} });
    expect(resetByKernel).toBeLessThanOrEqual(16);
  });

  it('answers a request whose first bytes had arrived before the signal', async () => {
    const upstream = await runUpstream();
    const ports = await takePorts();
    const { port } = ports;
    const proxy = spawnProxy([...args(upstream, ports), '--drain-delay-ms=0']);
    await addressesOf(proxy);
    const socket = connect(port, '127.0.0.1');
    let text = '';
    socket.on('error', () => undefined);
    socket.on('data', (bytes) => {
      text += bytes.toString();
    });
    socket.write('GET / HTTP/1.1\r\nHo');
    // Later connections are read later: this response shows that the first bytes have arrived.
    expect((await ask({ port })).text).toBe('hello');
    proxy.child.kill('SIGTERM');
    await waitFor('the listener to refuse', () =>
      ask({ port }).then(
        () => false,
        ({ code }: NodeJS.ErrnoException) => code === 'ECONNREFUSED',
      ),
    );
    socket.write('st: h\r\n\r\n');
    expect(await proxy.ended).toBe(0);
    expect(text).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
    expect(text).toMatch(/\r\nconnection: close\r\n/i);
  });

  it('frees its ports and closes its connections at once when it is killed', async () => {
    const upstream = await runUpstream(() => undefined);
    const ports = await takePorts();
    const { port } = ports;
    const first = spawnProxy(args(upstream, ports));
    await addressesOf(first);
    const clients: Socket[] = [];
    let cut = 0;
    for (let client = 0; client < 20; client += 1) {
      const socket = connect(port, '127.0.0.1');
      socket.on('error', () => undefined);
      socket.once('close', () => {
        cut += 1;
      });
      socket.resume();
      socket.write('GET / HTTP/1.1\r\nHost: h\r\n\r\n');
      clients.push(socket);
    }
    await waitFor('the requests at the upstream', () => upstream.requests.length === clients.length);
    expect(await childrenOf(first.pid)).toEqual([]);
    first.child.kill('SIGKILL');
    expect(await first.ended).toBe('SIGKILL');
    const second = spawnProxy(args(await runUpstream(), ports));
    await addressesOf(second);
    expect((await ask({ port })).text).toBe('hello');
    expect(second.stderr()).toBe('');
    await waitFor('the end of all connections', () => upstream.open === 0 && cut === clients.length);
  });
});
