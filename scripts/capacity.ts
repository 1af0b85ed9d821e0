/** `pnpm capacity reads=5000 writes=500`: how many copies, cores and connections a load needs. */
import { type Load, planCapacity } from './capacity/plan-capacity.ts';

const defaults = { reads: 1000, writes: 100, utilization: 0.6, pool: 10, connections: 97 };
const values: Record<string, number> = { ...defaults };
for (const operand of process.argv.slice(2)) {
  const [, name = '', value = ''] = /^(\w+)=(\d+(?:\.\d+)?)$/.exec(operand) ?? [];
  if (!(name in defaults)) {
    console.error(
      `capacity: ${operand} is not one of ${Object.keys(defaults)
        .map((known) => `${known}=N`)
        .join(', ')}`,
    );
    process.exit(2);
  }
  values[name] = Number(value);
}
const { reads, writes, utilization, pool, connections } = values as typeof defaults;
if (utilization <= 0 || utilization > 1) {
  console.error(`capacity: utilization must be more than 0 and at most 1, and is ${utilization}`);
  process.exit(2);
}
const load: Load = {
  readsPerSecond: reads,
  writesPerSecond: writes,
  utilization,
  poolSize: pool,
  databaseConnections: connections,
};
const plan = planCapacity(load);
console.log(`copies of the API            ${plan.copies}    one of them may fail`);
console.log(`copies of the proxy          ${plan.proxies}    one of them may fail`);
console.log(`cores, without Postgres      ${plan.cores}`);
console.log(
  `connections to Postgres      ${plan.connections}    ${
    plan.needsPooler ? `more than ${connections}: put PgBouncer between them` : `of ${connections}`
  }`,
);
