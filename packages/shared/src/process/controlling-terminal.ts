import { closeSync, constants, openSync } from 'node:fs';

/** Whether this process has a controlling terminal, which sends it SIGHUP when it closes. */
export const hasControllingTerminal = (): boolean => {
  try {
    closeSync(openSync('/dev/tty', constants.O_RDWR | constants.O_NOCTTY | constants.O_NONBLOCK));
    return true;
  } catch {
    return false;
  }
};
