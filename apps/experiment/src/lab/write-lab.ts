import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

type Settings = Readonly<Record<string, unknown>>;

const isRelative = (value: unknown): value is string => typeof value === 'string' && /^\.{1,2}\//.test(value);

/** The settings of a lab with those of an experiment in place of them. A null removes one. */
export const mergeLab = (lab: Settings, labFolder: string, changes: Settings): Settings => {
  const { $schema: _, ...settings } = lab;
  const absolute = Object.entries(settings).map(([name, value]) => [
    name,
    isRelative(value) ? resolve(labFolder, value) : value,
  ]);
  const merged = { ...Object.fromEntries(absolute), ...changes };
  return Object.fromEntries(Object.entries(merged).filter(([, value]) => value !== null));
};

/** Reads lab.json and returns its settings with the changes of an experiment. */
export const readChangedLab = (checkout: string, labName: string, changes: Settings): Settings => {
  const folder = join(checkout, 'labs', labName);
  return mergeLab(JSON.parse(readFileSync(join(folder, 'lab.json'), 'utf8')) as Settings, folder, changes);
};

/** Writes a lab into a folder of its own and returns the folder. Its name decides the name of its database. */
export const writeLab = (parent: string, labName: string, settings: Settings): string => {
  const folder = join(parent, 'labs', labName);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'lab.json'), `${JSON.stringify(settings, undefined, 2)}\n`);
  return folder;
};
