import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { listen } from '../../src/os/listen.ts';
import { type FixtureOptions, killFixtures, runFixture, startFixture } from '../support/start-fixture.ts';

let folder: string;
beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'tripod-cli-')));
});
afterEach(() => {
  killFixtures();
  rmSync(folder, { recursive: true });
});

/** Starts the fixture and returns the configuration that it was given. */
const configOf = async (
  args: readonly string[],
  options?: FixtureOptions,
): Promise<Record<string, unknown>> => {
  const fixture = startFixture(args, options);
  await fixture.url();
  const [, json = ''] = /^config: (.*)$/m.exec(fixture.stdout()) ?? [];
  return JSON.parse(json) as Record<string, unknown>;
};

const fileWith = (text: string): string => {
  const file = join(folder, 'fixture.json');
  writeFileSync(file, text);
  return file;
};

describe('exit codes and sentences', () => {
  it('exits 2 and lists every bad value at once, one line each, without the value of a secret', async () => {
    const args = ['--port', '70000', '--log-format', 'xml'];
    const env = { WEIGHT: '0', DATABASE_URL: 'mysql://user:hunter2@db/x' };
    const { code, stdout, stderr } = await runFixture(args, { env });
    expect(code).toBe(2);
    expect(stdout).toBe('');
    expect(stderr.trimEnd().split('\n').sort()).toEqual([
      'fixture: --log-format must be one of auto, text, json, and is "xml"',
      'fixture: --port must be a whole number from 0 to 65535, and is 70000',
      'fixture: DATABASE_URL must be a postgres:// URL',
      'fixture: WEIGHT must be a whole number from 1 to 10, and is 0',
    ]);
  });

  it.each([
    [['--prot', '1'], "unknown option '--prot' (Did you mean --port?)"],
    [['--port'], "option '--port <port>' argument missing"],
    [['stray'], 'too many arguments. Expected 0 arguments but got 1: stray'],
    [['--database-url=postgres://user:hunter2@db'], "unknown option '--database-url'"],
  ])('exits 2 on %j', async (args, what) => {
    const { code, stderr } = await runFixture(args);
    expect(code).toBe(2);
    expect(stderr).toBe(`fixture: The command line is wrong: ${what}. See fixture --help\n`);
  });

  it('exits 1 and names the port and its flag when the port is in use', async () => {
    const { port, close } = await listen(createServer(), { host: '127.0.0.1', port: 0 });
    const { code, stderr } = await runFixture(['--port', String(port)]);
    await close();
    expect(code).toBe(1);
    expect(stderr).toBe(`fixture: Port ${port} is already in use; choose another one with --port.\n`);
  });

  it('exits 1 with the one sentence of a StartError', async () => {
    const { code, stderr } = await runFixture(['--mode', 'refuses']);
    expect(code).toBe(1);
    expect(stderr).toBe('fixture: The moon is full; wait until it is not.\n');
  });

  it('exits 1 and prints the stack of an unexpected failure', async () => {
    const { code, stderr } = await runFixture(['--mode', 'breaks']);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^fixture: could not start: Error: nobody thought of this\n\s+at /);
  });

  it('exits 0 after --help, which goes to stdout', async () => {
    const { code, stdout, stderr } = await runFixture(['--help']);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^Usage: fixture \[options\]/);
    expect(stdout).toContain('--drain-delay-ms <ms>');
    expect(stdout).toContain('From the environment only:\n  DATABASE_URL');
    expect(stdout).toContain('Examples:\n  fixture --port 8080');
  });

  it('prints its name and the version of its package with --version, and exits 0', async () => {
    const manifest = join(import.meta.dirname, '../../package.json');
    const { version } = JSON.parse(readFileSync(manifest, 'utf8')) as { version: string };
    expect(await runFixture(['--version'])).toEqual({ code: 0, stdout: `fixture ${version}\n`, stderr: '' });
  });

  it('runs a subcommand to its end, logs under its name and exits 0', async () => {
    const { code, stdout, stderr } = await runFixture(['check', '--weight', '3']);
    expect([code, stderr]).toEqual([0, '']);
    const [printed, line = ''] = stdout.split('\n');
    expect(printed).toBe('weight 3');
    expect(JSON.parse(line)).toMatchObject({ name: 'check', message: 'checked' });
  });
});

describe('the precedence of config sources', () => {
  it('prefers the flag to the environment, that to the file, and that to the default', async () => {
    const file = fileWith(
      '{"weight": 2, "drainDelayMs": 20, "logFormat": "json", "databaseUrl": "postgres://x"}',
    );
    const args = ['--config', file, '--weight', '4'];
    const env = { WEIGHT: '3', DRAIN_DELAY_MS: '30' };
    expect(await configOf(args, { env })).toMatchObject({
      weight: 4,
      drainDelayMs: 30,
      logFormat: 'json',
      host: 'localhost',
      hasDatabase: true,
    });
  });

  it.each([
    ['{"weight": 2', 'is not JSON'],
    ['[]', 'must hold one JSON object'],
    [undefined, 'does not exist'],
  ])('exits 2 when the config file holds %j', async (text, problem) => {
    const file = text === undefined ? join(folder, 'absent.json') : fileWith(text);
    const { code, stderr } = await runFixture(['--config', file]);
    expect(code).toBe(2);
    expect(stderr).toMatch(new RegExp(`^fixture: The config file ${file} ${problem}.*\\n$`));
  });

  it('exits 2 and names each bad or unknown key of the config file', async () => {
    const file = fileWith('{"weight": "2", "wieght": 1}');
    const { code, stderr } = await runFixture(['--config', file]);
    expect(code).toBe(2);
    expect(stderr.split('\n').sort()).toEqual([
      '',
      `fixture: #/weight in ${file} must be a whole number from 1 to 10, and is "2"`,
      `fixture: #/wieght in ${file} is not a setting`,
    ]);
  });
});

describe('the folder against which relative paths are resolved', () => {
  it('is the folder of the process', async () => {
    const config = await configOf(['--site', 'public'], { cwd: folder });
    expect(config['site']).toBe(join(folder, 'public'));
  });

  it('is the folder in which a package script was typed', async () => {
    const typedIn = join(folder, 'typed');
    mkdirSync(typedIn);
    writeFileSync(join(typedIn, 'own.json'), '{"weight": 7}');
    const env = { INIT_CWD: typedIn, npm_package_json: join(folder, 'package.json') };
    const config = await configOf(['--site', 'public', '--config', 'own.json'], { cwd: folder, env });
    expect(config).toMatchObject({ site: join(typedIn, 'public'), weight: 7 });
  });

  it('is not INIT_CWD when the process was started elsewhere by a script that inherited it', async () => {
    const env = { INIT_CWD: '/elsewhere', npm_package_json: '/elsewhere/package.json' };
    const config = await configOf(['--site', 'public'], { cwd: folder, env });
    expect(config['site']).toBe(join(folder, 'public'));
  });

  it('is the folder of the config file for paths in it', async () => {
    const file = fileWith('{"site": "public"}');
    const config = await configOf(['--config', file], { cwd: tmpdir() });
    expect(config['site']).toBe(join(folder, 'public'));
  });
});
