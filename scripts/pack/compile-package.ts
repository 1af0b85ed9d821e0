import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { rewriteSpecifiers } from './rewrite-specifiers.ts';
import type { WorkspacePackage } from './workspace.ts';

const folderOf = ({ folder }: WorkspacePackage): string => `dist/${basename(folder)}`;

/** `exports` without a star, such as `./scenario`, by the name that imports use. */
const listExported = (one: WorkspacePackage): readonly (readonly [string, string])[] =>
  Object.entries(one.manifest.exports ?? {})
    .filter(([name]) => !name.includes('*'))
    .map(([name, path]) => [
      `${one.manifest.name}${name.slice(1)}`,
      path.replace(/^\.\/src\//, `${folderOf(one)}/`).replace(/\.ts$/, '.js'),
    ]);

/**
 * Compiles packages of the workspace to JavaScript that Node 20 runs, with type declarations, into the folder `dist/NAME`
 * of `target`. Throws when the compiler finds an error, such as a function of the language that Node 20 lacks.
 */
export const compilePackage = (
  checkout: string,
  needed: readonly WorkspacePackage[],
  target: string,
): void => {
  const work = mkdtempSync(join(checkout, 'node_modules', '.pack-'));
  try {
    const config = {
      extends: join(checkout, 'tsconfig.base.json'),
      compilerOptions: {
        target: 'es2023',
        // Of ES2024, Node 20 has the well-formed strings alone.
        lib: ['es2023', 'es2024.string', 'esnext.disposable'],
        noEmit: false,
        declaration: true,
        rewriteRelativeImportExtensions: true,
        rootDir: checkout,
        outDir: join(work, 'out'),
        typeRoots: [join(checkout, 'node_modules/@types')],
      },
      include: needed.map(({ folder }) => join(checkout, folder, 'src/**/*.ts')),
    };
    writeFileSync(join(work, 'tsconfig.json'), JSON.stringify(config));
    execFileSync(join(checkout, 'node_modules/.bin/tsc'), ['-p', join(work, 'tsconfig.json')], {
      cwd: checkout,
      stdio: ['ignore', 'inherit', 'inherit'],
    });
    const folders = new Map(needed.map((one) => [one.manifest.name, folderOf(one)]));
    const exported = new Map(needed.flatMap(listExported));
    for (const one of needed) {
      const compiled = join(work, 'out', one.folder, 'src');
      mkdirSync(join(target, folderOf(one)), { recursive: true });
      cpSync(compiled, join(target, folderOf(one)), { recursive: true });
      for (const name of readdirSync(compiled, { recursive: true, encoding: 'utf8' })) {
        if (!/\.(js|d\.ts)$/.test(name)) continue;
        const file = `${folderOf(one)}/${name}`;
        const text = readFileSync(join(target, file), 'utf8');
        writeFileSync(join(target, file), rewriteSpecifiers(text, { file, folders, exported }));
      }
    }
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
};
