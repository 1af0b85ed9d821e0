#!/usr/bin/env node
// Plain JavaScript without static imports, so that an old version of Node can print the message below.
const major = Number(process.versions.node.split('.')[0]);
if (major < 24) {
  console.error(
    'stack needs Node 24 or newer, and this is Node ' +
      process.versions.node +
      '. Run it as: npx --yes pnpm@12 stack',
  );
  process.exitCode = 1;
} else {
  void import('node:module').then((module) => {
    // Cached code halves the start time and saves 30 MB, because types need not be stripped again. The default folder
    // in /tmp is not used: another user could put code there.
    module.enableCompileCache(`${import.meta.dirname}/../node_modules/.cache/compile`);
    return import('../src/cli.ts');
  });
}
