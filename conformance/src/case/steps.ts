import type { Socket } from 'node:net';
import type { ReadAnswers } from '../wire/read-answers.ts';
import type { CaseUpstream } from './case-upstream.ts';
import { reset } from './upstream-scripts.ts';

/** What a step of a case can see and do. */
export type Stage = {
  readonly socket: Socket;
  /** Everything the client has received. */
  received(): string;
  answers(): ReadAnswers;
  ended(): boolean;
  readonly upstreams: readonly CaseUpstream[];
  write(text: string): Promise<void>;
  /** Writes it in pieces of so many bytes. */
  drip(text: string, bytes: number): Promise<void>;
  /** Sends this on a connection of its own, which it half-closes, and resolves with what came back until its end. */
  alone(text: string): Promise<string>;
  /** Lets go whichever script waits to be released. */
  release(): void;
  /** Fails the case with these words unless this holds in time. */
  until(what: string, holds: () => boolean): Promise<void>;
};

export type Step = (stage: Stage) => void | Promise<void>;

/** Writes the pieces one after the other, each in a packet of its own as far as that can be had. */
export const sends =
  (...pieces: readonly string[]): Step =>
  async (stage) => {
    for (const piece of pieces) await stage.write(piece);
  };

/** Writes pieces of so many bytes. */
export const sendsInPieces =
  (text: string, bytes: number): Step =>
  (stage) =>
    stage.drip(text, bytes);

/** Writes each byte on its own. */
export const sendsByteByByte = (text: string): Step => sendsInPieces(text, 1);

/** Waits until the client has received this. */
export const sees =
  (text: string): Step =>
  (stage) =>
    stage.until(`the client to see ${JSON.stringify(text)}`, () => stage.received().includes(text));

/** Waits for so many whole answers. */
export const isAnswered =
  (count: number): Step =>
  (stage) =>
    stage.until(
      `${count} answers`,
      () => stage.answers().answers.filter(({ whole }) => whole).length >= count || stage.ended(),
    );

/** Waits until the proxy has ended the connection. */
export const isEnded: Step = (stage) => stage.until('the end of the connection', () => stage.ended());

/** Waits until an upstream has received this. */
export const upstreamSees =
  (text: string): Step =>
  (stage) =>
    stage.until(`the upstream to see ${JSON.stringify(text)}`, () =>
      stage.upstreams.some((upstream) => upstream.received().includes(text)),
    );

/** Waits until no connection to an upstream is open any more. */
export const upstreamIsLeft: Step = (stage) =>
  stage.until('the upstream to be left', () => stage.upstreams.every((upstream) => upstream.open() === 0));

export const upstreamCloses: Step = (stage) => {
  for (const upstream of stage.upstreams) upstream.closeAll();
};

export const upstreamWrites =
  (text: string): Step =>
  (stage) => {
    for (const upstream of stage.upstreams) upstream.writeAll(text);
  };

export const releases: Step = (stage) => stage.release();
/** Ends the client's sending side. */
export const halfCloses: Step = (stage) => void stage.socket.end();
export const leaves: Step = (stage) => void stage.socket.destroy();
export const resetsConnection: Step = (stage) => reset(stage.socket);
export const stopsReading: Step = (stage) => void stage.socket.pause();
export const readsAgain: Step = (stage) => void stage.socket.resume();

/** A connection that was refused may linger for a second: the others need not wait for it. */
const atOnce = 8;

/**
 * Sends each text on a connection of its own, `####` in it standing for its number. Whether one of them smuggled something
 * is seen by what arrives; afterwards every connection to the upstream still gives each request its own answer.
 */
export const sendsEachAlone =
  (texts: readonly string[]): Step =>
  async (stage) => {
    const pending = [...texts.entries()];
    const worker = async (): Promise<void> => {
      for (let next = pending.pop(); next; next = pending.pop()) {
        const [index, text] = next;
        await stage.alone(text.replaceAll('####', String(index).padStart(4, '0')));
      }
    };
    await Promise.all(Array.from({ length: atOnce }, worker));
    for (let index = 0; index < 6; index += 1) {
      const answer = await stage.alone(
        `GET /~/after-${index} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`,
      );
      await stage.until(`the own answer of request ${index}`, () => answer.endsWith(`/after-${index}`));
    }
  };
