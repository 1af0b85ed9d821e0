import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Returns the path of a program, or undefined. Also searches /usr/sbin, which is often not on the PATH of a user. */
export const findProgram = (name: string, path: string): string | undefined =>
  [...path.split(delimiter), '/usr/sbin', '/usr/local/sbin']
    .map((folder) => join(folder, name))
    .find((file) => {
      try {
        accessSync(file, constants.X_OK);
        return true;
      } catch {
        return false;
      }
    });

const debianPackages: Readonly<Record<string, string>> = {
  wrk: 'wrk',
  ab: 'apache2-utils',
  nginx: 'nginx',
  haproxy: 'haproxy',
  pgbench: 'postgresql-contrib',
};

/** Returns a sentence about how to install the missing programs; undefined when none is missing. */
export const explainMissing = (names: readonly string[], path: string): string | undefined => {
  const missing = names.filter((name) => findProgram(name, path) === undefined);
  if (missing.length === 0) return undefined;
  const packages = missing.map((name) => debianPackages[name] ?? name).join(' ');
  return `${missing.join(' and ')} must be installed first (Debian: apt-get install ${packages}).`;
};
