import { StartError } from '@tripod/shared/errors/start-error';
import type { CommandDefinition } from '../command/command-definition.ts';
import { findTarget, nameIn, processesOf } from '../command/find-target.ts';

/** `stack reload NAME`: a load balancer, or another service that can, reads its configuration again. */
export const reload: CommandDefinition = {
  name: 'reload',
  argument: '<name>',
  description: () =>
    'Make the load balancer, or another service that can, read its configuration again without a lost request',
  example: ['reload nginx', 'after a change of config/nginx.conf'],
  run: (client, { argument: name }) => client.ask({ command: 'reload', name }),
  serve: {
    queued: true,
    answer: async ({ stack, dependencies, report }, request) => {
      const target = findTarget(stack, nameIn(request));
      const { name } = target.group;
      const { run } = stack.plan.services.find((service) => service.name === name) ?? {};
      if (stack.front?.name === name) {
        if (processesOf(target).some(({ state }) => state !== 'ready')) {
          throw new StartError(`${name} is not running; its next start reads its configuration.`);
        }
        await stack.front.balancer.reload();
        report(`${name}: has read its configuration`);
        return;
      }
      const signal = run?.type === 'process' ? run.reloadSignal : undefined;
      if (signal === undefined) {
        throw new StartError(
          `${name} cannot read its configuration while it runs; restart it with: pnpm stack restart ${name}`,
        );
      }
      for (const process of processesOf(target)) {
        if (process.pid === undefined) continue;
        dependencies.signal(process.pid, signal);
        report(`${process.name}: was sent ${signal} to read its configuration`);
      }
    },
  },
};
