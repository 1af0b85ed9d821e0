import { lstatSync } from 'node:fs';
import { createConnection, type Socket } from 'node:net';
import { dirname } from 'node:path';
import type { Layout } from './layout.ts';
import { foreignHomeMessage, foreignPathMessage } from './owned-folder.ts';
import { findState } from './state-file.ts';

/**
 * The socket of this state folder's guard. The state file has its path, because temp folders differ between
 * environments.
 */
const findSocketPath = (layout: Layout): string => {
  const state = findState(layout);
  return state?.stateDir === layout.stateDir ? state.socketPath : layout.socketPath;
};

/** Connects to the guard; undefined when none listens. The folder of the socket must belong to this user. */
export const connectToGuard = async (layout: Layout): Promise<Socket | undefined> => {
  const socketPath = findSocketPath(layout);
  const folderPath = dirname(socketPath);
  const folder = lstatSync(folderPath, { throwIfNoEntry: false });
  // A guard makes its folder private before it listens, so a socket in a folder open to others is not ours.
  if (!folder?.isDirectory() || (folder.mode & 0o022) !== 0) return undefined;
  if (folder.uid !== process.getuid?.()) {
    throw new Error(
      folderPath === layout.home
        ? foreignHomeMessage(layout, folder.uid)
        : foreignPathMessage(folderPath, folder.uid),
    );
  }
  return new Promise((resolve) => {
    const socket = createConnection(socketPath);
    socket.once('connect', () => resolve(socket));
    // Refused, reset and absent mean the same here. An open socket that breaks emits 'close'.
    socket.on('error', () => resolve(undefined));
  });
};
