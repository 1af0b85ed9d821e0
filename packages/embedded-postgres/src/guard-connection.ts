import { lstatSync } from 'node:fs';
import { createConnection, type Socket } from 'node:net';
import { dirname } from 'node:path';
import type { Layout } from './layout.ts';
import { foreignHomeMessage, foreignPathMessage } from './owned-folder.ts';
import { findState } from './state-file.ts';

/** Where this state folder's guard listens, or would: it says so in the state file, since temp folders differ by environment. */
const findSocketPath = (layout: Layout): string => {
  const state = findState(layout);
  return state?.stateDir === layout.stateDir ? state.socketPath : layout.socketPath;
};

/** Connects to the guard; undefined when none listens. The socket is not made by anybody else: its folder must be ours. */
export const connectToGuard = async (layout: Layout): Promise<Socket | undefined> => {
  const socketPath = findSocketPath(layout);
  const folderPath = dirname(socketPath);
  const folder = lstatSync(folderPath, { throwIfNoEntry: false });
  // A guard shuts its folder before it listens there, so in one open to others none is ours.
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
    // Refused, reset or absent: all the same here, and an open socket that breaks says so by 'close'.
    socket.on('error', () => resolve(undefined));
  });
};
