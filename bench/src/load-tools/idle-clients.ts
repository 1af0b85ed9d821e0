import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { IdleClients } from '../definition/load.ts';
import { pinned } from '../machine/cores.ts';
import { readResidentMb } from '../machine/memory.ts';
import { type LoadTool, urlOf } from './load-tool.ts';

const program = join(import.meta.dirname, '../programs/idle-clients.ts');

/** Connects idle clients from a process of their own, and measures the memory of the contestant while they wait. */
export const runIdleClients: LoadTool<IdleClients> = async (load, running, { core }) => {
  const command = [process.execPath, program, urlOf(load, running), String(load.connections)] as const;
  const [first, ...args] = pinned(core, [...command]);
  const child = spawn(first, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  const exited = once(child, 'exit');
  try {
    for await (const line of createInterface({ input: child.stdout })) {
      const { open } = JSON.parse(line) as { readonly open: number };
      const residentMb = readResidentMb(running.pids);
      const figures = residentMb === undefined ? {} : { residentMb };
      return { requests: load.connections, errors: load.connections - open, figures };
    }
    throw new Error('the process of the idle clients exited before all were connected');
  } finally {
    child.stdin.end();
    await exited;
  }
};
