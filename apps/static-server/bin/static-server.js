#!/usr/bin/env node
// Plain JavaScript without imports, so that an old Node gets as far as the sentence below.
const major = Number(process.versions.node.split('.')[0]);
if (major < 24) {
  console.error(
    'static-server needs Node 24 or newer, and this is Node ' +
      process.versions.node +
      '. Run it as: npx --yes pnpm@12 static-server',
  );
  process.exitCode = 1;
} else {
  void import('../src/cli.ts');
}
