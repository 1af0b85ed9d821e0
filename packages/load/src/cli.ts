import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { commandLineError, optionOf } from '@tripod/shared/config/command-line';
import { ConfigError } from '@tripod/shared/config/config-error';
import { loadConfig } from '@tripod/shared/config/load-config';
import { StartError } from '@tripod/shared/errors/start-error';
import { Command, CommanderError } from 'commander';
import { findLimit } from './find-limit.ts';
import type { LoadModel } from './generator/thread-job.ts';
import { compareRuns } from './report/compare-runs.ts';
import { renderReport } from './report/html/render-report.ts';
import type { LoadResult, RunFigures } from './report/load-result.ts';
import { type LoadRun, readMachine } from './report/load-run.ts';
import { readRun } from './report/read-run.ts';
import { renderComparison } from './report/render-comparison.ts';
import { clearLines, renderProgress } from './report/render-progress.ts';
import { renderResult } from './report/render-result.ts';
import { findMissed, judgeThresholds } from './report/thresholds.ts';
import { type LoadConfig, loadSettings, toMs } from './settings.ts';
import { type LoadOptions, runLoad } from './start-load.ts';
import { findTarget, type LoadTarget } from './target.ts';
import { loadTool } from './tools/find-tool.ts';
import { runTool } from './tools/run-tool.ts';

const exitMissed = 99;
const exitInterrupted = 130;
const defaultLimitP99Ms = 100;

const place = { checkout: join(import.meta.dirname, '../../..'), workingDir: process.cwd() };
const { stdout } = process;
const isTerminal = stdout.isTTY;
const interrupted = new AbortController();
process.once('SIGINT', () => interrupted.abort());
process.once('SIGTERM', () => interrupted.abort());

const writeJson = (line: object): void => void stdout.write(`${JSON.stringify(line)}\n`);

const cpuSeconds = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
};

const openModel = (rate: number, connections: number | undefined): LoadModel => ({
  kind: 'open',
  rate,
  connections: connections ?? Math.min(1024, Math.max(32, Math.ceil(rate / 4))),
});

const optionsOf = (config: LoadConfig, target: LoadTarget): Omit<LoadOptions, 'model' | 'durationMs'> => ({
  ...target,
  timeoutMs: toMs(config.timeout),
  seed: config.seed,
  threads: config.threads,
  signal: interrupted.signal,
  cpuSeconds,
});

const runOnce = async (config: LoadConfig, target: LoadTarget): Promise<LoadResult> => {
  const { rate, users, spawnRate, connections } = config;
  const durationMs = toMs(config.runTime);
  let shown = 0;
  const result = await runLoad({
    ...optionsOf(config, target),
    model: rate === undefined ? { kind: 'closed', users, spawnRate } : openModel(rate, connections),
    durationMs,
    onSecond: (sample) => {
      if (!isTerminal) {
        writeJson({ progress: sample });
        return;
      }
      const lines = renderProgress(sample, durationMs);
      stdout.write(`${clearLines(shown)}${lines.join('\n')}\n`);
      shown = lines.length;
    },
  });
  stdout.write(clearLines(shown));
  return result;
};

const runSteps = async (config: LoadConfig, target: LoadTarget): Promise<LoadResult | undefined> =>
  await findLimit({
    maxP99Ms: config.maxP99 === undefined ? defaultLimitP99Ms : toMs(config.maxP99),
    measure: async (rate, durationMs) => {
      const options = { ...optionsOf(config, target), durationMs };
      return await runLoad({ ...options, model: openModel(rate, config.connections) });
    },
    onStep: (rate, result, exceeded) => {
      const { p99 } = result.responseTimeMs;
      if (!isTerminal) writeJson({ step: { rate, p99Ms: p99, failed: result.failed, exceeded } });
      else
        console.log(
          `${String(rate).padStart(8)}/s  p99 ${p99.toFixed(1).padStart(7)} ms  ${exceeded ?? 'holds'}`,
        );
    },
    isStopped: () => interrupted.signal.aborted,
  });

const thresholdsOf = ({ maxP99, maxFailed, findLimit: isSearch }: LoadConfig) => ({
  // The search takes it as its own target.
  maxP99Ms: maxP99 === undefined || isSearch ? undefined : toMs(maxP99),
  maxFailed,
});

/** The flags that say how the load ran. */
const settingsOf = ({ json: _json, report: _report, ...config }: LoadConfig): LoadRun['settings'] =>
  Object.fromEntries(
    Object.entries(config).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );

