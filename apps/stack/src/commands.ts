import type { CommandDefinition } from './command/command-definition.ts';
import { block } from './commands/block.ts';
import { cut } from './commands/cut.ts';
import { down } from './commands/down.ts';
import { fail } from './commands/fail.ts';
import { heal } from './commands/heal.ts';
import { kill } from './commands/kill.ts';
import { labs } from './commands/labs.ts';
import { logs } from './commands/logs.ts';
import { pause } from './commands/pause.ts';
import { ps } from './commands/ps.ts';
import { reload } from './commands/reload.ts';
import { reset } from './commands/reset.ts';
import { restart } from './commands/restart.ts';
import { resume } from './commands/resume.ts';
import { scale } from './commands/scale.ts';
import { seed } from './commands/seed.ts';
import { slow } from './commands/slow.ts';
import { start } from './commands/start.ts';
import { stop } from './commands/stop.ts';
import { up } from './commands/up.ts';
import { watch } from './commands/watch.ts';

/** Every command of `stack`, in the order of its help. The only list. */
export const commands: readonly CommandDefinition[] = [
  up,
  ps,
  watch,
  scale,
  restart,
  reload,
  stop,
  start,
  kill,
  pause,
  resume,
  slow,
  block,
  cut,
  fail,
  heal,
  logs,
  down,
  labs,
  seed,
  reset,
];
