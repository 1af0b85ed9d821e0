import { join } from 'node:path';
import { runCli } from '@tripod/shared/process/run-cli';
import { controlRoomSettings } from './config.ts';
import { startControlRoom } from './start.ts';

await runCli({
  name: 'control-room',
  description: 'One page for load, copies, faults and what they cost. The stack starts it.',
  settings: controlRoomSettings,
  examples: ['control-room', 'control-room --lab-folder labs/books --target http://localhost:8080'],
  start: (config, context) =>
    startControlRoom(config, context, {
      userId: process.getuid?.() ?? 0,
      nodeVersion: process.version,
      execPath: process.execPath,
      experimentProgram: join(import.meta.dirname, '../../experiment/bin/experiment.js'),
      cpuSeconds: () => {
        const { user, system } = process.cpuUsage();
        return (user + system) / 1e6;
      },
    }),
});
