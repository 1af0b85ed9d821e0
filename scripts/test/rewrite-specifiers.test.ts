import { describe, expect, it } from '@jest/globals';
import { rewriteSpecifiers } from '../pack/rewrite-specifiers.ts';

const rewrite = (text: string): string =>
  rewriteSpecifiers(text, {
    file: 'dist/proxy/admin/pool-routes.js',
    folders: new Map([['@tripod/shared', 'dist/shared']]),
    exported: new Map([['@tripod/load/scenario', 'dist/load/scenario/scenario.js']]),
  });

describe('imports of a packed file', () => {
  it.each([
    ["import { a } from '@tripod/shared/http/problem';", "import { a } from '../../shared/http/problem.js';"],
    ["await import('@tripod/shared/os/listen')", "await import('../../shared/os/listen.js')"],
    [
      "import type { S } from '@tripod/load/scenario';",
      "import type { S } from '../../load/scenario/scenario.js';",
    ],
    ["export { b } from './pool-report.ts';", "export { b } from './pool-report.js';"],
    ["join(import.meta.dirname, 'guard.ts')", "join(import.meta.dirname, 'guard.js')"],
  ])('become paths of JavaScript files: %s', (text, expected) => {
    expect(rewrite(text)).toBe(expected);
  });

  it.each([
    "import express from 'express';",
    "import { join } from 'node:path';",
    "log('made of .ts files')",
  ])('of other packages and other texts stay: %s', (text) => {
    expect(rewrite(text)).toBe(text);
  });
});
