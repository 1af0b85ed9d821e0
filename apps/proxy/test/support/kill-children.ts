import type { ChildProcess } from 'node:child_process';

/** Kills the processes, including suspended ones, and waits until all have exited. */
export const killChildren = async (children: Iterable<ChildProcess>): Promise<void> => {
  await Promise.all(
    [...children].map(
      (child) =>
        new Promise<void>((resolve) => {
          child.once('close', () => resolve());
          child.kill('SIGKILL');
        }),
    ),
  );
};
