import { describe, expect, it } from '@jest/globals';
import { parseCommandLine } from '@tripod/shared/config/command-line';
import { ConfigError } from '@tripod/shared/config/config-error';
import type { Settings } from '@tripod/shared/config/settings';

const settings = {
  port: { type: 'integer', minimum: 0, default: 8080, placeholder: 'port', description: 'Where to listen' },
  metrics: { type: 'boolean', default: true, description: 'Do not serve metrics' },
  quiet: { type: 'boolean', default: false, description: 'Say less' },
  format: { type: 'string', enum: ['text', 'json'], default: 'text', description: 'How it looks' },
  names: { type: 'array', default: [], description: 'Names' },
  config: { type: 'string', environment: false, description: 'A file' },
  databaseUrl: { type: 'string', secret: true, description: 'The database' },
} as const satisfies Settings;

const line = {
  name: 'service',
  description: 'Does a thing.',
  settings,
  examples: ['service --port 1'],
  commands: { migrate: 'Only migrates' },
};

const parse = (...args: string[]) => parseCommandLine(line, args);

const complaintOf = (...args: string[]): string => {
  try {
    parse(...args);
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
  return '';
};

describe('parseCommandLine', () => {
  it('returns only the flags that were typed', () => {
    expect(parse()).toEqual({ command: undefined, flags: {}, operands: [] });
  });

  it.each<[readonly string[], Record<string, unknown>]>([
    [['--port', '1'], { port: '1' }],
    [['--port=1'], { port: '1' }],
    [['--port', '-1'], { port: '-1' }],
    [['--port', '1', '--port', '2'], { port: '2' }],
    [['--no-metrics'], { metrics: false }],
    [['--quiet'], { quiet: true }],
    [['--names', 'a,b', '--names', 'c'], { names: ['a', 'b', 'c'] }],
  ])('reads %j', (args, flags) => {
    expect(parse(...args).flags).toEqual(flags);
  });

  it('reads the operands of a command that takes some, and of no other', () => {
    const fills = { ...line, commands: { fill: 'Fills' }, operands: { fill: '[rows...]' } };
    expect(parseCommandLine(fills, ['fill', 'a=1', '--port', '1', 'b=2'])).toEqual({
      command: 'fill',
      flags: { port: '1' },
      operands: ['a=1', 'b=2'],
    });
    expect(complaintOf('migrate', 'a=1')).toMatch(/too many arguments/);
  });

  it.each([[['migrate', '--port', '1']], [['--port', '1', 'migrate']]])(
    'knows the command in %j and its flags',
    (args) => {
      expect(parse(...args)).toEqual({ command: 'migrate', flags: { port: '1' }, operands: [] });
    },
  );

  it.each([
    [['--prot', '1'], "The command line is wrong: unknown option '--prot' (Did you mean --port?)"],
    [['--port'], "The command line is wrong: option '--port <port>' argument missing"],
    [['stray'], 'The command line is wrong: too many arguments. Expected 0 arguments but got 1: stray'],
    [['migrate', '--wrong'], "The command line is wrong: unknown option '--wrong'"],
  ])('refuses %j with one sentence that points to --help', (args, sentence) => {
    expect(complaintOf(...args)).toBe(`${sentence}. See service --help`);
  });

  it('refuses a secret given as a flag without repeating its value', () => {
    const complaint = complaintOf("--database-url=postgres://user:it's-secret@db/x");
    expect(complaint).toContain("unknown option '--database-url'");
    expect(complaint).not.toContain('secret');
  });

  it('lists in its help every setting with default and variable, the secrets separately, and the examples', () => {
    const help = parse('--help').help ?? '';
    expect(help).toMatch(/--port <port>\s+Where to listen \[8080\] \(PORT\)/);
    expect(help).toMatch(/--no-metrics\s+Do not serve metrics \(METRICS=false\)/);
    expect(help).toMatch(/--quiet\s+Say less \(QUIET\)/);
    expect(help).toMatch(/--format <value>\s+How it looks: text, json \[text\] \(FORMAT\)/);
    expect(help).toMatch(/--names <value>\s+Names \(NAMES\)/);
    expect(help).toMatch(/--config <value>\s+A file\n/);
    expect(help).toMatch(/migrate \[options\]\s+Only migrates/);
    expect(help).toContain('From the environment only:\n  DATABASE_URL  The database (a text)');
    expect(help).toContain('Examples:\n  service --port 1');
    expect(help).not.toContain('--database-url');
  });
});
