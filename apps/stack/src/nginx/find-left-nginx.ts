import { readFileSync } from 'node:fs';
import type { StartedProcess } from '../control/state-file.ts';

/** The nginx that runs with that configuration by its pid file, as something that may have been left over. */
export const findLeftNginx = (
  pidFile: string,
  configFile: string,
  port: number,
): readonly StartedProcess[] => {
  try {
    const pid = Number(readFileSync(pidFile, 'utf8'));
    return pid > 0 ? [{ name: 'nginx', pid, port, marks: ['nginx', configFile] }] : [];
  } catch {
    return [];
  }
};
