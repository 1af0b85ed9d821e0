import { dirname, relative } from 'node:path';

const specifier = /(\bfrom\s*|\bimport\s*\(?\s*)(['"])([^'"]+)\2/g;
const typescriptFile = /(['"])([\w./-]+)\.ts\1/g;

export type RewriteOptions = {
  /** The file in the packed copy, such as `dist/proxy/cli.js`. */
  readonly file: string;
  /** The folder of each package of the workspace in the packed copy, by its name. */
  readonly folders: ReadonlyMap<string, string>;
  /** The paths that a package exports under another name, such as `@tripod/load/scenario`, and where they are. */
  readonly exported: ReadonlyMap<string, string>;
};

const relativeTo = (file: string, target: string): string => {
  const path = relative(dirname(file), target);
  return path.startsWith('.') ? path : `./${path}`;
};

/**
 * Rewrites the imports of a compiled file. Packages of the workspace become relative paths, and names of TypeScript files,
 * also of those that are started as a thread or process, become names of JavaScript files.
 */
export const rewriteSpecifiers = (text: string, { file, folders, exported }: RewriteOptions): string => {
  const findTarget = (name: string): string | undefined => {
    const special = exported.get(name);
    if (special !== undefined) return special;
    const [scope = '', short = '', ...path] = name.split('/');
    const folder = folders.get(`${scope}/${short}`);
    return folder === undefined ? undefined : `${folder}/${path.join('/')}.js`;
  };
  return text
    .replace(specifier, (whole, before: string, quote: string, name: string) => {
      const target = findTarget(name);
      return target === undefined ? whole : `${before}${quote}${relativeTo(file, target)}${quote}`;
    })
    .replace(typescriptFile, '$1$2.js$1');
};
