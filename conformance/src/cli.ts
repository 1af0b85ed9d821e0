/** `pnpm conformance` runs the conformance rules and prints every row; see docs/reference/conformance.md. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { findInstalledNginx } from '@tripod/testing/installed-nginx';
import { type EngineKind, nginxVersionOf } from './engines/start-engine.ts';
import { runConformance } from './play/run-conformance.ts';
import { findFailures } from './report/find-failures.ts';
import { renderPage, renderText } from './report/render-table.ts';
import { topicsWith } from './rules/topics.ts';

const page = join(import.meta.dirname, '../../docs/reference/conformance.md');

const readFlags = () => {
  try {
    return parseArgs({ options: { only: { type: 'string' }, write: { type: 'boolean' } } }).values;
  } catch (error) {
    console.error(
      `conformance: ${(error as Error).message}. Usage: pnpm conformance [--only TEXT] [--write]`,
    );
    process.exit(2);
  }
};

process.once('SIGINT', () => process.exit(130));
const { only = '', write = false } = readFlags();
const topics = topicsWith(only);
const nginx = findInstalledNginx();
if (topics.length === 0 || (write && only !== '')) {
  const problem = write
    ? '--write needs all rows: leave out --only'
    : `no topic and no rule contains ${JSON.stringify(only)}`;
  console.error(`conformance: ${problem}`);
  process.exit(2);
}
if (write && nginx === undefined) {
  console.error(
    'conformance: --write needs nginx, and nginx is not installed (Debian: apt-get install nginx)',
  );
  process.exit(1);
}
const kinds: readonly EngineKind[] = ['direct', 'http-proxy', ...(nginx ? (['nginx'] as const) : [])];
const result = await runConformance({ topics, kinds, nginx: nginx ?? '' });
const version = nginx ? nginxVersionOf(nginx) : 'not installed';
console.log(renderText(topics, result));
if (write) writeFileSync(page, renderPage(topics, result, version));
const { failures, facts } = findFailures(result, version);
for (const fact of facts) console.log(`fact: ${fact}`);
for (const failure of failures) console.log(`FAILED: ${failure}`);
console.log(`${result.cases.length} rules, nginx ${version}, ${failures.length} failures`);
// Exits after the pipe has taken all output.
process.stdout.write('', () => process.exit(failures.length > 0 ? 1 : 0));
