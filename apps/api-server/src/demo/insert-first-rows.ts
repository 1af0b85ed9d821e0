import type { Database } from '@tripod/database/database';
import type { FirstRows, ResourceDefinition } from '../resource/define-resource.ts';

/** Inserts the first rows into each of these tables that is empty. Returns the names of the tables. */
export const insertFirstRows = async (
  knex: Database['knex'],
  wanted: readonly FirstRows[],
): Promise<readonly string[]> => {
  const filled: string[] = [];
  for (const { table, rows } of wanted) {
    const found: readonly unknown[] = await knex(table).select(knex.raw('1')).limit(1);
    if (found.length > 0) continue;
    await knex(table).insert([...rows]);
    filled.push(table);
  }
  return filled;
};

/** The first rows of these resources. */
export const firstRowsOf = (definitions: readonly ResourceDefinition[]): readonly FirstRows[] =>
  definitions.flatMap(({ firstRows }) => firstRows ?? []);

/** Gives the tables that migrations have just created their first rows, for `afterApply` of `migrate`. */
export const fillNewTables =
  (definitions: readonly ResourceDefinition[]) =>
  async (knex: Database['knex'], applied: readonly string[]): Promise<void> => {
    const created = firstRowsOf(definitions).filter(({ migration }) => applied.includes(migration));
    await insertFirstRows(knex, created);
  };
