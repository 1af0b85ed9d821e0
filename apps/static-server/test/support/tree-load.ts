import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { Agent, get } from 'node:http';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type SpawnedServer, spawnServer } from './spawn-server.ts';

const mebibyte = 1024 * 1024;

/** A generator of the same numbers from 0 to 1 for each seed, so that every tree is the same. */
const createNumbers = (seed: number): (() => number) => {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
};

/** The kinds of files on a site: how many of 1000 files have the extension, and their sizes in bytes. */
const kinds = [
  { extension: 'html', share: 350, least: 500, most: 33_000, isText: true },
  { extension: 'js', share: 350, least: 500, most: 33_000, isText: true },
  { extension: 'jpg', share: 250, least: 100_000, most: 1_000_000, isText: false },
  { extension: 'png', share: 45, least: 400_000, most: 4_600_000, isText: false },
  { extension: 'csv', share: 3, least: 500_000, most: 3_000_000, isText: true },
  { extension: 'mp4', share: 2, least: 9_000_000, most: 17_000_000, isText: false },
] as const;

/** Writes files into a folder, 280 MB for each 1000. Returns their URLs. */
const writeTree = (root: string, files: number): readonly string[] => {
  const next = createNumbers(42);
  const noise = Buffer.from(Array.from({ length: 1 << 20 }, () => next() * 256));
  const words = Array.from({ length: 4000 }, () => Math.floor(next() * 1e9).toString(36));
  const text = Buffer.from(
    Array.from({ length: 500_000 }, () => words[Math.floor(next() * next() * 4000)]).join(' '),
  );
  const pieces = { true: text, false: Buffer.concat(Array.from({ length: 18 }, () => noise)) };
  const urls: string[] = [];
  for (const { extension, share, least, most, isText } of kinds) {
    for (let count = 0; count < Math.ceil((files * share) / 1000); count += 1) {
      const size = Math.floor(least + next() * (most - least));
      const from = pieces[`${isText}`];
      const at = Math.floor(next() * (from.length - size));
      const name = `${urls.length % 200}/${urls.length}.${extension}`;
      mkdirSync(dirname(join(root, name)), { recursive: true });
      writeFileSync(join(root, name), from.subarray(at, at + size));
      urls.push(`/${name}`);
    }
  }
  return urls;
};

const fetchAll = async (port: number, urls: readonly string[], clients: number): Promise<number> => {
  const next = createNumbers(7);
  const left = urls
    .map((url) => ({ url, place: next() }))
    .sort((one, other) => one.place - other.place)
    .map(({ url }) => url);
  let whole = 0;
  const client = async (): Promise<void> => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    for (let path = left.pop(); path !== undefined; path = left.pop()) {
      const request = get({ port, path, agent, headers: { 'Accept-Encoding': 'br, gzip' } });
      const [answer] = await once(request, 'response');
      await once(answer.resume(), 'end');
      if (answer.statusCode === 200 && answer.complete) whole += 1;
    }
    agent.destroy();
  };
  await Promise.all(Array.from({ length: clients }, client));
  return whole;
};

export type TreeLoad = { readonly files: number; readonly maxMemoryMb: number; readonly clients: number };

export type TreeMemory = {
  readonly files: number;
  /** How many of them were received completely. */
  readonly whole: number;
  /** Resident memory when the server was ready, and its peak while each file was requested once, in MiB. */
  readonly idleMb: number;
  readonly peakMb: number;
  /** The limit in MiB: the memory for files and 120 MB. */
  readonly limitMb: number;
};

/** Requests each file of a large tree once in random order, and returns the memory that the server took. */
export const measureTree = async ({ files, maxMemoryMb, clients }: TreeLoad): Promise<TreeMemory> => {
  const root = mkdtempSync(join(tmpdir(), 'tripod-tree-'));
  let server: SpawnedServer | undefined;
  try {
    const urls = writeTree(root, files);
    server = await spawnServer(['--path', root, '--max-memory-mb', String(maxMemoryMb)]);
    const idleMb = server.residentMb();
    const whole = await fetchAll(server.port, urls, clients);
    const limitMb = maxMemoryMb + 120e6 / mebibyte;
    return { files: urls.length, whole, idleMb, peakMb: server.peakMb(), limitMb };
  } finally {
    await server?.kill();
    rmSync(root, { recursive: true, force: true });
  }
};
