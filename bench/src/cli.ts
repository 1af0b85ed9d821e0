import { join } from 'node:path';
import { commandLineError, optionOf } from '@tripod/shared/config/command-line';
import { ConfigError } from '@tripod/shared/config/config-error';
import { loadConfig } from '@tripod/shared/config/load-config';
import { Command, CommanderError } from 'commander';
import { type BenchConfig, benchSettings } from './bench-settings.ts';
import type { Run } from './definition/run.ts';
import { writeFigures } from './docs/write-figures.ts';
import { listRunNames, loadRun } from './find-runs.ts';
import { describeTrial, trialLines } from './lost-writes/describe-trial.ts';
import { judgeTrial } from './lost-writes/judge-trial.ts';
import { runTrial } from './lost-writes/run-trial.ts';
import { checkRunName, makeReport } from './make-report.ts';
import { renderReport } from './report/render-report.ts';
import { hasFailure, type Report, readReport, writeReport } from './report/report.ts';
import { checkTrialFlags, lostWrites, trialNames } from './trials.ts';

const checkout = join(import.meta.dirname, '../..');
const path = process.env['PATH'] ?? '';

const log = (line: string): void => console.error(`bench: ${line}`);

const listRuns = async (): Promise<void> => {
  console.log('Benchmarks that compare servers; each prints ratios to its peer:\n');
  for (const name of listRunNames()) {
    const { about, loads, contestants } = await loadRun(name);
    console.log(`  pnpm bench ${name}   ${about}`);
    console.log(`    loads: ${loads.map((load) => load.name).join(', ')}`);
    console.log(`    contestants: ${contestants.map((contestant) => contestant.name).join(', ')}`);
  }
  console.log(`  pnpm bench ${lostWrites.name}   ${lostWrites.about}`);
  console.log('\nFor more or longer rounds: --rounds 9 --seconds 10. Reports are kept in bench/results/.');
};

const runAndPrintTrial = async (seconds: number): Promise<void> => {
  const trial = await runTrial({ checkout, seconds, log });
  if (process.stdout.isTTY) console.log(describeTrial(trial));
  else {
    console.error(describeTrial(trial));
    for (const line of trialLines(trial)) console.log(line);
  }
  if (!judgeTrial(trial).holds) process.exitCode = 1;
};

const measure = async (name: string, run: Run, config: BenchConfig): Promise<Report> => {
  const report = await makeReport(run, { name, config, checkout, path, log });
  const file = join(checkout, 'bench/results', `${name}.json`);
  writeReport(file, report);
  log(`wrote ${file}`);
  return report;
};

const bench = async (name: string, config: BenchConfig): Promise<void> => {
  checkRunName(name, [...listRunNames(), ...trialNames]);
  const run = await loadRun(name);
  const report = config.from === undefined ? await measure(name, run, config) : readReport(config.from, name);
  if (config.json !== undefined) writeReport(config.json, report);
  // Tables for a terminal, JSON for a program that reads the pipe.
  if (process.stdout.isTTY) console.log(renderReport(report));
  else {
    console.error(renderReport(report));
    console.log(JSON.stringify(report));
  }
  if (config.writeDocs) for (const file of writeFigures(checkout, report, run)) log(`wrote ${file}`);
  if (hasFailure(report)) {
    log('a contestant failed (see above)');
    process.exitCode = 1;
  }
};

const program = new Command('bench')
  .description('Measures servers side by side, in turns, and prints ratios.')
  .argument('[name]', 'name of the run; without it, all runs are listed')
  .exitOverride()
  .configureOutput({ writeErr: () => undefined })
  .action(async (name: string | undefined, flags: Record<string, unknown>, command: Command) => {
    const typed = Object.entries(flags).filter(([flag]) => command.getOptionValueSource(flag) === 'cli');
    const config = loadConfig(benchSettings, { flags: Object.fromEntries(typed), workingDir: process.cwd() });
    if (name === undefined) await listRuns();
    else if (name === lostWrites.name) {
      const seconds = typed.some(([flag]) => flag === 'seconds') ? config.seconds : lostWrites.seconds;
      checkTrialFlags(
        typed.map(([flag]) => flag),
        seconds,
      );
      await runAndPrintTrial(seconds);
    } else await bench(name, config);
  });
for (const [name, setting] of Object.entries(benchSettings)) program.addOption(optionOf(name, setting));

const args = process.argv.slice(2);
try {
  await program.parseAsync(args, { from: 'user' });
} catch (error) {
  if (!(error instanceof CommanderError) || error.exitCode !== 0) {
    const shown = error instanceof CommanderError ? commandLineError('bench', args, error) : error;
    console.error(`bench: ${shown instanceof Error ? shown.message : String(shown)}`);
    process.exitCode = shown instanceof ConfigError ? 2 : 1;
  }
}
// Node 24 never exits by itself after a connection was reset while its FIN was in flight.
process.stdout.write('', () => process.stderr.write('', () => process.exit()));
