#!/usr/bin/env node
// Plain JavaScript without static imports, so that an old Node gets as far as the sentence below.
const major = Number(process.versions.node.split('.')[0]);
if (major < 24) {
  console.error(
    'control-room needs Node 24 or newer, and this is Node ' +
      process.versions.node +
      '. Run it as: npx --yes pnpm@12 control-room',
  );
  process.exitCode = 1;
} else {
  void import('node:module').then((module) => {
    // From the second start on: 30 MB less and twice as fast, for TypeScript need not be stripped again. Not in the
    // default folder below /tmp: what another user puts there would be run.
    module.enableCompileCache(`${import.meta.dirname}/../node_modules/.cache/compile`);
    return import('../src/cli.ts');
  });
}
