import { locateStateFolder, socketPathIn } from '@tripod/shared/os/state-folder';

/** Returns the path of the control socket of the stack that keeps its state in this folder. */
export const stackSocketPath = (stateDir: string, userId: number): string =>
  socketPathIn(locateStateFolder(stateDir, userId), 'control', 'stack.sock');
