import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '@tripod/testing/free-port';
import { checkout, exited, spawnNode } from '@tripod/testing/spawn-node';
import { waitFor } from '@tripod/testing/wait-for';
import type { Setting } from '../case/case.ts';
import { type CaseRoute, conformanceNginxConfig, tripodFlags } from './engine-settings.ts';

export type EngineKind = 'direct' | 'http-proxy' | 'nginx';

/** A request as the access log of the proxy has it. */
export type LoggedRequest = { readonly method: string; readonly target: string; readonly status: number };

export type RunningEngine = {
  readonly kind: EngineKind;
  readonly port: number;
  /** Whether the process is running. */
  isAlive(): boolean;
  /** Names of the pools that have requests in flight. Always empty for nginx. */
  inFlight(): Promise<readonly string[]>;
  /** Stops the process. Returns every request in its access log, and the errors that the process logged. */
  stop(): Promise<{ readonly logged: readonly LoggedRequest[]; readonly errors: readonly string[] }>;
};

/** Kills the engine when this process exits for any reason. */
const killAtExit = (child: ChildProcess): void => {
  const kill = (): void => void child.kill('SIGKILL');
  process.once('exit', kill);
  child.once('exit', () => process.removeListener('exit', kill));
};

type Line = Readonly<Record<string, unknown>>;

const parseLines = (output: string): readonly Line[] =>
  output
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as Line);

/** A limit against hanging: on a busy machine a process may start slowly. */
const startLimitMs = 40_000;

const startTripod = async (
  kind: 'direct' | 'http-proxy',
  setting: Setting,
  routes: readonly CaseRoute[],
): Promise<RunningEngine> => {
  const flags = routes.flatMap(({ prefix, addresses }) => [
    '--route',
    `${prefix}=${addresses.map((address) => `http://${address}`).join(',')}`,
  ]);
  const bin = join(checkout, 'apps/proxy/bin/proxy.js');
  const args = [bin, '--engine', kind, '--port', '0', '--admin-port', '0', ...tripodFlags(setting), ...flags];
  const { child, output } = spawnNode(args);
  killAtExit(child);
  const { url, admin } = (await waitFor(
    `the engine ${kind}`,
    () => {
      if (child.exitCode !== null) throw new Error(`the proxy exited:\n${output()}`);
      return parseLines(output()).find(({ message }) => message === 'proxy listens');
    },
    startLimitMs,
  )) as { url: string; admin: string };
  // The output is complete only when the pipes have closed too.
  const closed = new Promise((resolve) => child.once('close', resolve));
  return {
    kind,
    port: Number(new URL(url).port),
    isAlive: () => child.exitCode === null && child.signalCode === null,
    inFlight: async () => {
      const pools = (await (await fetch(`${admin}/pools`)).json()) as {
        name: string;
        upstreams: { inFlight: number }[];
      }[];
      return pools.flatMap(({ name, upstreams }) =>
        upstreams.some(({ inFlight }) => inFlight !== 0) ? [name] : [],
      );
    },
    stop: async () => {
      child.kill('SIGTERM');
      await closed;
      const lines = parseLines(output());
      return {
        logged: lines.flatMap(({ message, status }) => {
          const asked = /^(\S+) (\S+)$/.exec(String(message));
          return asked && typeof status === 'number'
            ? [{ method: asked[1] ?? '', target: asked[2] ?? '', status }]
            : [];
        }),
        errors: [
          ...lines.filter(({ level }) => level === 'error').map((line) => JSON.stringify(line)),
          ...output()
            .split('\n')
            .filter((line) => /^\S*(Error|Warning)\b/.test(line)),
        ].filter((line) => !line.includes('"status":')),
      };
    },
  };
};

const isListening = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => resolve(true));
    socket.once('error', () => resolve(false));
    socket.once('close', () => socket.destroy());
    socket.once('connect', () => socket.destroy());
  });

const startNginx = async (
  nginx: string,
  setting: Setting,
  routes: readonly CaseRoute[],
): Promise<RunningEngine> => {
  const dir = mkdtempSync(join(tmpdir(), 'tripod-conformance-'));
  chmodSync(dir, 0o755);
  const port = await freePort();
  const template = readFileSync(join(checkout, 'config/nginx.conf'), 'utf8');
  const file = join(dir, 'nginx.conf');
  const mimeTypes = join(checkout, 'config/mime.types');
  writeFileSync(file, conformanceNginxConfig(template, { setting, routes, dir, port, mimeTypes }));
  const child: ChildProcess = spawn(nginx, ['-c', file], { stdio: ['ignore', 'ignore', 'pipe'] });
  killAtExit(child);
  let stderr = '';
  child.stderr?.on('data', (piece: Buffer) => {
    stderr += piece.toString();
  });
  await waitFor('nginx', () => {
    if (child.exitCode !== null) throw new Error(`nginx exited:\n${stderr}`);
    return isListening(port);
  });
  return {
    kind: 'nginx',
    port,
    isAlive: () => child.exitCode === null && child.signalCode === null,
    inFlight: async () => [],
    stop: async () => {
      child.kill('SIGTERM');
      await exited(child);
      const logged = readFileSync(join(dir, 'access.log'), 'latin1')
        .split('\n')
        .map((line) => /^(\d+) (\S+) (\S+)/.exec(line))
        .filter((found) => found !== null)
        .map(([, status = '', method = '', target = '']) => ({ method, target, status: Number(status) }));
      rmSync(dir, { recursive: true, force: true });
      return { logged, errors: [] };
    },
  };
};

/** Starts an engine with one route for each case, on a free port. `nginx` is the path of nginx. */
export const startEngine = (
  kind: EngineKind,
  nginx: string,
  setting: Setting,
  routes: readonly CaseRoute[],
): Promise<RunningEngine> =>
  kind === 'nginx' ? startNginx(nginx, setting, routes) : startTripod(kind, setting, routes);

/** Returns the version of an nginx command, such as `1.22.1`. */
export const nginxVersionOf = (nginx: string): string =>
  /nginx\/(\S+)/.exec(spawnSync(nginx, ['-v'], { encoding: 'utf8' }).stderr)?.[1] ?? 'unknown';
