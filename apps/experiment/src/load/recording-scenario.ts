/**
 * A scenario that does what another one does, and sends a record of each request to the main thread. The query of the
 * URL of this module names the module of the other scenario and the channel for the records.
 */
import { BroadcastChannel } from 'node:worker_threads';
import type { LoadRequest, LoadResponse, Scenario, Task, User } from '@tripod/load/scenario';
import type { LoadEvent } from './request-record.ts';

const query = new URL(import.meta.url).searchParams;
const { scenario: inner } = (await import(query.get('scenario') ?? '')) as { readonly scenario: Scenario };

let channel: BroadcastChannel | undefined;
const send = (event: LoadEvent): void => {
  channel ??= new BroadcastChannel(query.get('channel') ?? '');
  channel.unref();
  channel.postMessage(event);
};

const nowMs = (): number => performance.timeOrigin + performance.now();

const failureOf = ({ status: wanted }: LoadRequest, { status }: LoadResponse): string | undefined => {
  if (status === 0) return 'no response';
  return (wanted === undefined ? status >= 400 : status !== wanted) ? `status ${status}` : undefined;
};

const recordingUser = (user: User): User => ({
  number: user.number,
  random: () => user.random(),
  tally: (name, by) => user.tally(name, by),
  fail(kind) {
    user.fail(kind);
    send({ failedCheck: { kind, atMs: nowMs() } });
  },
  async ask(request) {
    const beganMs = nowMs();
    const response = await user.ask(request);
    send({
      request: {
        beganMs,
        endedMs: nowMs(),
        method: request.method ?? 'GET',
        copy: response.status === 0 ? undefined : response.header('x-served-by'),
        failure: failureOf(request, response),
      },
    });
    return response;
  },
});

const users = new WeakMap<User, User>();
const recording = (user: User): User => {
  const known = users.get(user) ?? recordingUser(user);
  users.set(user, known);
  return known;
};

const recordingTask = (task: Task): Task => ({ ...task, run: (user) => task.run(recording(user)) });

const { prepare, check, ...load } = inner;

/** `prepare` and `check` ask before and after the load, so they are not recorded. Without `checks` they are left out. */
export const scenario: Scenario = {
  ...load,
  ...(query.get('checks') === 'true' ? { ...(prepare ? { prepare } : {}), ...(check ? { check } : {}) } : {}),
  tasks: inner.tasks.map(recordingTask),
};
