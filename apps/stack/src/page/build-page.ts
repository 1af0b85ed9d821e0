import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { Clock } from '@tripod/shared/async/clock';
import { StartError } from '@tripod/shared/errors/start-error';

export type BuildPageOptions = {
  /** The folder of a package that Vite builds. */
  readonly source: string;
  /** Receives the built files. A file beside it, `OUTDIR.sources`, identifies the sources that it was built from. */
  readonly outDir: string;
  /** The path of node. */
  readonly execPath: string;
  readonly clock: Clock;
  /** Receives one line when the page was built. */
  readonly onProgress: (message: string) => void;
};

const buildTimeoutMs = 120_000;
const leftOut: ReadonlySet<string> = new Set(['node_modules', 'dist']);

type PackageFile = { readonly dependencies?: Readonly<Record<string, string>> };

/** The package and the packages of the workspace that it uses. */
const sourceFolders = (source: string): readonly string[] => {
  const { dependencies = {} } = JSON.parse(readFileSync(join(source, 'package.json'), 'utf8')) as PackageFile;
  const linked = Object.entries(dependencies).filter(([, version]) => version.startsWith('workspace:'));
  return [source, ...linked.map(([name]) => realpathSync(join(source, 'node_modules', name)))];
};

const addFiles = (folder: string, add: (file: string) => void): void => {
  const entries = readdirSync(folder, { withFileTypes: true }).filter(({ name }) => !leftOut.has(name));
  for (const entry of entries.sort((a, b) => a.name.localeCompare(b.name))) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) addFiles(path, add);
    else add(path);
  }
};

/** A hash of the names and contents of all source files. */
const hashSources = (source: string): string => {
  const hash = createHash('sha256');
  for (const folder of sourceFolders(source)) {
    addFiles(folder, (file) => {
      const content = readFileSync(file);
      hash.update(`${file.slice(folder.length)}\0${content.length}\0`).update(content);
    });
  }
  return hash.digest('hex');
};

const findVite = (source: string): string => {
  try {
    const packageFile = createRequire(join(source, 'package.json')).resolve('vite/package.json');
    return join(dirname(packageFile), 'bin/vite.js');
  } catch (error) {
    throw new StartError(
      `The page in ${source} cannot be built without vite; run "npx --yes pnpm@12 install" again.`,
      error,
    );
  }
};

const run = (execPath: string, args: readonly string[], workingDir: string): Promise<void> =>
  new Promise((resolve, reject) => {
    const options = { cwd: workingDir, timeout: buildTimeoutMs };
    execFile(execPath, args, options, (error, _stdout, stderr) => {
      if (!error) resolve();
      else
        reject(
          new StartError(
            `The page in ${workingDir} cannot be built: ${stderr.trim() || error.message}`,
            error,
          ),
        );
    });
  });

const readIfAny = (file: string): string | undefined =>
  existsSync(file) ? readFileSync(file, 'utf8') : undefined;

/**
 * Builds a page unless its sources are those of the last build. A build that fails throws a StartError and leaves the
 * last one as it is.
 */
export const buildPage = async ({
  source,
  outDir,
  execPath,
  clock,
  onProgress,
}: BuildPageOptions): Promise<void> => {
  const hashFile = `${outDir}.sources`;
  const hash = hashSources(source);
  if (readIfAny(hashFile) === hash && existsSync(outDir)) return;
  const startedMs = clock.monotonicMs();
  const draft = `${outDir}.next`;
  mkdirSync(dirname(outDir), { recursive: true });
  const flags = ['build', '--outDir', draft, '--emptyOutDir', '--logLevel', 'error'];
  await run(execPath, [findVite(source), ...flags], source);
  rmSync(hashFile, { force: true });
  rmSync(outDir, { recursive: true, force: true });
  renameSync(draft, outDir);
  writeFileSync(hashFile, hash);
  const seconds = (clock.monotonicMs() - startedMs) / 1000;
  onProgress(`built the page of ${source} in ${seconds.toFixed(1)} s`);
};
