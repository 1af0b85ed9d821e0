import { connect } from 'node:net';
import type { Case } from '../case/case.ts';
import type { CaseUpstream } from '../case/case-upstream.ts';
import { type Stage, sendText } from '../case/steps.ts';
import { askAlone } from '../wire/ask-alone.ts';
import { type ReadAnswers, readAnswers } from '../wire/read-answers.ts';
import type { Signal } from '../wire/signal.ts';

/** What was observed when one case ran with one engine. */
export type Observed = ReadAnswers & {
  readonly ended: 'fin' | 'reset' | undefined;
  /** Whether the connection accepted another request at the end; undefined when that was not tried. */
  readonly probed: boolean | undefined;
  readonly upstreams: readonly CaseUpstream[];
  /** What the case waited for and did not happen in time. */
  readonly timedOutOn: string | undefined;
};

export type PlayOptions = {
  readonly testCase: Case;
  readonly port: number;
  /** Replaces `/~/`. */
  readonly prefix: string;
  readonly upstreams: readonly CaseUpstream[];
  readonly signal: Signal;
  readonly release: () => void;
  /** Number of final responses after which the case ends. */
  readonly expectedAnswers: number;
  readonly connection: 'closes' | 'stays' | undefined;
  /** The case is known to wait for something that does not happen. */
  readonly expectsTimeout: boolean;
};

/** A limit against hanging. */
const limitMs = 25_000;
const expectedTimeoutMs = 1000;
const probeName = 'probe';

export const isProbe = (target: string): boolean => target === `/${probeName}`;

class StepTimeout extends Error {}

/** Runs the client side of a case and returns what was observed. */
export const playCase = async (options: PlayOptions): Promise<Observed> => {
  const { testCase, port, prefix, upstreams, signal, release, expectedAnswers, connection, expectsTimeout } =
    options;
  const withinMs = expectsTimeout ? expectedTimeoutMs : limitMs;
  const withRoute = (text: string): string => text.replaceAll('/~', prefix.slice(0, -1));
  let received = '';
  let sent = '';
  let ended: 'fin' | 'reset' | undefined;
  const socket = connect({ port, host: '127.0.0.1', noDelay: true, allowHalfOpen: true });
  const end = (how: 'fin' | 'reset'): void => {
    ended ??= how;
    signal.notify();
  };
  socket.on('data', (piece) => {
    received += piece.toString('latin1');
    signal.notify();
  });
  socket.once('end', () => end('fin'));
  socket.on('error', () => end('reset'));
  socket.once('close', () => end('reset'));
  const isHead = (index: number): boolean => {
    const methods = sent.match(/^[A-Z]+(?= \S+ HTTP\/1\.[01]\r$)/gm) ?? [];
    return methods[index] === 'HEAD';
  };
  const read = (): ReadAnswers => readAnswers(received, { isHead, ended });
  const stage: Stage = {
    socket,
    received: () => received,
    answers: read,
    ended: () => ended !== undefined,
    upstreams,
    write: (text) =>
      new Promise((resolve) => {
        sent += withRoute(text);
        if (socket.destroyed) resolve();
        // Resolves in a later turn, so that two pieces are two packets. A large text must not block the case on a
        // full socket.
        else socket.write(withRoute(text), 'latin1', () => setImmediate(resolve));
        if (text.length > 65_536) resolve();
      }),
    writeInPieces: async (text, bytes) => {
      sent += withRoute(text);
      const routed = withRoute(text);
      for (let at = 0; at < routed.length; at += bytes) {
        if (socket.destroyed) return;
        await new Promise<void>((resolve) => {
          socket.write(routed.slice(at, at + bytes), 'latin1', () => setImmediate(resolve));
        });
      }
    },
    askAlone: async (text) => {
      const answer = await askAlone(port, withRoute(text), withinMs);
      if (answer === undefined)
        throw new StepTimeout(`the end of the response to ${JSON.stringify(text.slice(0, 200))}`);
      return answer;
    },
    release,
    until: async (what, holds) => {
      if (!(await signal.until(holds, withinMs))) throw new StepTimeout(what);
    },
  };
  let probed: boolean | undefined;
  let timedOutOn: string | undefined;
  try {
    const pieces =
      testCase.send === undefined ? [] : typeof testCase.send === 'string' ? [testCase.send] : testCase.send;
    for (const step of testCase.steps ?? [sendText(...pieces)]) await step(stage);
    const settled = (): boolean =>
      ended !== undefined ||
      (expectedAnswers > 0 && read().answers.filter(({ complete }) => complete).length >= expectedAnswers);
    if (!socket.destroyed && (expectedAnswers > 0 || testCase.steps === undefined))
      await stage.until(`${expectedAnswers} responses or the end of the connection`, settled);
    if (connection === 'closes') await stage.until('the end of the connection', () => ended !== undefined);
    if (connection === 'stays' && ended === undefined) {
      const before = read().answers.length;
      await stage.write(`GET /~/${probeName} HTTP/1.1\r\nHost: a\r\n\r\n`);
      await stage.until(
        'the response to another request',
        () => ended !== undefined || read().answers.length > before,
      );
      probed = read().answers.length > before;
    }
  } catch (error) {
    if (!(error instanceof StepTimeout)) throw error;
    timedOutOn = error.message;
  }
  const observed = read();
  socket.destroy();
  return {
    ...observed,
    answers: probed ? observed.answers.slice(0, -1) : observed.answers,
    ended,
    probed,
    upstreams,
    timedOutOn,
  };
};
