import type { CommandDefinition } from '../command/command-definition.ts';
import { readLab } from '../labs/lab-definition.ts';
import { findLab, findLabNames } from '../labs/lab-folder.ts';

/** `stack labs`: the labs of the checkout. */
export const labs: CommandDefinition = {
  name: 'labs',
  isStackless: true,
  description: () => 'List the labs: one line each on a terminal, NDJSON in a pipe',
  example: ['labs', 'what can be started, as in: pnpm dev books'],
  run: async ({ host, print, isTerminal }) => {
    const { checkout } = host.dependencies;
    const names = findLabNames(checkout);
    const width = Math.max(...names.map((name) => name.length)) + 2;
    for (const name of names) {
      const { title, description } = readLab(findLab(name, { checkout, workingDir: checkout }).file);
      print(
        isTerminal ? `${name.padEnd(width)}${description}` : JSON.stringify({ name, title, description }),
      );
    }
  },
};
