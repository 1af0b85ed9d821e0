import type { ShutdownStack } from '@tripod/shared/process/shutdown-stack';

/**
 * Runs `work` and then unwinds the stack, also when the work fails. On SIGINT or SIGTERM it unwinds at once and exits
 * with code 130.
 */
export const endOnSignal = async <T>(stack: ShutdownStack, work: () => Promise<T>): Promise<T> => {
  const endNow = (): void => {
    void stack.unwind().finally(() => process.exit(130));
  };
  process.once('SIGINT', endNow).once('SIGTERM', endNow);
  try {
    return await work();
  } finally {
    process.removeListener('SIGINT', endNow).removeListener('SIGTERM', endNow);
    await stack.unwind();
  }
};
