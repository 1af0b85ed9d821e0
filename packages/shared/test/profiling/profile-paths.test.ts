import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createFakeClock } from '@tripod/testing/fake-clock';
import { waitFor } from '@tripod/testing/wait-for';
import { Profile } from 'pprof-format';
import { createProfilePaths } from '../../src/profiling/profile-paths.ts';
import { serve } from '../support/serve.ts';

const thisFile = fileURLToPath(import.meta.url);
const clock = createFakeClock();
const paths = createProfilePaths(clock);
let site: Awaited<ReturnType<typeof serve>>;
const dir = mkdtempSync(join(tmpdir(), 'profile-'));

beforeAll(async () => {
  site = await serve((request, response) => {
    paths.get((request.url ?? '').replace(/\?.*/, ''))?.(request, response);
  });
});
afterAll(async () => {
  await site.cut();
  rmSync(dir, { recursive: true });
});

/** Burns processor time so that samples fall into this function. */
const burnProcessorTime = (ms: number): number => {
  const end = performance.now() + ms;
  let sum = 0;
  while (performance.now() < end) for (let at = 0; at < 1000; at += 1) sum += Math.sqrt(at);
  return sum;
};

/** Lets a profile of fake seconds run while `work` is done, and returns its bytes. */
const profileOf = async (path: string, work: () => unknown): Promise<Buffer> => {
  const timers = clock.waiting;
  const answer = fetch(`${site.url}${path}`);
  await waitFor('the profile to run', () => clock.waiting > timers);
  const kept = work();
  clock.advance(1000);
  const response = await answer;
  expect(response.status).toBe(200);
  expect(kept).toBeDefined();
  return Buffer.from(await response.arrayBuffer());
};

type Frame = { readonly name: string; readonly file: string; readonly line: number };

const decode = (bytes: Buffer) => {
  const profile = Profile.decode(gunzipSync(bytes));
  const text = (at: number | bigint): string => profile.stringTable.strings[Number(at)] ?? '';
  const frameOf = (id: number | bigint): Frame => {
    const line = profile.location.find((location) => Number(location.id) === Number(id))?.line[0];
    const found = profile.function.find((one) => Number(one.id) === Number(line?.functionId));
    return { name: text(found?.name ?? 0), file: text(found?.filename ?? 0), line: Number(line?.line) };
  };
  return {
    types: profile.sampleType.map(({ type, unit }) => `${text(type)}/${text(unit)}`),
    stacks: profile.sample.map(({ locationId, value }) => ({
      frames: locationId.map(frameOf),
      values: value.map(Number),
    })),
  };
};

describe('profile paths', () => {
  it('answer a processor profile whose samples name function, .ts file and line', async () => {
    const { types, stacks } = decode(
      await profileOf('/debug/pprof/profile?seconds=1', () => burnProcessorTime(300)),
    );
    expect(types).toEqual(['samples/count', 'cpu/nanoseconds']);
    const mine = stacks.filter(({ frames }) => frames[0]?.name === 'burnProcessorTime');
    expect(mine.length).toBeGreaterThan(0);
    const source = execFileSync('grep', ['-n', 'Math.sqrt(at)', thisFile], { encoding: 'utf8' });
    const [frame] = mine.flatMap(({ frames }) => frames[0] ?? []);
    expect(frame?.file).toBe(thisFile);
    expect(Math.abs((frame?.line ?? 0) - Number.parseInt(source, 10))).toBeLessThanOrEqual(3);
  });

  it('answer a heap profile of what was allocated meanwhile and is still in use', async () => {
    const kept: string[][] = [];
    const { types, stacks } = decode(
      await profileOf('/debug/pprof/heap?seconds=1', () => {
        for (let at = 0; at < 200; at += 1)
          kept.push(Array.from({ length: 10_000 }, (_, index) => `${at} ${index}`));
        return kept;
      }),
    );
    expect(types).toEqual(['inuse_objects/count', 'inuse_space/bytes']);
    expect(stacks.reduce((sum, { values }) => sum + (values[1] ?? 0), 0)).toBeGreaterThan(1_000_000);
  });

  it('are read by go tool pprof', async () => {
    const profile = await profileOf('/debug/pprof/profile?seconds=1', () => burnProcessorTime(300));
    const go = spawnSync('go', ['version']);
    if (go.error) {
      // Without Go the decoding above is the proof.
      expect(gunzipSync(profile).length).toBeGreaterThan(0);
      return;
    }
    const file = join(dir, 'profile.pb.gz');
    writeFileSync(file, profile);
    const env = { ...process.env, PPROF_TMPDIR: dir };
    const top = execFileSync('go', ['tool', 'pprof', '-top', file], { encoding: 'utf8', env });
    expect(top).toContain('Type: cpu');
    expect(top).toContain('burnProcessorTime');
  });

  it.each(['0', '61', '1.5', '-1', 'x', '', '1&seconds=2'])(
    'answer 400 to seconds=%s and start no profile',
    async (seconds) => {
      const timers = clock.waiting;
      const response = await fetch(`${site.url}/debug/pprof/profile?seconds=${seconds}`);
      expect(response.status).toBe(400);
      await expect(response.json()).resolves.toMatchObject({ code: 'PROFILE_SECONDS_INVALID' });
      expect(clock.waiting).toBe(timers);
    },
  );

  it('answer 409 while another profile is being taken, and serve again after it', async () => {
    const timers = clock.waiting;
    const first = fetch(`${site.url}/debug/pprof/profile?seconds=5`);
    await waitFor('the profile to run', () => clock.waiting > timers);
    const second = await fetch(`${site.url}/debug/pprof/heap?seconds=1`);
    expect(second.status).toBe(409);
    await expect(second.json()).resolves.toMatchObject({ code: 'PROFILE_RUNNING' });
    clock.advance(5000);
    expect((await first).status).toBe(200);
    expect((await profileOf('/debug/pprof/heap?seconds=1', () => true)).length).toBeGreaterThan(0);
  });

  it('end the profile of a client that leaves', async () => {
    const timers = clock.waiting;
    const leaving = new AbortController();
    const first = fetch(`${site.url}/debug/pprof/profile?seconds=60`, { signal: leaving.signal });
    await waitFor('the profile to run', () => clock.waiting > timers);
    leaving.abort();
    await expect(first).rejects.toThrow();
    await waitFor('the profile to end', () => clock.waiting === timers);
    expect((await profileOf('/debug/pprof/profile?seconds=1', () => true)).length).toBeGreaterThan(0);
  });
});
