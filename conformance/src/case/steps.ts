import type { Socket } from 'node:net';
import type { ReadAnswers } from '../wire/read-answers.ts';
import type { CaseUpstream } from './case-upstream.ts';
import { reset } from './upstream-scripts.ts';

/** What a step of a case can observe and do. */
export type Stage = {
  readonly socket: Socket;
  /** Everything that the client has received. */
  received(): string;
  answers(): ReadAnswers;
  ended(): boolean;
  readonly upstreams: readonly CaseUpstream[];
  write(text: string): Promise<void>;
  /** Writes the text in pieces of `bytes` bytes. */
  writeInPieces(text: string, bytes: number): Promise<void>;
  /** Sends the text on a new connection and half-closes it; resolves with everything received until the close. */
  askAlone(text: string): Promise<string>;
  /** Lets the upstream scripts continue that wait for `released()`. */
  release(): void;
  /** Waits until the condition holds; fails the case with `what` when it does not hold in time. */
  until(what: string, holds: () => boolean): Promise<void>;
};

export type Step = (stage: Stage) => void | Promise<void>;

/** Writes the pieces one after the other, each in a packet of its own where the system allows it. */
export const sendText =
  (...pieces: readonly string[]): Step =>
  async (stage) => {
    for (const piece of pieces) await stage.write(piece);
  };

/** Writes the text in pieces of `bytes` bytes. */
export const sendInPieces =
  (text: string, bytes: number): Step =>
  (stage) =>
    stage.writeInPieces(text, bytes);

/** Writes each byte on its own. */
export const sendByteByByte = (text: string): Step => sendInPieces(text, 1);

/** Waits until the client has received the text. */
export const waitForText =
  (text: string): Step =>
  (stage) =>
    stage.until(`the client to receive ${JSON.stringify(text)}`, () => stage.received().includes(text));

/** Waits until the client has received `count` complete responses. */
export const waitForAnswers =
  (count: number): Step =>
  (stage) =>
    stage.until(
      `${count} answers`,
      () => stage.answers().answers.filter(({ complete }) => complete).length >= count || stage.ended(),
    );

/** Waits until the proxy has closed the connection. */
export const waitForClose: Step = (stage) => stage.until('the end of the connection', () => stage.ended());

/** Waits until an upstream has received the text. */
export const waitForUpstreamText =
  (text: string): Step =>
  (stage) =>
    stage.until(`the upstream to receive ${JSON.stringify(text)}`, () =>
      stage.upstreams.some((upstream) => upstream.received().includes(text)),
    );

/** Waits until no connection to an upstream is open. */
export const waitForUpstreamClose: Step = (stage) =>
  stage.until('the connections to the upstream to close', () =>
    stage.upstreams.every((upstream) => upstream.open() === 0),
  );

export const closeUpstreams: Step = (stage) => {
  for (const upstream of stage.upstreams) upstream.closeAll();
};

export const writeFromUpstreams =
  (text: string): Step =>
  (stage) => {
    for (const upstream of stage.upstreams) upstream.writeAll(text);
  };

export const releaseUpstream: Step = (stage) => stage.release();
/** Half-closes the connection of the client. */
export const halfCloseClient: Step = (stage) => void stage.socket.end();
export const closeClient: Step = (stage) => void stage.socket.destroy();
export const resetClient: Step = (stage) => reset(stage.socket);

/** Requests run in parallel because a refused connection may linger for a second. */
const maxConcurrent = 8;

/**
 * Sends each text on a connection of its own, with `####` replaced by its number. Smuggled requests show in what the
 * upstream receives. Afterwards every upstream connection must still answer each request with its own response.
 */
export const sendEachOnOwnConnection =
  (texts: readonly string[]): Step =>
  async (stage) => {
    const pending = [...texts.entries()];
    const worker = async (): Promise<void> => {
      for (let next = pending.pop(); next; next = pending.pop()) {
        const [index, text] = next;
        await stage.askAlone(text.replaceAll('####', String(index).padStart(4, '0')));
      }
    };
    await Promise.all(Array.from({ length: maxConcurrent }, worker));
    for (let index = 0; index < 6; index += 1) {
      const answer = await stage.askAlone(
        `GET /~/after-${index} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`,
      );
      await stage.until(`the response to request ${index}`, () => answer.endsWith(`/after-${index}`));
    }
  };
