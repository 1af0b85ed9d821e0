#!/usr/bin/env node
// Plain JavaScript without static imports, so that an old Node can print the message below.
const major = Number(process.versions.node.split('.')[0]);
if (major < 24) {
  console.error(
    'api-server needs Node 24 or newer, and this is Node ' +
      process.versions.node +
      '. Run it as: npx --yes pnpm@12 api-server',
  );
  process.exitCode = 1;
} else {
  void import('node:module').then((module) => {
    // From the second start on TypeScript is not stripped again, which saves 30 MB and half of the start time. The
    // default folder below /tmp is not safe: code that another user puts there would run.
    module.enableCompileCache(`${import.meta.dirname}/../node_modules/.cache/compile`);
    return import('../src/cli.ts');
  });
}
