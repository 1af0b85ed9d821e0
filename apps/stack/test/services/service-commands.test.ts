import { describe, expect, it } from '@jest/globals';
import { systemClock } from '@tripod/shared/async/clock';
import { loadConfig } from '@tripod/shared/config/load-config';
import { systemProcesses } from '@tripod/shared/os/process-table';
import { readNodeScript } from '@tripod/testing/read-node-script';
import type { AnyService } from '../../src/definition/service-definition.ts';
import { stackSettings } from '../../src/definition/stack-settings.ts';
import { services } from '../../src/services.ts';
import type { Command } from '../../src/supervisor/command.ts';
import { checkout } from '../support/fixture-stack.ts';
import { useTempFolders } from '../support/temp-folder.ts';

const makeFolder = useTempFolders();

const findCommand = ({ name, run }: AnyService): Command | undefined => {
  const folder = makeFolder();
  const config = loadConfig(stackSettings(services, checkout), { workingDir: folder });
  const context = { checkout, config, stateDir: folder, dir: folder, searchPath: '', urlOf: () => undefined };
  if (run.type === 'process') return run.command({ ...context, name, port: 1 });
  if (run.type === 'joined') return undefined;
  const balancer = run.create({
    ...context,
    routes: [],
    poolPort: () => 1,
    isReady: () => false,
    clock: systemClock,
    table: systemProcesses,
  });
  return balancer.command();
};

describe('the command of a service', () => {
  it.each([
    ['api', 'api-server'],
    ['static-server', 'static-server'],
    ['proxy', 'proxy'],
  ])('of %s starts Node as the script %s in package.json does', (name, script) => {
    const service = services.find((one) => one.name === name);
    const command = service && findCommand(service);
    if (command?.type !== 'node') throw new Error(`${name} is not run by Node`);
    expect([...(command.options ?? []), command.file]).toEqual(readNodeScript(checkout, script));
  });
});
