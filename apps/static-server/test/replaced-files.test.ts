import { createHash } from 'node:crypto';
import { chmodSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { waitFor } from '@tripod/testing/wait-for';
import { cacheModes } from './support/cache-modes.ts';
import { decode } from './support/decode.ts';
import { createSite, type Site } from './support/site.ts';
import { type StartedServer, startServer } from './support/started-server.ts';

let site: Site;
let started: StartedServer;

beforeEach(() => {
  site = createSite();
});

afterEach(async () => {
  await started.stop();
  site.remove();
});

/** The content of a version: its length and every part of it differ from those of other versions. */
const contentOf = (version: number): string => `version ${version};`.repeat(500 + (version % 7) * 900);

const replacements: Readonly<Record<string, (version: number) => void>> = {
  'by renaming': (version) => {
    site.write('next.txt', contentOf(version));
    renameSync(join(site.root, 'next.txt'), join(site.root, 'page.txt'));
  },
  'in place': (version) => site.write('page.txt', contentOf(version)),
};

describe.each(cacheModes)('a file that is replaced repeatedly under load, %s', (mode, maxMemoryBytes) => {
  it.each(Object.entries(replacements))(
    'is never served as a mixture of versions: replaced %s',
    async (how, replace) => {
      let version = 0;
      replace(version);
      started = await startServer({ root: site.root, maxMemoryBytes });
      const codings = ['identity', 'gzip', 'br', 'gzip, br'];
      const digestOfEtag = new Map<string, string>();
      const seen = new Set<number>();
      let cutOff = 0;
      let coded = 0;
      let stopped = false;
      const client = async (number: number): Promise<void> => {
        for (let count = number; !stopped; count += 1) {
          const before = version;
          const target = count % 3 === 0 ? '/page.txt?a' : '/page.txt';
          const answer = await started.ask(target, [`Accept-Encoding: ${codings[count % codings.length]}`]);
          const length = Number(answer.headers['content-length']);
          if (answer.body.length < length) {
            cutOff += 1;
            continue;
          }
          expect([answer.status, answer.body.length]).toEqual([200, length]);
          const text = decode(answer);
          if (answer.headers['content-encoding'] !== undefined) coded += 1;
          const got = Number(/^version (\d+);/.exec(text)?.[1]);
          expect(text).toBe(contentOf(got));
          expect(got).toBeLessThanOrEqual(version);
          expect(got).toBeGreaterThanOrEqual(Math.max(0, before - 40));
          const tag = answer.headers['etag'] ?? '';
          const digest = createHash('sha256').update(answer.body, 'latin1').digest('hex');
          // One entity tag must always stand for the same content.
          expect(digestOfEtag.get(tag) ?? digest).toBe(digest);
          digestOfEtag.set(tag, digest);
          seen.add(got);
        }
      };
      const clients = Promise.all([0, 1, 2, 3, 4, 5].map(client));
      for (; version < 40; ) {
        const reached = seen.size;
        version += 1;
        replace(version);
        // Every other version is replaced at once, while clients read it.
        if (version % 2 === 0) await waitFor('a further version', () => seen.size > reached);
      }
      await waitFor('the last version', () => seen.has(version));
      // Codings are made in the background, so they may come late.
      if (mode === 'from memory') await waitFor('a response in a coding', () => coded > 0);
      stopped = true;
      await clients;
      // A rename does not change the open file, and a response from memory is complete before it is sent.
      if (how === 'by renaming' || mode === 'from memory') expect(cutOff).toBe(0);
      await waitFor('every descriptor to be closed', () => started.openFiles() === 0);
    },
    300_000,
  );
});

describe.each(cacheModes)('a running server, files %s,', (_mode, maxMemoryBytes) => {
  const untilAnswered = (status: number, body: string, headers: readonly string[] = []): Promise<true> =>
    waitFor(`${status} ${body}`, async () => {
      const answer = await started.ask('/page.txt', headers);
      return answer.status === status && answer.body === body;
    });

  it('notices a changed, deleted or new file, a new mode and a new 404.html', async () => {
    site.write('page.txt', 'one');
    started = await startServer({ root: site.root, maxMemoryBytes });
    await untilAnswered(200, 'one');
    site.write('page.txt', 'two');
    await untilAnswered(200, 'two');
    chmodSync(join(site.root, 'page.txt'), 0o000);
    // Root may read it anyway.
    const { status, body } =
      process.getuid?.() === 0 ? { status: 200, body: 'two' } : { status: 403, body: '' };
    await waitFor('the new mode', async () => {
      const answer = await started.ask('/page.txt');
      return answer.status === status && answer.body.startsWith(body);
    });
    rmSync(join(site.root, 'page.txt'));
    await waitFor('its end', async () => (await started.ask('/page.txt')).status === 404);
    site.write('404.html', 'lost');
    await untilAnswered(404, 'lost', ['Accept: text/html']);
    site.write('404.html', 'lost again');
    await untilAnswered(404, 'lost again', ['Accept: text/html']);
    site.write('page.txt', 'three');
    await untilAnswered(200, 'three');
  });
});