const finish = (run: LoadRun, config: LoadConfig): void => {
  if (isTerminal) console.log(renderResult(run));
  else {
    // The lines before this one have the samples.
    const { samples: _samples, ...result } = run;
    writeJson({ result });
  }
  if (config.json !== undefined) writeFileSync(config.json, `${JSON.stringify(run, null, 2)}\n`);
  if (config.report !== undefined) writeFileSync(config.report, renderReport(run));
  const missed = findMissed(run.thresholds, run.checks);
  for (const sentence of missed) console.error(`load: ${sentence}`);
  if (missed.length > 0) process.exitCode = exitMissed;
  if (interrupted.signal.aborted) process.exitCode = exitInterrupted;
};

const runWithTool = async (
  lab: string,
  name: string,
  config: LoadConfig,
  { target: { hostname, port } }: LoadTarget,
): Promise<RunFigures> => {
  if (config.findLimit)
    throw new ConfigError([{ source: '--find-limit', problem: 'is not available with --with' }]);
  return await runTool({
    ...{ name, lab, checkout: place.checkout, tool: await loadTool(name) },
    ...{ users: config.users, spawnRate: config.spawnRate, rate: config.rate },
    runSeconds: toMs(config.runTime) / 1000,
    origin: `http://${hostname}:${port}`,
    searchPath: process.env['PATH'] ?? '',
    signal: interrupted.signal,
  });
};

const load = async (name: string, config: LoadConfig): Promise<void> => {
  const target = findTarget(name, config, place);
  const startedAt = new Date().toISOString();
  const result =
    config.with !== undefined
      ? await runWithTool(name, config.with, config, target)
      : config.findLimit
        ? await runSteps(config, target)
        : await runOnce(config, target);
  if (result === undefined) {
    console.error('load: even 100 requests a second are too many: see the step above');
    process.exitCode = exitMissed;
    return;
  }
  const thresholds = judgeThresholds(result, thresholdsOf(config));
  const machine = readMachine(process.versions.node);
  finish({ ...result, startedAt, settings: settingsOf(config), machine, thresholds }, config);
};

const compare = (first: string, second: string): void => {
  const [a, b] = [first, second].map((file) => readRun(resolve(place.workingDir, file)));
  if (!a || !b) return;
  const comparison = compareRuns(a, b);
  const table = renderComparison(comparison, [first, second]);
  if (isTerminal) console.log(table);
  else {
    console.error(table);
    writeJson({ comparison });
  }
};

const program = new Command('load')
  .description('Puts load on a lab or a URL and shows what its users get.')
  .argument('<target>', 'a URL, the name of a lab, or the folder of a lab of your own')
  .exitOverride()
  .configureOutput({ writeErr: () => undefined })
  .addHelpText(
    'after',
    [
      '\nExamples:',
      '  load http://localhost:8080/api/images.json --users 32 --run-time 10s',
      '  load books --users 100 --spawn-rate 10 --run-time 3m',
      '  load posts --rate 2000 --max-p99 50ms --max-failed 0 --report load.html',
      '  load gallery --find-limit',
      '  load books --with locust',
      '  load compare before.json after.json',
      '\nExit codes: 0, 99 when a threshold or a check is missed, 130 after Ctrl-C, 2 for a wrong flag.',
    ].join('\n'),
  )
  .action(async (name: string, flags: Record<string, unknown>, command: Command) => {
    const typed = Object.entries(flags).filter(([flag]) => command.getOptionValueSource(flag) === 'cli');
    await load(
      name,
      loadConfig(loadSettings, { flags: Object.fromEntries(typed), workingDir: place.workingDir }),
    );
  });
program
  .command('compare')
  .description('compares two files that --json has written')
  .argument('<first>', 'the file of a run')
  .argument('<second>', 'the file of another run')
  .action(compare);
for (const [name, setting] of Object.entries(loadSettings)) program.addOption(optionOf(name, setting));

const args = process.argv.slice(2);
try {
  await program.parseAsync(args, { from: 'user' });
} catch (error) {
  if (!(error instanceof CommanderError) || error.exitCode !== 0) {
    const known = error instanceof CommanderError ? commandLineError('load', args, error) : error;
    const isClear = known instanceof ConfigError || known instanceof StartError;
    console.error(`load: ${isClear ? known.message : known instanceof Error ? known.stack : String(known)}`);
    process.exitCode = known instanceof ConfigError ? 2 : 1;
  }
}
