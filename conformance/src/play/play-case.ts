import { connect } from 'node:net';
import type { Case } from '../case/case.ts';
import type { CaseUpstream } from '../case/case-upstream.ts';
import { type Stage, sends } from '../case/steps.ts';
import { askAlone } from '../wire/ask-alone.ts';
import { type ReadAnswers, readAnswers } from '../wire/read-answers.ts';
import type { Signal } from '../wire/signal.ts';

/** What came of one case with one engine. */
export type Observed = ReadAnswers & {
  readonly ended: 'fin' | 'reset' | undefined;
  /** Whether the connection took another request at the end; undefined when that was not tried. */
  readonly probed: boolean | undefined;
  readonly upstreams: readonly CaseUpstream[];
  /** What did not happen in time, in words. */
  readonly stuck: string | undefined;
};

export type PlayOptions = {
  readonly one: Case;
  readonly port: number;
  /** Stands in place of `/~/`. */
  readonly prefix: string;
  readonly upstreams: readonly CaseUpstream[];
  readonly signal: Signal;
  readonly release: () => void;
  /** How many final answers end the case. */
  readonly wanted: number;
  readonly connection: 'closes' | 'stays' | undefined;
  /** Something is waited for in vain, as is known. */
  readonly isStuck: boolean;
};

/** A guard: nothing here takes that long on any machine. */
const guardMs = 25_000;
const stuckMs = 1000;
const probeName = 'probe';

export const isProbe = (target: string): boolean => target === `/${probeName}`;

class Stuck extends Error {}

/** Plays the client's part of a case. */
export const playCase = async (options: PlayOptions): Promise<Observed> => {
  const { one, port, prefix, upstreams, signal, release, wanted, connection, isStuck } = options;
  const withinMs = isStuck ? stuckMs : guardMs;
  const own = (text: string): string => text.replaceAll('/~', prefix.slice(0, -1));
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
        sent += own(text);
        if (socket.destroyed) resolve();
        // Another turn, so that two pieces are two packets; a full socket must not stop the case.
        else socket.write(own(text), 'latin1', () => setImmediate(resolve));
        if (text.length > 65_536) resolve();
      }),
    drip: async (text, bytes) => {
      sent += own(text);
      const whole = own(text);
      for (let at = 0; at < whole.length; at += bytes) {
        if (socket.destroyed) return;
        await new Promise<void>((resolve) => {
          socket.write(whole.slice(at, at + bytes), 'latin1', () => setImmediate(resolve));
        });
      }
    },
    alone: async (text) => {
      const answer = await askAlone(port, own(text), withinMs);
      if (answer === undefined)
        throw new Stuck(`the end of the answer to ${JSON.stringify(text.slice(0, 200))}`);
      return answer;
    },
    release,
    until: async (what, holds) => {
      if (!(await signal.until(holds, withinMs))) throw new Stuck(what);
    },
  };
  let probed: boolean | undefined;
  let stuck: string | undefined;
  try {
    const pieces = one.send === undefined ? [] : typeof one.send === 'string' ? [one.send] : one.send;
    for (const step of one.steps ?? [sends(...pieces)]) await step(stage);
    const settled = (): boolean =>
      ended !== undefined || (wanted > 0 && read().answers.filter(({ whole }) => whole).length >= wanted);
    if (!socket.destroyed && (wanted > 0 || one.steps === undefined))
      await stage.until(`${wanted} answers or the end of the connection`, settled);
    if (connection === 'closes') await stage.until('the end of the connection', () => ended !== undefined);
    if (connection === 'stays' && ended === undefined) {
      const before = read().answers.length;
      await stage.write(`GET /~/${probeName} HTTP/1.1\r\nHost: a\r\n\r\n`);
      await stage.until(
        'the answer to a further request',
        () => ended !== undefined || read().answers.length > before,
      );
      probed = read().answers.length > before;
    }
  } catch (error) {
    if (!(error instanceof Stuck)) throw error;
    stuck = error.message;
  }
  const observed = read();
  socket.destroy();
  return {
    ...observed,
    answers: probed ? observed.answers.slice(0, -1) : observed.answers,
    ended,
    probed,
    upstreams,
    stuck,
  };
};
