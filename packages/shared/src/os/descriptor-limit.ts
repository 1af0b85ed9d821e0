import { readFileSync } from 'node:fs';

/**
 * The number of descriptors (files and sockets) that this process may have open. Node raises its soft limit to the
 * hard one when it starts. Infinity where the system has no limit or does not tell.
 */
export const readDescriptorLimit = (limitsFile = '/proc/self/limits'): number => {
  try {
    const [, soft = ''] = /^Max open files\s+(\S+)/m.exec(readFileSync(limitsFile, 'utf8')) ?? [];
    return /^\d+$/.test(soft) ? Number(soft) : Number.POSITIVE_INFINITY;
  } catch {
    return Number.POSITIVE_INFINITY;
  }
};
