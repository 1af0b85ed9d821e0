import { closeSync, constants, openSync } from 'node:fs';

/** Whether this process belongs to a terminal, whose end it is told by SIGHUP. */
export const hasControllingTerminal = (): boolean => {
  try {
    closeSync(openSync('/dev/tty', constants.O_RDWR | constants.O_NOCTTY | constants.O_NONBLOCK));
    return true;
  } catch {
    return false;
  }
};
