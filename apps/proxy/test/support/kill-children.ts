import type { ChildProcess } from 'node:child_process';

/** Kills them, also those that stand still, and waits until the last has gone. */
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
