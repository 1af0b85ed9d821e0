import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ConfigError } from '@tripod/shared/config/config-error';
import { StartError } from '@tripod/shared/errors/start-error';
import { findProgram } from '@tripod/shared/os/find-program';
import type { RunFigures } from '../report/load-result.ts';
import type { ToolFacts } from '../report/load-run.ts';
import type { Tool, ToolCommand, ToolJob } from './tool.ts';

export type ToolOptions = Omit<ToolJob, 'script' | 'url' | 'folder'> & {
  readonly name: string;
  readonly tool: Tool;
  /** The name of a lab. */
  readonly lab: string;
  /** The folder that has `labs/`. */
  readonly checkout: string;
  /** Folders of programs, as PATH has them. */
  readonly searchPath: string;
  /** Ends the tool, which then reports what it has. */
  readonly signal: AbortSignal;
};

const maxOutputCharacters = 16 * 1_048_576;

/** Runs a command to its end and returns its standard output. What it prints to standard error is passed on. */
const runCommand = (
  { program, args }: ToolCommand,
  { checkout, searchPath, signal }: ToolOptions,
): Promise<string> =>
  new Promise((resolve, reject) => {
    const file = findProgram(program, searchPath) ?? program;
    const child = spawn(file, args, { cwd: checkout, stdio: ['ignore', 'pipe', 'inherit'] });
    const interrupt = (): void => void child.kill('SIGINT');
    signal.addEventListener('abort', interrupt);
    let output = '';
    child.stdout.setEncoding('utf8').on('data', (piece: string) => {
      if (output.length < maxOutputCharacters) output += piece;
    });
    child.once('error', reject);
    child.once('close', () => {
      signal.removeEventListener('abort', interrupt);
      resolve(output);
    });
  });

const refuse = (source: string, problem: string): never => {
  throw new ConfigError([{ source, problem }]);
};

/**
 * Runs the script of a lab with a tool, and reads its result. Throws a ConfigError when the lab has no script for it or
 * when it is not installed, and a StartError when it reports no result.
 */
export const runTool = async (options: ToolOptions): Promise<RunFigures & { readonly tool: ToolFacts }> => {
  const { name, tool, lab, checkout, searchPath, origin } = options;
  const { scripts, program, install, model, corrected, correction, command, parse } = tool;
  const script = Object.hasOwn(scripts, lab) ? scripts[lab] : undefined;
  if (!script) {
    const labs = Object.keys(scripts).join(', ');
    return refuse(`--with ${name}`, `has no script in the lab ${lab}; the labs that have one are: ${labs}`);
  }
  if (findProgram(program, searchPath) === undefined)
    return refuse(`--with ${name}`, `needs ${program}, which is not installed (${install})`);
  const folder = mkdtempSync(join(tmpdir(), 'tripod-load-'));
  try {
    const job: ToolJob = {
      ...options,
      folder,
      script: join(checkout, 'labs', lab, script.file),
      url: `${origin}${script.path ?? '/'}`,
    };
    const made = command(job);
    const output = await runCommand(made, options);
    let figures: ReturnType<Tool['parse']>;
    try {
      figures = parse(output, job);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new StartError(`${name} reported no result (${reason}). It printed:\n${output.slice(-2000)}`);
    }
    const { note, ...rest } = figures;
    return {
      ...rest,
      target: origin,
      scenario: `labs/${lab}/${script.file}`,
      model,
      load: made.load,
      failures: rest.failed === 0 ? [] : [{ kind: `reported by ${name}`, count: rest.failed }],
      durationMs: rest.requestsPerSecond === 0 ? 0 : (rest.requests / rest.requestsPerSecond) * 1000,
      checks: [],
      tool: { name, corrected, correction: note === undefined ? correction : `${correction} ${note}` },
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};
