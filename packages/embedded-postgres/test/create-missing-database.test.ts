import { randomUUID } from 'node:crypto';
import { expect, it } from '@jest/globals';
import { askDatabase } from '@tripod/testing/ask-database';
import { createMissingDatabase } from '../src/create-missing-database.ts';

const serverUrl = process.env['TEST_DATABASE_URL'] ?? '';

it('createMissingDatabase creates a database once when several ask at the same time, and keeps its data', async () => {
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  try {
    const urls = await Promise.all(Array.from({ length: 4 }, () => createMissingDatabase(serverUrl, name)));
    expect(new Set(urls).size).toBe(1);
    const [url = ''] = urls;
    await askDatabase(url, 'create table kept ()');
    await createMissingDatabase(serverUrl, name);
    expect(
      await askDatabase(url, `select current_database() as name, to_regclass('kept')::text as kept`),
    ).toEqual([{ name, kept: 'kept' }]);
  } finally {
    await askDatabase(serverUrl, `drop database if exists ${name} with (force)`);
  }
});
