import { createHash } from 'node:crypto';
import { existsSync, readdirSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { ConfigError } from '@tripod/shared/config/config-error';

/** The lab that starts when none is named. */
export const defaultLab = 'gallery';

/** Where the names of labs are looked up. */
export type LabPlace = {
  readonly checkout: string;
  /** Relative paths to labs hold from here. */
  readonly workingDir: string;
};

/** A lab that was found by its name or path. */
export type LabFolder = {
  /** The name of a lab in `labs/`, or for a folder elsewhere its name and eight hex digits of its path. */
  readonly name: string;
  /** The path of its lab.json, which may not exist for a folder elsewhere. */
  readonly file: string;
};

const fileIn = (folder: string): string => join(folder, 'lab.json');

/** The names of the labs in a checkout: the default lab first, the others sorted. */
export const findLabNames = (checkout: string): readonly string[] => {
  const folder = join(checkout, 'labs');
  if (!existsSync(folder)) return [];
  const names = readdirSync(folder).filter((name) => existsSync(fileIn(join(folder, name))));
  return names.sort((a, b) => Number(b === defaultLab) - Number(a === defaultLab) || a.localeCompare(b));
};

const isPath = (text: string): boolean => text.includes('/') || /^\.{1,2}$/.test(text);

/**
 * Finds a lab by its name, or a folder by its path, such as `./my-lab`. Throws a ConfigError that lists the known labs
 * for an unknown name, and for a folder without a lab.json.
 */
export const findLab = (text: string, { checkout, workingDir }: LabPlace): LabFolder => {
  const inCheckout = (name: string): LabFolder => ({ name, file: fileIn(join(checkout, 'labs', name)) });
  const names = findLabNames(checkout);
  if (names.includes(text)) return inCheckout(text);
  if (!isPath(text)) {
    const problem = `is not known; the labs are ${names.join(', ')}, and a lab of your own is named by its folder, such as ./my-lab`;
    throw new ConfigError([{ source: `The lab ${JSON.stringify(text)}`, problem }]);
  }
  const folder = resolve(workingDir, text);
  const file = fileIn(folder);
  if (!existsSync(file)) {
    throw new ConfigError([{ source: `The folder ${folder}`, problem: 'is not a lab: it has no lab.json' }]);
  }
  const known = names.find((name) => inCheckout(name).file === file);
  if (known !== undefined) return inCheckout(known);
  const key = createHash('sha256').update(folder).digest('hex').slice(0, 8);
  return { name: `${basename(folder)}-${key}`, file };
};
