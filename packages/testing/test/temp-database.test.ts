import { describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { askDatabase } from '../src/ask-database.ts';
import { createTempDatabase } from '../src/temp-database.ts';

const serverUrl = process.env['TEST_DATABASE_URL'] ?? '';

describe('createTempDatabase', () => {
  it('gives each test file its own copy of the template', async () => {
    const template = await createTempDatabase({ serverUrl });
    await askDatabase(template.url, 'create table things as select 1 as id');
    const copy = await createTempDatabase({ serverUrl, template: new URL(template.url).pathname.slice(1) });
    try {
      await askDatabase(copy.url, 'insert into things values (2)');
      expect(await askDatabase(copy.url, 'select count(*)::int as count from things')).toEqual([
        { count: 2 },
      ]);
      expect(await askDatabase(template.url, 'select count(*)::int as count from things')).toEqual([
        { count: 1 },
      ]);
    } finally {
      await copy.drop();
      await template.drop();
    }
  });

  it('is gone after the drop, even with a connection open', async () => {
    const database = await createTempDatabase({ serverUrl });
    const client = new pg.Client({ connectionString: database.url });
    client.on('error', () => undefined);
    await client.connect();
    await database.drop();
    await client.end().catch(() => undefined);
    await expect(askDatabase(database.url, 'select 1')).rejects.toThrow('does not exist');
  });
});
