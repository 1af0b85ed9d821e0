import { execFile } from 'node:child_process';
import type { Logger } from '../logging/logger.ts';

/**
 * Tells systemd that the service is ready, as a unit with `Type=notify` waits for it. Does nothing without
 * NOTIFY_SOCKET, which systemd sets for such a unit. Node has no datagram sockets of the UNIX domain, so that
 * `systemd-notify` sends the message; the unit needs `NotifyAccess=all`. A failure is logged, and systemd then ends the
 * service when the time limit of its start is over.
 */
export const notifyServiceManager = (socket: string | undefined, logger: Logger): void => {
  if (!socket) return;
  execFile('systemd-notify', ['--ready'], (error) => {
    if (error) logger.error('systemd could not be told that the service is ready', { error });
  });
};
