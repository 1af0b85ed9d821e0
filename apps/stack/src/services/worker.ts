import { defineService } from '../definition/service-definition.ts';
import { copiesSetting, stateUrlSetting } from '../definition/stack-settings.ts';
import { binOf } from './app-command.ts';

/** Workers that take the jobs which the API adds. */
export const worker = defineService({
  name: 'worker',
  description: 'The worker',
  settings: () => ({
    workers: copiesSetting(0, 'How many workers to start, which take jobs of the API'),
    stateUrl: stateUrlSetting,
  }),
  ports: [],
  replicas: 'workers',
  run: {
    type: 'process',
    command: ({ checkout, name }) => ({
      type: 'node',
      file: binOf(checkout, 'worker'),
      args: ['--name', name, '--log-format', 'json'],
    }),
  },
  environment: ({ urlOf, config: { stateUrl } }) => ({
    DATABASE_URL: urlOf('postgres'),
    STATE_URL: stateUrl ?? urlOf('redis'),
  }),
  needs: ['postgres', 'redis'],
  // Longer than the drain time-out of a worker, which finishes the job that it is at.
  stopGraceMs: 11_000,
});
