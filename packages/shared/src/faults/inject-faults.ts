import type { IncomingMessage, RequestListener, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Clock, Timer } from '../async/clock.ts';
import { AppError } from '../errors/app-error.ts';
import { requestIdOf } from '../http/request-id.ts';
import { sendProblem } from '../http/send-problem.ts';
import type { FaultTarget, InjectedFault, InjectedFaultKind } from './fault.ts';
import { faultErrors } from './fault-errors.ts';
import { silenceWrites } from './silence-writes.ts';

export type FaultInjector = {
  /** The faults that this process can inject. */
  readonly kinds: readonly InjectedFaultKind[];
  /** Injects a fault in place of one of the same kind. It blocks the event loop at once. */
  inject(fault: InjectedFault): void;
  /** Undoes the faults, or those of one kind. */
  heal(kind?: InjectedFaultKind): void;
};

type Hold = { readonly silenced: readonly (() => void)[]; readonly waiting: (() => void)[] };

/** Paths by which operators and load balancers watch a server. `fail` leaves them out: the copy looks healthy. */
const operationalPath = /^\/(?:livez|readyz|healthz|metrics|debug\/pprof)(?:[/?]|$)/;

/**
 * Creates the injector of a process. Without a target, of a service that is no HTTP server, it can only block the event
 * loop. The request listeners of the server are replaced while a fault is armed, so that a healthy server pays nothing.
 */
export const createFaultInjector = (
  target: FaultTarget | undefined,
  { clock, random }: { readonly clock: Clock; readonly random: () => number },
): FaultInjector => {
  let slow: { readonly delayMs: number; readonly jitterMs: number } | undefined;
  /** Requests that wait. They are requests in flight, which the limits of the server bound. */
  const slowed = new Set<{ readonly go: () => void; readonly timer: Timer }>();
  let failPercent: number | undefined;
  let hold: Hold | undefined;
  /** The listeners of a healthy server, while they are replaced. */
  let replaced: readonly RequestListener[] | undefined;

  const handle = (server: Server, request: IncomingMessage, response: ServerResponse): void => {
    // The client of a request that waited may have left.
    if (response.destroyed) return;
    if (hold) {
      hold.waiting.push(() => handle(server, request, response));
      return;
    }
    if (failPercent !== undefined && !operationalPath.test(request.url ?? '')) {
      if (random() * 100 < failPercent) {
        sendProblem(request, response, new AppError(faultErrors.FAULT_INJECTED), {
          requestId: requestIdOf(request.headers['x-request-id']),
        });
        return;
      }
    }
    for (const listener of replaced ?? server.listeners('request')) {
      (listener as RequestListener).call(server, request, response);
    }
  };

  const onRequest = (server: Server, request: IncomingMessage, response: ServerResponse): void => {
    const go = (): void => handle(server, request, response);
    if (!slow) {
      go();
      return;
    }
    const { delayMs, jitterMs } = slow;
    const delayed = {
      go,
      timer: clock.after(Math.max(0, delayMs + (2 * random() - 1) * jitterMs), () => end()),
    };
    const end = (): void => {
      slowed.delete(delayed);
      go();
    };
    slowed.add(delayed);
  };
  const endSlow = (): void => {
    slow = undefined;
    for (const { go, timer } of slowed) {
      timer.cancel();
      go();
    }
    slowed.clear();
  };

  /** Replaces the listeners while a fault is armed. */
  const settle = (): void => {
    if (!target) return;
    const { server } = target;
    const isArmed = slow !== undefined || failPercent !== undefined || hold !== undefined;
    if (isArmed === (replaced !== undefined)) return;
    if (isArmed) {
      replaced = server.listeners('request') as RequestListener[];
      server.removeAllListeners('request');
      server.on('request', (request, response) => onRequest(server, request, response));
    } else {
      const originals = replaced ?? [];
      replaced = undefined;
      server.removeAllListeners('request');
      for (const listener of originals) server.on('request', listener);
    }
  };

  const cut = (connections: Iterable<Socket>): void => {
    if (hold) return;
    // Answers that have begun go silent as well.
    hold = { silenced: [...connections].map(silenceWrites), waiting: [] };
  };
  const endCut = (): void => {
    if (!hold) return;
    const { silenced, waiting } = hold;
    hold = undefined;
    for (const restore of silenced) restore();
    for (const go of waiting) go();
  };

  return {
    kinds: target ? ['slow', 'block', 'cut', 'fail'] : ['block'],
    inject(fault) {
      if (fault.kind === 'block') {
        // Unlike a loop this takes no processor time from the other processes.
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, fault.ms);
        return;
      }
      if (!target) throw new Error(`This process has no HTTP server, so it can't be made ${fault.kind}.`);
      if (fault.kind === 'slow') slow = fault;
      else if (fault.kind === 'fail') failPercent = fault.percent;
      else cut(target.connections());
      settle();
    },
    heal(kind) {
      if (kind === undefined || kind === 'slow') endSlow();
      if (kind === undefined || kind === 'fail') failPercent = undefined;
      if (kind === undefined || kind === 'cut') endCut();
      settle();
    },
  };
};
