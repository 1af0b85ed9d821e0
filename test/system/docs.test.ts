import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { allErrors } from '../../scripts/error-registry.ts';
import { renderDocs } from '../../scripts/generated-docs.ts';
import { checkCommands } from '../support/docs/check-commands.ts';
import { checkLinks } from '../support/docs/check-links.ts';
import { checkCapitals, checkFlags } from '../support/docs/check-names.ts';
import { checkPaths, listPaths } from '../support/docs/check-paths.ts';
import { knownCommands, ownFlags, readRootScripts } from '../support/docs/known-commands.ts';
import { type Checked, codeOf } from '../support/docs/look-through.ts';
import { parseMarkdown } from '../support/docs/parse-markdown.ts';
import { readPages } from '../support/docs/read-pages.ts';
import { readVariables } from '../support/docs/read-variables.ts';

const root = join(import.meta.dirname, '../..');
const pages = readPages(root);
const commands = knownCommands(root);
const flags = ownFlags(root);
const variables = readVariables(root);
const paths = listPaths(root);

/** All code of all pages. Every command, flag, variable and error code must be in it. */
const code = pages.flatMap(({ text }) => codeOf(parseMarkdown(text))).join('\n');

const isNamed = (name: string): boolean => new RegExp(`(?<![\\w-])${name}(?![\\w-])`).test(code);

/** A page with only this text, to see each check find its fault. */
const planted = (text: string) => [{ file: 'planted.md', text }];

describe('the documentation', () => {
  // With a minimum number of mentions, because a check that matches nothing must fail.
  it.each<[string, number, () => Checked]>([
    ['commands', 40, () => checkCommands(pages, commands)],
    ['flags', 80, () => checkFlags(pages, flags)],
    ['error codes and variables', 80, () => checkCapitals(pages, variables)],
    ['files and folders', 50, () => checkPaths(pages, paths)],
    ['links', 20, () => checkLinks(pages, root)],
  ])('mentions only existing %s, at least %d of them', (_what, fewest, check) => {
    const { looked, faults } = check();
    expect(faults).toEqual([]);
    expect(looked.length).toBeGreaterThanOrEqual(fewest);
  });
});

describe('the documentation is complete and', () => {
  it.each<[string, number, () => Iterable<string>]>([
    ['flags', 40, () => flags],
    ['environment variables', 30, () => variables],
    ['error codes', 30, () => allErrors.map(({ code }) => code)],
    [
      'commands of the stack',
      9,
      () => [...(commands.get('stack')?.subcommands?.keys() ?? [])].map((n) => `stack ${n}`),
    ],
    ['scripts of the root', 12, () => readRootScripts(root).map((name) => `pnpm(?:@12)? ${name}`)],
  ])('mentions all %s, at least %d', (_what, fewest, list) => {
    const names = [...list()];
    expect(names.filter((name) => !isNamed(name))).toEqual([]);
    expect(names.length).toBeGreaterThanOrEqual(fewest);
  });
});

/** Whether `pnpm NAME` is a command of pnpm, which then runs instead of the script. */
const isPnpmCommand = (name: string): boolean => {
  const { status, error } = spawnSync('pnpm', ['help', name], { stdio: 'ignore' });
  if (error) throw error;
  return status === 0;
};

// Skipped without pnpm on the PATH; a run by pnpm has it there.
const withPnpm = spawnSync('pnpm', ['--version']).error && process.env['CI'] !== 'true' ? it.skip : it;

describe('the names of the root scripts', () => {
  withPnpm('are not commands of pnpm, except test, which pnpm passes on', () => {
    expect(isPnpmCommand('docs')).toBe(true);
    expect(readRootScripts(root).filter((name) => name !== 'test' && isPnpmCommand(name))).toEqual([]);
  });
});

describe('the generated pages', () => {
  it.each(renderDocs().map(({ file, text }) => [file, text]))(
    '%s is what `pnpm write-docs` writes',
    (file, text) => {
      expect(readFileSync(join(root, file), 'utf8')).toBe(text);
    },
  );

  it('are all found', () => {
    expect(renderDocs()).toHaveLength(5);
  });
});

describe('the documentation checks find', () => {
  it.each([
    ['a script that does not exist', '```sh\nnpx --yes pnpm@12 devv\n```', 'pnpm has no script devv'],
    ['npx without --yes', '```sh\nnpx pnpm@12 dev\n```', 'npx must be called as: npx --yes pnpm@12 …'],
    ['an unknown program after a pipe', '```sh\ncurl http://x | jqq\n```', 'jqq is not a known program'],
    ['a flag of another command', '`pnpm static-server --route x`', 'static-server has no flag --route'],
    ['a flag after a line break', '```sh\npnpm proxy \\\n  --prot 1\n```', 'proxy has no flag --prot'],
    ['a command of the stack that does not exist', '`pnpm stack scael api=2`', 'stack has no command scael'],
    ['a flag of another command of the stack', '`pnpm stack ps --follow`', 'stack ps has no flag --follow'],
    ['a benchmark that does not exist', '`pnpm bench porxy --rounds 1`', 'bench has no command porxy'],
    ['an unknown script after a variable', '```sh\nPORT=1 pnpm porxy\n```', 'pnpm has no script porxy'],
  ])('%s', (_what, text, fault) => {
    expect(checkCommands(planted(text), commands).faults).toEqual([
      expect.stringMatching(new RegExp(`: ${fault}$`)),
    ]);
  });

  it('an unknown flag on its own', () => {
    expect(checkFlags(planted('see `--helth-path`'), flags).faults).toEqual([
      'planted.md: --helth-path: is not a flag of a command',
    ]);
  });

  it.each(['PROXY_NO_UPSTREAMS', 'DATABSE_URL', 'PROT'])('the unknown name %s', (name) => {
    expect(checkCapitals(planted(`\`${name}\``), variables).faults).toHaveLength(1);
  });

  it.each([
    'apps/proxy/src/cil.ts',
    'cil.ts',
    'ruoting/',
    '`x`\n```sh\nnginx -c "$(pwd)/config/ngnix.conf"\n```',
  ])('the missing path in %j', (text) => {
    const page = planted(text.includes('`') ? text : `\`${text}\``);
    expect(checkPaths(page, paths).faults.length).toBeGreaterThan(0);
  });

  it.each([
    ['[x](docs/nothing.md)', 'leads to nothing'],
    ['![x](docs/nothing.png)', 'leads to nothing'],
    ['[x](docs)', 'a folder, and only a folder, ends in a slash'],
    ['[x](docs/reference/errors.md#nothing)', 'there is no heading for #nothing'],
    ['# Some heading\n[x](#other-heading)', 'there is no heading for #other-heading'],
  ])('the broken link %s', (text, fault) => {
    expect(checkLinks(planted(text), root).faults).toEqual([expect.stringContaining(fault)]);
  });

  it.each([
    '[x](README.md)',
    '[x](docs/)',
    '[x](docs/reference/errors.md#every-server)',
    '# A `b`, c\n[x](#a-b-c)',
  ])('no fault in %j', (text) => {
    expect(checkLinks(planted(text), root)).toMatchObject({ looked: [expect.anything()], faults: [] });
  });
});
