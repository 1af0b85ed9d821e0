import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type Api, cat, startApi } from '../support/api.ts';

let api: Api;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.stop());

/** An object with fields of an image, some of them missing or wrong. */
const almostImage = fc.record(
  {
    title: fc.oneof(fc.string({ unit: 'binary' }), fc.anything()),
    alt_text: fc.oneof(fc.string({ unit: 'grapheme' }), fc.anything()),
    url: fc.oneof(fc.webUrl(), fc.string(), fc.constant(cat.url), fc.anything()),
    extra: fc.anything(),
  },
  { requiredKeys: [] },
);
const toText = (value: unknown): string => {
  try {
    return JSON.stringify(value) ?? '';
  } catch {
    return '[]';
  }
};
const body = fc.oneof(
  fc.uint8Array({ maxLength: 200 }),
  fc.json({ maxDepth: 6 }),
  almostImage.map(toText),
  // A valid body with a part of it replaced.
  fc.tuple(fc.nat(80), fc.string({ unit: 'binary', maxLength: 3 })).map(([at, other]) => {
    const text = JSON.stringify(cat);
    return text.slice(0, at) + other + text.slice(at + other.length);
  }),
);

describe('a random body', () => {
  it('is stored unchanged or refused with an error code', async () => {
    await fc.assert(
      fc.asyncProperty(body, async (bytes) => {
        const init = { method: 'POST', body: bytes as string };
        const answer = await fetch(`${api.url}/images.json`, init);
        const answered = (await answer.json()) as { readonly title: string; readonly code?: string };
        if (answer.status === 200) {
          const sent: unknown = JSON.parse(typeof bytes === 'string' ? bytes : Buffer.from(bytes).toString());
          expect(answered).toEqual(sent);
          const [stored] = (await api.database.knex('images').orderBy('id', 'desc').limit(1)) as [typeof cat];
          expect(stored).toMatchObject(answered);
        } else {
          expect(answer.status).toBe(400);
          expect(answered.code).toMatch(/^API_(BODY_NOT_JSON|IMAGE_INVALID)$/);
        }
      }),
      { numRuns: 400 },
    );
  });
});
