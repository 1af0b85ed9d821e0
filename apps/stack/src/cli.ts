import { join } from 'node:path';
import { readVersion } from '@tripod/shared/process/read-version';
import { workingDir } from '@tripod/shared/process/working-dir';
import { runStack } from './run-stack.ts';

// The stack's lock uses SQLite, for which Node prints an ExperimentalWarning; all other warnings are printed.
const [printWarning] = process.listeners('warning');
process.removeAllListeners('warning');
process.on('warning', (warning) => {
  if (warning.name !== 'ExperimentalWarning') printWarning?.(warning);
});

const checkout = join(import.meta.dirname, '..', '..', '..');

await runStack({
  own: process,
  checkout,
  workingDir: workingDir(),
  version: readVersion(import.meta.filename),
});
