#!/usr/bin/env node
// Plain JavaScript without static imports, so that an old Node can run it and print the message below.
const major = Number(process.versions.node.split('.')[0]);
if (major < 24) {
  console.error(
    'static-server needs Node 24 or newer, and this is Node ' +
      process.versions.node +
      '. Run it as: npx --yes pnpm@12 static-server',
  );
  process.exitCode = 1;
} else {
  void import('node:module').then((module) => {
    // From the second start on this saves 30 MB and half the time, because types are not stripped again. The default
    // folder in /tmp is not safe: code that another user puts there would be run.
    module.enableCompileCache(`${import.meta.dirname}/../node_modules/.cache/compile`);
    return import('../src/cli.ts');
  });
}
