import type { Database } from '@tripod/database/database';
import type { KeyValues } from '../store/state-store.ts';

const setValue = {
  name: 'set-value',
  text: `insert into key_values (key, value) values ($1, $2)
    on conflict (key) do update set value = excluded.value`,
};
const getValue = { name: 'get-value', text: 'select value from key_values where key = $1' };

export const createPostgresKeys = (database: Database): KeyValues => ({
  set: async (key, value) => void (await database.write({ ...setValue, values: [key, value] })),
  get: async (key) => {
    const { rows } = await database.read({ ...getValue, values: [key] });
    return (rows as readonly { readonly value: string }[])[0]?.value;
  },
});
