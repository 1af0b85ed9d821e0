import { availableParallelism, cpus } from 'node:os';
import { join } from 'node:path';
import { commandLineError, optionOf } from '@tripod/shared/config/command-line';
import { ConfigError } from '@tripod/shared/config/config-error';
import { loadConfig } from '@tripod/shared/config/load-config';
import { Command, CommanderError } from 'commander';
import { type BenchConfig, benchSettings } from './bench-settings.ts';
import { listRunNames, loadRun } from './find-runs.ts';
import { placeOnCores } from './machine/cores.ts';
import { explainMissing, findProgram } from './machine/find-program.ts';
import { renderTable } from './report/render-table.ts';
import { type Report, writeReport } from './report/write-report.ts';
import { runInPlace } from './run-in-place.ts';

const checkout = join(import.meta.dirname, '../..');
const path = process.env['PATH'] ?? '';

const listRuns = async (): Promise<void> => {
  console.log('Benchmarks, side by side; each prints ratios against its peer:\n');
  for (const name of listRunNames()) console.log(`  pnpm bench ${name}   ${(await loadRun(name)).about}`);
  console.log('\nMore or longer rounds: --rounds 9 --seconds 10. Results are kept in bench/results/.');
};

const bench = async (name: string, { rounds, seconds }: BenchConfig): Promise<void> => {
  if (!listRunNames().includes(name)) {
    const problem = `is no run; there are: ${listRunNames().join(', ')}`;
    throw new ConfigError([{ source: name, problem }]);
  }
  const run = await loadRun(name);
  const missing = explainMissing(['nginx', ...new Set(run.loads.map(({ tool }) => tool))], path);
  if (missing !== undefined) {
    console.error(`bench: ${missing}`);
    process.exitCode = 1;
    return;
  }
  const hasTaskset = findProgram('taskset', path) !== undefined;
  const { cores, note } = placeOnCores(availableParallelism(), hasTaskset);
  const say = (line: string): void => console.error(`bench: ${line}`);
  say(`${run.about}; ${note}`);
  const loads = await runInPlace(run, { rounds, seconds, cores, checkout, say });
  const [cpu] = cpus();
  const machine = {
    cores: cpus().length,
    model: cpu?.model ?? 'unknown',
    node: process.version,
    pinning: note,
  };
  const at = new Date().toISOString();
  const report: Report = { run: name, about: run.about, at, machine, rounds, seconds, loads };
  const file = writeReport(join(checkout, 'bench/results'), report);
  // A person wants the table, a program that reads a pipe wants the numbers.
  if (process.stdout.isTTY) console.log(renderTable(loads));
  else {
    console.error(renderTable(loads));
    console.log(JSON.stringify(report));
  }
  say(`wrote ${file}`);
};

const program = new Command('bench')
  .description('Measures one server beside another, in turns, and prints the ratio.')
  .argument('[name]', 'which run; without one they are listed')
  .exitOverride()
  .configureOutput({ writeErr: () => undefined })
  .action(async (name: string | undefined, flags: Record<string, unknown>, command: Command) => {
    const typed = Object.entries(flags).filter(([flag]) => command.getOptionValueSource(flag) === 'cli');
    const config = loadConfig(benchSettings, { flags: Object.fromEntries(typed), workingDir: process.cwd() });
    await (name === undefined ? listRuns() : bench(name, config));
  });
for (const [name, setting] of Object.entries(benchSettings)) program.addOption(optionOf(name, setting));

const args = process.argv.slice(2);
try {
  await program.parseAsync(args, { from: 'user' });
} catch (error) {
  if (!(error instanceof CommanderError) || error.exitCode !== 0) {
    const told = error instanceof CommanderError ? commandLineError('bench', args, error) : error;
    console.error(`bench: ${told instanceof Error ? told.message : String(told)}`);
    process.exitCode = told instanceof ConfigError ? 2 : 1;
  }
}
