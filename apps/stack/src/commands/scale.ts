import { ConfigError } from '@tripod/shared/config/config-error';
import { StartError } from '@tripod/shared/errors/start-error';
import type { CommandDefinition } from '../command/command-definition.ts';
import type { AnyService } from '../definition/service-definition.ts';
import { maxCopies } from '../definition/stack-settings.ts';

const scalableIn = (services: readonly AnyService[]): readonly string[] =>
  services.filter(({ replicas }) => replicas !== undefined).map(({ name }) => name);

/** Parses `api=5`. Throws a ConfigError. */
const parseArgument = (
  text: string,
  services: readonly AnyService[],
): { readonly name: string; readonly count: number } => {
  const [, name = '', digits = ''] = /^([a-z][a-z0-9-]*)=(\d{1,3})$/.exec(text) ?? [];
  const scalable = scalableIn(services);
  if (scalable.includes(name) && Number(digits) <= maxCopies) return { name, count: Number(digits) };
  const problem = `must be called like: pnpm stack scale ${scalable[0]}=5, with a service among ${scalable.join(', ')} and a number from 0 to ${maxCopies}`;
  throw new ConfigError([{ source: 'scale', problem }]);
};

/** `stack scale NAME=N`: starts or stops copies of a service until N run. */
export const scale: CommandDefinition = {
  name: 'scale',
  argument: '<NAME=N>',
  description: ({ services }) =>
    `Run N copies of a service, 0 to ${maxCopies}; services with copies: ${scalableIn(services).join(', ')}`,
  example: ['scale api=5', 'five copies; no request is lost on the way up or down'],
  run: (client, { argument }) =>
    client.ask({ command: 'scale', ...parseArgument(argument, client.services) }),
  serve: {
    queued: true,
    answer: async ({ stack: { supervisor, readings }, report }, { name, count }) => {
      const group = typeof name === 'string' ? supervisor.findGroup(name) : undefined;
      if (!group) throw new StartError(`The service ${String(name)} does not run, so it cannot be scaled.`);
      const before = group.processes.length;
      await group.scale(Number(count), report);
      readings.record('scaled', group.name, `${before} to ${group.processes.length}`);
    },
  },
};
