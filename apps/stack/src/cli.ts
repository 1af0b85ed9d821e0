import { join } from 'node:path';
import { workingDir } from '@tripod/shared/process/working-dir';
import { runStack } from './run-stack.ts';
import { createServiceCommands } from './supervisor/service-commands.ts';

// The lock is SQLite's, which Node calls experimental each time; every other warning is shown.
const [showWarning] = process.listeners('warning');
process.removeAllListeners('warning');
process.on('warning', (warning) => {
  if (warning.name !== 'ExperimentalWarning') showWarning?.(warning);
});

const checkout = join(import.meta.dirname, '..', '..', '..');

await runStack({
  own: process,
  checkout,
  workingDir: workingDir(),
  commands: createServiceCommands(checkout),
});
