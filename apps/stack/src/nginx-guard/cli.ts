import { portSetting, serviceSettings } from '@tripod/shared/config/service-settings';
import { systemProcesses } from '@tripod/shared/os/process-table';
import { runCli } from '@tripod/shared/process/run-cli';
import { startNginx } from './start-nginx.ts';

const text = (description: string) => ({ type: 'string', environment: false, description }) as const;

/** The workers outlive a killed nginx and would hold the port: they are in this process's group, which ends whole. */
const onDeath = (): void => {
  process.kill(0, 'SIGKILL');
};

// What a person reads of it is the proxy's: the guard is no process of its own to them.
await runCli({
  name: 'proxy',
  description: 'Runs nginx for the stack: nginx ends when the stack does, however that happens.',
  examples: ['node apps/stack/src/nginx-guard/cli.ts --nginx /usr/sbin/nginx --file nginx.conf --port 8080'],
  settings: {
    nginx: text('The nginx to run'),
    file: text('Its configuration'),
    pidFile: text('Where that configuration lets it write its process number'),
    host: { ...serviceSettings.host, environment: false },
    port: { ...portSetting(8080), environment: false },
    drainDelayMs: { ...serviceSettings.drainDelayMs, environment: false },
    logFormat: { ...serviceSettings.logFormat, environment: false },
  },
  start: ({ nginx = '', file = '', pidFile = '', host, port }, { clock, logger }) =>
    startNginx({ nginx, file, pidFile, host, port, clock, logger, table: systemProcesses, onDeath }),
});
