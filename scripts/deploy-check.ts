/**
 * `pnpm deploy-check` checks deploy/ without a container engine, a cluster and systemd: flags and variables that exist,
 * health checks, budgets, ports, rights. What `kubectl` and `systemd-analyze` say is added when they are installed.
 */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { findProgram } from '@tripod/shared/os/find-program';
import { checkDeployment } from './deploy/check-deployment.ts';
import { findOverlays } from './deploy/check-kubernetes.ts';

const searchPath = process.env['PATH'] ?? '';
const root = join(import.meta.dirname, '..');
let failed = false;

const report = (what: string, faults: readonly string[]): void => {
  console.log(`${faults.length === 0 ? 'ok     ' : 'failed '} ${what}`);
  for (const fault of faults) console.error(`        ${fault}`);
  failed ||= faults.length > 0;
};

const runTool = (program: string, args: readonly string[]): readonly string[] => {
  const { status, stderr, stdout } = spawnSync(program, args, { cwd: root, encoding: 'utf8' });
  return status === 0 ? [] : [`${program} ${args.join(' ')}: ${(stderr || stdout).trim()}`];
};

for (const { what, looked, faults } of checkDeployment(root)) report(`${what}: ${looked.join(', ')}`, faults);

if (findProgram('kubectl', searchPath) === undefined)
  console.log('skipped kubectl kustomize: kubectl is not installed');
else {
  report(
    'kubectl kustomize',
    findOverlays(root).flatMap((lab) => runTool('kubectl', ['kustomize', `deploy/kubernetes/${lab}`])),
  );
}
if (findProgram('systemd-analyze', searchPath) === undefined)
  console.log('skipped systemd-analyze: it is not installed');
else {
  const units = checkDeployment(root).find(({ what }) => what === 'units')?.looked ?? [];
  const services = units.filter((name) => name.endsWith('.service'));
  report(
    'systemd-analyze security, at most 3.0',
    services.flatMap((name) =>
      runTool('systemd-analyze', [
        'security',
        '--offline=true',
        '--threshold=30',
        join(root, 'deploy/systemd', name),
      ]),
    ),
  );
}
process.exitCode = failed ? 1 : 0;
