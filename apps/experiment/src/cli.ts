import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { commandLineError, optionOf } from '@tripod/shared/config/command-line';
import { ConfigError } from '@tripod/shared/config/config-error';
import { loadConfig } from '@tripod/shared/config/load-config';
import { StartError } from '@tripod/shared/errors/start-error';
import { workingDir } from '@tripod/shared/process/working-dir';
import { Command, CommanderError } from 'commander';
import type { Experiment } from './definition/experiment.ts';
import { chooseExperiments, readExperiments, shortenExperiment } from './definition/find-experiments.ts';
import { chooseBalancers } from './lab/balancers.ts';
import { stackEnvironment } from './lab/stack-environment.ts';
import { renderHtml } from './report/render-html.ts';
import { renderTable } from './report/render-table.ts';
import { runExperiments } from './run-experiments.ts';
import { type ExperimentConfig, experimentSettings } from './settings.ts';
import type { BalancerResult, ExperimentResult } from './verdict/result.ts';
import { toResult } from './verdict/to-result.ts';

const exitFailed = 1;
const exitWrong = 2;
const exitInterrupted = 130;

const checkout = join(import.meta.dirname, '../../..');
const interrupted = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => interrupted.abort());

const cpuSeconds = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
};

const list = (experiments: readonly Experiment[]): void => {
  const width = Math.max(...experiments.map(({ name }) => name.length));
  for (const { name, labName, title } of experiments)
    console.log(`${name.padEnd(width)}  ${labName.padEnd(8)}  ${title}`);
};

const report = (results: readonly ExperimentResult[], config: ExperimentConfig, isOne: boolean): void => {
  const finished = results.filter(({ balancers }) => balancers.length > 0);
  console.log(finished.map(renderTable).join('\n\n'));
  if (config.json !== undefined) {
    const [first] = finished;
    writeFileSync(config.json, `${JSON.stringify(isOne ? (first ?? null) : finished, undefined, 2)}\n`);
  }
  if (config.report !== undefined) writeFileSync(config.report, renderHtml(finished));
  if (finished.some(({ holds }) => !holds)) process.exitCode = exitFailed;
};

const experiment = async (names: readonly string[], config: ExperimentConfig): Promise<void> => {
  const all = readExperiments(checkout);
  if (names.length === 0) {
    list(all);
    return;
  }
  const chosen = chooseExperiments(all, names).map((one) => (config.short ? shortenExperiment(one) : one));
  const { chosen: balancers, left } = chooseBalancers(config.proxy, process.env['PATH'] ?? '');
  const found = new Map<Experiment, BalancerResult[]>(chosen.map((one) => [one, []]));
  try {
    await runExperiments({
      checkout,
      execPath: process.execPath,
      userId: process.getuid?.() ?? 0,
      environment: stackEnvironment(process.env, join(import.meta.dirname, '../node_modules/.cache/stack')),
      experiments: chosen,
      balancers,
      isShort: config.short,
      random: Math.random,
      cpuSeconds,
      signal: interrupted.signal,
      onProgress: (sentence) => console.error(`experiment: ${sentence}`),
      onResult: (one, result) => void found.get(one)?.push(result),
    });
  } finally {
    // Also what was found before a stack failed.
    report(
      [...found].map(([one, results]) => toResult(one, results, left)),
      config,
      chosen.length === 1,
    );
  }
  if (interrupted.signal.aborted) process.exitCode = exitInterrupted;
};

const program = new Command('experiment')
  .description('Puts load on a lab, makes a part of it fail, and prints a verdict for each load balancer.')
  .argument('[names...]', 'experiments; without one they are listed')
  .exitOverride()
  .configureOutput({ writeErr: () => undefined })
  .addHelpText(
    'after',
    [
      '\nExamples:',
      '  experiment',
      '  experiment kill-a-copy',
      '  experiment kill-a-copy --proxy direct,nginx --report kill.html',
      '\nExit codes: 0, 1 when a hypothesis fails for our engines or a stack does not start, 2 for an unknown',
      'experiment or a wrong flag, 130 after Ctrl-C.',
    ].join('\n'),
  )
  .action(async (names: readonly string[], flags: Record<string, unknown>, command: Command) => {
    const typed = Object.entries(flags).filter(([flag]) => command.getOptionValueSource(flag) === 'cli');
    const sources = { flags: Object.fromEntries(typed), workingDir: workingDir() };
    await experiment(names, loadConfig(experimentSettings, sources));
  });
for (const [name, setting] of Object.entries(experimentSettings)) program.addOption(optionOf(name, setting));

const args = process.argv.slice(2);
try {
  await program.parseAsync(args, { from: 'user' });
} catch (error) {
  if (!(error instanceof CommanderError) || error.exitCode !== 0) {
    const known = error instanceof CommanderError ? commandLineError('experiment', args, error) : error;
    const isClear = known instanceof ConfigError || known instanceof StartError;
    const text = isClear ? known.message : known instanceof Error ? known.stack : String(known);
    console.error(`experiment: ${text}`);
    process.exitCode = known instanceof ConfigError ? exitWrong : exitFailed;
    if (interrupted.signal.aborted) process.exitCode = exitInterrupted;
  }
}
