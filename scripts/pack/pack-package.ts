import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { compilePackage } from './compile-package.ts';
import type { PackedPackage } from './packed-packages.ts';
import { findDependencies, listNeeded, readWorkspace } from './workspace.ts';

export type Tarball = { readonly name: string; readonly file: string; readonly bytes: number };

const pick = (
  versions: Readonly<Record<string, string>>,
  isWanted: (name: string) => boolean,
): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(versions).filter(([name]) => isWanted(name)));

const launcher = (own: string): string => `#!/usr/bin/env node
const major = Number(process.versions.node.split('.')[0]);
if (major < 20) {
  console.error(\`This program needs Node 20 or newer, and this is Node \${process.versions.node}.\`);
  process.exitCode = 1;
} else {
  await import('../dist/${own}/cli.js');
}
`;

/**
 * Makes the tarball of one package in the folder `outDir`: plain JavaScript with types, which needs neither this
 * repository nor a compiler. Throws when it does not compile.
 */
export const packPackage = (checkout: string, packed: PackedPackage, outDir: string): Tarball => {
  const { name, folder, main, optional = [] } = packed;
  const needed = listNeeded(readWorkspace(checkout), name);
  const [own] = needed;
  if (!own) throw new Error(`${name} is no package of the workspace`);
  const { version, description, license, bin = {} } = own.manifest;
  const stage = mkdtempSync(join(tmpdir(), 'tripod-pack-'));
  try {
    compilePackage(checkout, needed, stage);
    const short = basename(folder);
    const dependencies = findDependencies(checkout, needed);
    const manifest = {
      ...{ name, version, description, license, type: 'module', engines: { node: '>=20' } },
      bin,
      exports: {
        ...(main === undefined ? {} : { '.': `./dist/${short}/${main}.js` }),
        './*': `./dist/${short}/*.js`,
        './package.json': './package.json',
      },
      files: ['bin', 'dist'],
      dependencies: pick(dependencies, (one) => !optional.includes(one)),
      peerDependencies: pick(dependencies, (one) => optional.includes(one)),
      peerDependenciesMeta: Object.fromEntries(optional.map((one) => [one, { optional: true }])),
    };
    writeFileSync(join(stage, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`);
    for (const path of Object.values(bin)) {
      mkdirSync(join(stage, 'bin'), { recursive: true });
      writeFileSync(join(stage, path), launcher(short));
      chmodSync(join(stage, path), 0o755);
    }
    cpSync(join(checkout, 'LICENSE'), join(stage, 'LICENSE'));
    const readme = join(checkout, folder, 'README.md');
    if (existsSync(readme)) cpSync(readme, join(stage, 'README.md'));
    mkdirSync(outDir, { recursive: true });
    const output = execFileSync('npm', ['pack', '--json', '--silent', '--pack-destination', outDir], {
      cwd: stage,
      encoding: 'utf8',
    });
    const [{ filename } = { filename: '' }] = JSON.parse(output) as readonly { readonly filename: string }[];
    const file = join(outDir, filename);
    return { name, file, bytes: statSync(file).size };
  } finally {
    rmSync(stage, { recursive: true, force: true });
  }
};
