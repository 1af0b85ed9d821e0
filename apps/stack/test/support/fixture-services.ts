import { join } from 'node:path';
import type { AnyService, ServiceRun } from '../../src/definition/service-definition.ts';
import { services } from '../../src/services.ts';
import type { Command } from '../../src/supervisor/command.ts';

export const fixtureFile = join(import.meta.dirname, '../fixtures/service.ts');

const replaceCommand = (command: Command, args: readonly string[] = []): Command =>
  command.type === 'node' ? { type: 'node', file: fixtureFile, args: [...command.args, ...args] } : command;

const replaceRun = (run: ServiceRun, mode: string): ServiceRun => {
  if (run.type === 'process') {
    return {
      type: 'process',
      command: (copy) => replaceCommand(run.command(copy), ['--name', copy.name, '--mode', mode]),
    };
  }
  if (run.type === 'joined') return run;
  return {
    type: 'balancer',
    create: (context) => {
      const balancer = run.create(context);
      return { ...balancer, command: () => replaceCommand(balancer.command()) };
    },
  };
};

/**
 * The services of the stack, with a small program in place of our own. `apiMode` is the mode of services with copies.
 */
export const fixtureServices = (apiMode = 'good'): readonly AnyService[] =>
  services.map((service) => ({
    ...service,
    run: replaceRun(service.run, service.replicas === undefined ? 'good' : apiMode),
  }));
