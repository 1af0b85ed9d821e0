import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Tool } from './tool.ts';

const folder = join(import.meta.dirname, 'definitions');

/** The package that is installed from npm has JavaScript and declarations beside it. */
const extension = /(?<!\.d)\.[jt]s$/;

const listFiles = (): readonly string[] => readdirSync(folder).filter((file) => extension.test(file));

/** The names of all tools: the files in `definitions/`. */
export const listToolNames = (): readonly string[] =>
  listFiles()
    .map((file) => file.replace(extension, ''))
    .sort();

/** Loads a tool by its name. Throws when its file exports none. */
export const loadTool = async (name: string): Promise<Tool> => {
  const file = listFiles().find((one) => one.replace(extension, '') === name) ?? name;
  const { tool } = (await import(join(folder, file))) as { readonly tool?: Tool };
  if (!tool) throw new Error(`${join(folder, file)} must export \`tool\``);
  return tool;
};
