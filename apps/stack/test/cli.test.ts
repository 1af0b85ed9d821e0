import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { systemProcesses } from '@tripod/shared/os/process-table';
import { freePorts } from '@tripod/testing/free-port';
import { useTempFolders } from './support/temp-folder.ts';

const cli = join(import.meta.dirname, '../src/cli.ts');

const makeFolder = useTempFolders();

const { npm_lifecycle_event: _script, ...withoutScript } = process.env;
const run = (...args: readonly string[]) =>
  spawnSync(process.execPath, [cli, ...args], { encoding: 'utf8', timeout: 100_000, env: withoutScript });

describe('the command stack', () => {
  it.each([
    [['nonsense'], "unknown command 'nonsense'", 'pnpm stack'],
    [['up', '--prot', '1'], "unknown option '--prot' (Did you mean --port?)", 'pnpm stack up'],
    // Commander itself would suggest --copies.
    [['up', '--nope'], "unknown option '--nope'", 'pnpm stack up'],
    [['ps', '--nope'], "unknown option '--nope'", 'pnpm stack ps'],
    [
      ['up', '--database-url=postgres://user:secret@db/x'],
      "unknown option '--database-url'",
      'pnpm stack up',
    ],
  ])('refuses %j with one sentence and exit code 2', (args, what, command) => {
    const { status, stdout, stderr } = run(...args);
    expect(stderr).toBe(`stack: The command line is wrong: ${what}. See ${command} --help\n`);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  });

  it('shows its help when a command is missing', () => {
    const { status, stdout, stderr } = run();
    expect(stderr).toContain('Usage: pnpm stack [options] [command]');
    expect(stderr).toContain('pnpm stack scale api=5');
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  });

  it('names the script that was typed when it refers to the help', () => {
    const env = { ...process.env, npm_lifecycle_event: 'dev' };
    const { stderr } = spawnSync(process.execPath, [cli, 'up', '--bogus'], { encoding: 'utf8', env });
    expect(stderr).toContain('See pnpm dev --help\n');
  });

  it.each([
    [['up', '--', '--port', '0'], 'stack: --port must be a whole number from 1 to 65535, and is 0\n'],
    [['--', 'up', '--port', '0'], 'stack: --port must be a whole number from 1 to 65535, and is 0\n'],
  ])('ignores the -- of npm in %j', (args, errors) => {
    expect(run(...args).stderr).toBe(errors);
  });

  it('prints its help and exits with code 0', () => {
    const { status, stdout, stderr } = run('--help');
    expect(stdout).toContain('Usage: pnpm stack');
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  });

  /** Runs it until its first output, then closes the pipe. */
  const runForAMoment = async (args: readonly string[], env: Readonly<Record<string, string>> = {}) => {
    const child = spawn(process.execPath, [cli, ...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...env },
    });
    let errors = '';
    child.stderr.on('data', (piece) => {
      errors += String(piece);
    });
    child.stdout.once('data', () => child.stdout.destroy());
    const [code] = await once(child, 'close');
    return { code, errors };
  };

  it('ends without an error when the reader of its output closes the pipe', async () => {
    const stateDir = makeFolder();
    mkdirSync(join(stateDir, 'logs'));
    writeFileSync(join(stateDir, 'logs/api-1.log'), 'a line of it\n'.repeat(50_000));
    const args = ['logs', 'api-1', '-n', '50000', '--state-dir', stateDir];
    expect(await runForAMoment(args)).toEqual({ code: 0, errors: '' });
  });

  it('stops the stack when the reader of its output closes the pipe', async () => {
    const stateDir = makeFolder();
    const [port, staticPort, adminPort] = await freePorts(3);
    const args = [
      'up',
      '--no-control-room',
      '--copies',
      '0',
      '--assets',
      stateDir,
      '--state-dir',
      join(stateDir, 'state'),
    ];
    const ports = ['--port', `${port}`, '--static-port', `${staticPort}`, '--admin-port', `${adminPort}`];
    const environment = { DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none' };
    expect(await runForAMoment([...args, ...ports], environment)).toEqual({ code: 0, errors: '' });
    expect(readFileSync(join(stateDir, 'state/logs/stack.log'), 'utf8')).toContain('"message":"stopped"');
  });

  it('prints its version', () => {
    const { stdout, status } = run('--version');
    expect([stdout, status]).toEqual([expect.stringMatching(/^stack \d+\.\d+\.\d+\n$/), 0]);
  });

  describe('up --detach', () => {
    const makeFlags = async () => {
      const stateDir = makeFolder();
      const [port, staticPort, adminPort] = await freePorts(3);
      const flags = [
        '--no-control-room',
        '--copies',
        '0',
        '--assets',
        stateDir,
        '--state-dir',
        join(stateDir, 'state'),
      ];
      const ports = ['--port', `${port}`, '--static-port', `${staticPort}`, '--admin-port', `${adminPort}`];
      return { port, flags: [...flags, ...ports], state: ['--state-dir', join(stateDir, 'state')] };
    };
    const environment = { ...withoutScript, DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none' };
    const runDetached = (flags: readonly string[]) =>
      spawnSync(process.execPath, [cli, 'up', '--detach', ...flags], { encoding: 'utf8', env: environment });

    it('returns when the stack is ready, which runs until stack down', async () => {
      const { port, flags, state } = await makeFlags();
      const { stdout, stderr, status } = runDetached(flags);
      expect([stderr, status]).toEqual(['', 0]);
      const { pid, url } = JSON.parse(stdout) as { readonly pid: number; readonly url: string };
      try {
        expect(url).toBe(`http://127.0.0.1:${port}`);
        expect((await fetch(url)).status).toBe(404);
        expect(run('ps', ...state).stdout).toContain('"name":"proxy"');
        expect(runDetached(flags)).toMatchObject({
          status: 1,
          stderr: expect.stringMatching(/^stack: Tripod already runs here, as process \d+, at http/),
        });
      } finally {
        run('down', ...state);
      }
      expect(systemProcesses.commandOf(pid)).toBeUndefined();
    });

    it('exits with the error of a stack that cannot start', async () => {
      const { flags } = await makeFlags();
      expect(runDetached([...flags, '--assets', '/nowhere/at/all'])).toMatchObject({
        status: 2,
        stdout: '',
        stderr: 'stack: --assets must name a folder, and names /nowhere/at/all\n',
      });
    });
  });
});
