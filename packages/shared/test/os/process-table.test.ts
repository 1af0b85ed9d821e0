import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it } from '@jest/globals';
import { listProcessTree, systemProcesses } from '../../src/os/process-table.ts';

/** Prints the ids of its child and of its grandchild, and waits. */
const program = `
const { spawn } = require('node:child_process');
const inner = "process.stdin.resume(); console.log(process.pid)";
const outer = \`const child = require('node:child_process').spawn(process.execPath, ['-e', \${JSON.stringify(inner)}], { stdio: ['pipe', 'inherit', 'inherit'] }); process.stdin.resume(); process.stdin.on('end', () => child.stdin.end()); console.log(process.pid)\`;
const child = spawn(process.execPath, ['-e', outer], { stdio: ['pipe', 'inherit', 'inherit'] });
process.stdin.resume();
process.stdin.on('end', () => child.stdin.end());
`;

describe('listProcessTree', () => {
  it('lists a process with its child and its grandchild, each once', async () => {
    const root = spawn(process.execPath, ['-e', program], { stdio: ['pipe', 'pipe', 'inherit'] });
    try {
      let output = '';
      while (output.split('\n').length < 3) output += String((await once(root.stdout, 'data'))[0]);
      const descendants = output.trim().split('\n').map(Number);
      const pids = [root.pid ?? 0, ...descendants].sort((a, b) => a - b);
      expect([...listProcessTree([root.pid ?? 0])].sort((a, b) => a - b)).toEqual(pids);
      expect([...listProcessTree(pids)].sort((a, b) => a - b)).toEqual(pids);
      expect(systemProcesses.childrenOf(root.pid ?? 0)).toHaveLength(1);
    } finally {
      root.stdin.end();
      await once(root, 'exit');
    }
  });

  it('is empty for a process that does not run', () => {
    expect(listProcessTree([2 ** 22 + 1])).toEqual([]);
  });
});
