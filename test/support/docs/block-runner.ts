import { rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { freePorts } from '@tripod/testing/free-port';
import { checkout } from '@tripod/testing/spawn-node';
import { waitFor } from '@tripod/testing/wait-for';
import { makeStateDir } from '../make-state-dir.ts';
import { type RunningStack, type RunStackOptions, runStack } from '../run-stack.ts';
import { isTimedLoad, type StartedBlock, startBlock } from './command-blocks.ts';

/** Blocks that run until Ctrl-C. */
const runsUntilStopped =
  /^(?:pnpm (?:static-server|api-server|worker) |nginx -c |locust (?!.*--headless)|go tool pprof -http|pnpm stack logs (?:.* )?(?:-f|--follow)\b)/;

const startsLab = /^(?:npx --yes pnpm@12|pnpm) dev\b(.*)$/;

/** Runs command blocks of pages as they stand there, with ports and state folders of their own. */
export type BlockRunner = {
  /** Returns the port that stands for one of a page. */
  portOf(port: number): number;
  /** The lab that a block or `startLab` has started. Throws without one. */
  stack(): RunningStack;
  startLab(options?: RunStackOptions): Promise<void>;
  /** Writes a text for another one in the blocks that follow. */
  replace(text: string, by: string): void;
  /**
   * Runs a block to its end, or a server until it has printed what is expected. A server ends when another one starts
   * on its port, when a lab starts, and with the runner. `meanwhile`: it runs on while the next block runs.
   */
  run(block: string, options: { readonly expected: RegExp; readonly meanwhile?: boolean }): Promise<string>;
  stop(): Promise<void>;
};

type Finished = { readonly code: number | null; readonly output: string };

const readLabPorts = async (lab: string) => {
  const file = join(checkout, 'labs', lab, 'lab.json');
  const {
    port = 8080,
    adminPort = 8090,
    staticPort = 8082,
    apiPort = 8081,
  } = JSON.parse(await readFile(file, 'utf8')) as Record<string, number | undefined>;
  return { port, adminPort, staticPort, apiPort };
};

/** Returns how many requests the proxy has sent to the copies that it has now. */
const countRequests = async (adminUrl: string): Promise<number> => {
  const response = await fetch(`${adminUrl}/pools/api`);
  const { upstreams } = (await response.json()) as { upstreams: { requests: number }[] };
  return upstreams.reduce((sum, { requests }) => sum + requests, 0);
};

export const createBlockRunner = async (): Promise<BlockRunner> => {
  const free = [...(await freePorts(8))];
  const ports = new Map<number, number>();
  const stateDir = makeStateDir();
  const texts: [string, string][] = [['.tripod/', `${stateDir}/`]];
  const servers = new Map<string, StartedBlock>();
  let lab: RunningStack | undefined;
  /** The address of the lab: that of its load balancer, or without one of its first copy. */
  let labUrl = '';
  let load: { readonly block: StartedBlock; readonly expected: RegExp } | undefined;

  const portOf = (port: number): number => {
    const own = ports.get(port) ?? free.pop();
    if (own === undefined) throw new Error(`no port is left for ${port}`);
    ports.set(port, own);
    return own;
  };
  const stack = (): RunningStack => {
    if (!lab) throw new Error('no block has started a lab');
    return lab;
  };
  const adapt = (block: string): string =>
    texts
      .reduce((text, [from, to]) => text.replaceAll(from, to), block)
      .replace(/(localhost|127\.0\.0\.1|--(?:web-)?port)([: ])(\d{4,5})\b/g, (_all, before, between, port) =>
        [before, between, portOf(Number(port))].join(''),
      )
      .replace(/^pnpm (?:stack \w+|seed)/gm, `$& --state-dir ${lab?.stateDir}`)
      .replace(/^pnpm load (?!compare\b)\w+\b(?! --host)/gm, `$& --host ${labUrl}`)
      .replace(/^pnpm (?:api-server|worker)\b.*/gm, `$& --state-dir ${stateDir}`);

  const stopServers = async (): Promise<void> => {
    await Promise.all([...servers.values()].map((server) => server.interrupt()));
    servers.clear();
  };
  const startLab = async (options: RunStackOptions = {}): Promise<void> => {
    await stopServers();
    await lab?.stop();
    const { flags = [] } = options;
    const redis = flags.includes('redis') ? ['--redis-port', String(portOf(6380))] : [];
    lab = await runStack({ ...options, flags: [...flags, ...redis] });
    labUrl =
      lab
        .output()
        .match(/"message":"ready","url":"(http[^"]+)"/g)
        ?.at(-1)
        ?.slice(25, -1) ?? lab.url;
    const own = await readLabPorts(options.lab ?? 'gallery');
    ports.set(own.port, lab.port).set(own.adminPort, Number(new URL(lab.adminUrl).port));
    ports.set(own.staticPort, lab.staticPort);
    // A copy takes the next port that no other service has.
    const taken = new Set([own.port, own.adminPort, own.staticPort]);
    let port = own.apiPort;
    for (let copy = 0; copy < 5; copy += 1, port += 1) {
      while (taken.has(port)) port += 1;
      ports.set(port, lab.apiPort + copy);
    }
  };
  const runServer = async (block: string, expected: RegExp): Promise<string> => {
    const key = /--port \d+/.exec(block)?.[0] ?? block;
    await servers.get(key)?.interrupt();
    // nginx opens its log by its path, which a socket of Node does not have and a pipe of the shell has. The reader
    // outlives Ctrl-C, so that the server can print its last lines.
    const started = startBlock(`${adapt(block)} 2>&1 | (trap '' INT; exec cat)`);
    servers.set(key, started);
    await waitFor(`${block} to print ${expected}`, () => {
      if (started.child.exitCode !== null) throw new Error(`${block} ended:\n${started.output()}`);
      return expected.test(started.output());
    });
    return started.output();
  };
  const finish = async (block: StartedBlock, expected: RegExp): Promise<Finished> => {
    const finished = await block.finished;
    if (finished.code !== 0 || !expected.test(finished.output))
      throw new Error(`ended with ${finished.code}, expected ${expected} in:\n${finished.output}`);
    return finished;
  };
  const waitForLoad = async (): Promise<void> => {
    const before = await countRequests(stack().adminUrl);
    const isThere = async () => (await countRequests(stack().adminUrl)) > before + 100;
    await waitFor('the load to reach the copies', isThere);
  };

  return {
    portOf,
    stack,
    startLab,
    replace: (text, by) => void texts.push([text, by]),
    run: async (block, { expected, meanwhile }) => {
      const [, dev] = startsLab.exec(block) ?? [];
      if (dev !== undefined && block.includes('\n'))
        throw new Error(`a lab must be started by a block of its own, and not in ${block}`);
      if (dev !== undefined) {
        // It is watched by the test, which `--detach` would not allow.
        const words = dev.split(' ').filter((word) => word !== '' && word !== '--detach');
        const name = words[0]?.startsWith('--') ? undefined : words.shift();
        await startLab({ ...(name === undefined ? {} : { lab: name }), flags: words });
        if (!expected.test(stack().output()))
          throw new Error(`expected ${expected} in:\n${stack().output()}`);
        return stack().output();
      }
      if (runsUntilStopped.test(block)) return runServer(block, expected);
      const started = startBlock(adapt(block));
      if (meanwhile || isTimedLoad(block)) {
        load = { block: started, expected };
        if (isTimedLoad(block)) await waitForLoad();
        return started.output();
      }
      const { output } = await finish(started, expected);
      if (load) {
        const earlier = load;
        load = undefined;
        await finish(earlier.block, earlier.expected);
      }
      return output;
    },
    stop: async () => {
      await load?.block.interrupt();
      await stopServers();
      await lab?.stop();
      rmSync(stateDir, { recursive: true, force: true });
    },
  };
};
