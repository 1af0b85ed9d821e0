import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { Clock } from '../async/clock.ts';
import { AppError } from '../errors/app-error.ts';
import { isLoopbackAddress } from '../http/loopback-address.ts';
import { requestIdFor } from '../http/observe-requests.ts';
import { queryOf } from '../http/request-target.ts';
import { sendProblem } from '../http/send-problem.ts';
import { profileErrors } from './profile-errors.ts';
import { type ProfileRequest, takeCpuProfile, takeHeapProfile } from './take-profile.ts';

export const cpuProfilePath = '/debug/pprof/profile';
export const heapProfilePath = '/debug/pprof/heap';

const maxSeconds = 60;

const parseSeconds = (url: string, defaultSeconds: number): number => {
  const values = new URLSearchParams(queryOf(url)).getAll('seconds');
  if (values.length === 0) return defaultSeconds;
  const [value = ''] = values;
  const seconds = Number(value);
  if (values.length > 1 || !/^[1-9]\d?$/.test(value) || seconds > maxSeconds) {
    throw new AppError(profileErrors.PROFILE_SECONDS_INVALID, {
      detail: `seconds must be given at most once, as a whole number from 1 to ${maxSeconds}.`,
    });
  }
  return seconds;
};

/**
 * The handlers of `/debug/pprof/profile` (processor time, 30 s by default) and `/debug/pprof/heap` (memory allocated
 * and still in use, 10 s by default). Both take `seconds` from 1 to 60, answer clients on loopback addresses only,
 * and share one turn: a second request gets 409 while a profile is being taken. A client that leaves ends its
 * profile.
 */
export const createProfilePaths = (clock: Clock): ReadonlyMap<string, RequestListener> => {
  let running = false;

  const answer = async (
    request: IncomingMessage,
    response: ServerResponse,
    defaultSeconds: number,
    take: (request: ProfileRequest) => Promise<Buffer>,
  ): Promise<void> => {
    if (!isLoopbackAddress(request.socket.remoteAddress ?? ''))
      throw new AppError(profileErrors.PROFILE_LOCAL_ONLY);
    const seconds = parseSeconds(request.url ?? '', defaultSeconds);
    if (running) throw new AppError(profileErrors.PROFILE_RUNNING);
    running = true;
    const left = new AbortController();
    const { socket } = request;
    const onLeave = (): void => left.abort();
    // A client that only ended its own side still gets the profile of the time so far.
    socket.once('end', onLeave).once('close', onLeave);
    try {
      const profile = await take({ seconds, clock, signal: left.signal });
      if (response.destroyed) return;
      response.writeHead(200, {
        'Content-Type': 'application/octet-stream',
        'Content-Disposition': 'attachment; filename="profile.pb.gz"',
        'Content-Length': profile.length,
        'Cache-Control': 'no-store',
        'X-Content-Type-Options': 'nosniff',
      });
      response.end(profile);
    } finally {
      running = false;
      socket.off('end', onLeave).off('close', onLeave);
    }
  };

  const handler =
    (defaultSeconds: number, take: (request: ProfileRequest) => Promise<Buffer>): RequestListener =>
    (request, response) => {
      answer(request, response, defaultSeconds, take).catch((error: unknown) => {
        if (!response.destroyed) sendProblem(request, response, error, { requestId: requestIdFor(response) });
      });
    };

  return new Map([
    [cpuProfilePath, handler(30, takeCpuProfile)],
    [heapProfilePath, handler(10, takeHeapProfile)],
  ]);
};
