import { describe, expect, it } from '@jest/globals';
import { ChunkedScanner } from '@tripod/http-wire/chunked-scanner';
import { MessageError } from '@tripod/http-wire/message-error';
import fc from 'fast-check';
import { ByteQueue } from '../../../../src/forwarding/byte-queue.ts';
import { RequestBody } from '../../../../src/forwarding/direct/client/request-body.ts';
import { findHeadEnd, takeRequestHead } from '../../../../src/forwarding/direct/wire/head-reader.ts';
import { parseRequestHead } from '../../../../src/forwarding/direct/wire/request-head.ts';
import { parseResponseHead } from '../../../../src/forwarding/direct/wire/response-head.ts';

/** Part of the name of each test and of each failure's report: the same seed repeats a run. */
const seed = Math.floor(Math.random() * 2 ** 31);
const runs = { numRuns: 10_000, seed };

const maxBodyBytes = 4096;

/** The data in the chunks that the proxy wrote; their sizes depend on how the client's bytes were split. */
const dataOf = (chunks: string): string => {
  const bytes = Buffer.from(chunks, 'latin1');
  const scanner = new ChunkedScanner('request');
  scanner.scan(bytes, 0, bytes.length);
  return bytes.toString('latin1', scanner.dataStart, scanner.dataEnd);
};

/** What an upstream receives of one client's bytes: heads, bodies, and the code of a refusal at the end. */
const readRequests = (pieces: readonly Buffer[]): string => {
  const pending = new ByteQueue();
  let seen = '';
  let written = '';
  let largest = 0;
  let body: RequestBody | undefined;
  let isChunked = false;
  const sink = {
    write: (data: string | Buffer) => {
      written += typeof data === 'string' ? data : data.toString('latin1');
      return true;
    },
    requestWritten: () => undefined,
  };
  const finish = (): void => {
    seen += isChunked ? dataOf(written) : written;
    written = '';
  };
  /** Reads one head or a part of a body; false when more bytes are needed. */
  const readOne = (): boolean => {
    if (body && !body.isComplete) {
      const bytes = pending.takeAll();
      const next = bytes ? body.take(bytes) : 0;
      if (bytes && next < bytes.length) pending.add(bytes.subarray(next));
      return bytes !== undefined;
    }
    const text = takeRequestHead(pending);
    if (text === undefined) return false;
    const head = parseRequestHead(text);
    finish();
    isChunked = head.bodyLength === -1;
    seen += `[${head.method} ${head.target} ${head.bodyLength} ${head.keepAlive}]${head.lines}`;
    body = new RequestBody(head.bodyLength, maxBodyBytes);
    body.sendTo(sink, '');
    return true;
  };
  try {
    for (const piece of pieces) {
      // Scanning moves bytes: each run needs bytes of its own, as each read of a socket brings.
      pending.add(Buffer.from(piece));
      while (readOne());
      largest = Math.max(largest, pending.length);
    }
  } catch (error) {
    if (!(error instanceof MessageError)) throw error;
    finish();
    return `${seen} refused ${error.code}`;
  }
  // Only the beginning of a head may wait, and a head has at most 16 KiB.
  expect(largest).toBeLessThanOrEqual(16_384);
  finish();
  return seen;
};

/** What a client receives of one response. */
const readResponse = (pieces: readonly Buffer[]): string => {
  let kept = Buffer.alloc(0);
  let seen = '';
  let head: ReturnType<typeof parseResponseHead> | undefined;
  let scanner: ChunkedScanner | undefined;
  let left = 0;
  try {
    for (const piece of pieces) {
      let bytes = Buffer.concat([kept, piece]);
      kept = Buffer.alloc(0);
      if (!head) {
        const end = findHeadEnd(bytes, 0, bytes.length, 'response');
        if (end === -1) {
          kept = bytes;
          continue;
        }
        head = parseResponseHead(bytes.toString('latin1', 0, end));
        seen += `[${head.status} ${head.length} ${head.chunked} ${head.closes}]${head.text}`;
        scanner = head.chunked ? new ChunkedScanner('response') : undefined;
        left = Math.max(0, head.length);
        bytes = bytes.subarray(end);
      }
      if (scanner) {
        try {
          scanner.scan(bytes, 0, bytes.length);
        } finally {
          seen += bytes.toString('latin1', scanner.dataStart, scanner.dataEnd);
        }
        if (scanner.done) return seen;
      } else {
        const to = Math.min(left, bytes.length);
        seen += bytes.toString('latin1', 0, to);
        left -= to;
      }
    }
  } catch (error) {
    if (!(error instanceof MessageError)) throw error;
    return `${seen} refused ${error.code}`;
  }
  return seen;
};

const split = (bytes: Buffer, cuts: readonly number[]): Buffer[] => {
  const sorted = [...new Set(cuts.map((cut) => cut % (bytes.length + 1)))].sort((a, b) => a - b);
  return [0, ...sorted].map((from, index) => bytes.subarray(from, sorted[index] ?? bytes.length));
};

const mutated = (text: string, changes: readonly (readonly [number, number])[]): Buffer => {
  const bytes = Buffer.from(text, 'latin1');
  for (const [at, byte] of changes) bytes[at % bytes.length] = byte;
  return bytes;
};

const name = fc.constantFrom('Accept', 'Cookie', 'X-A', 'Connection', 'Keep-Alive', 'TE', 'X_Forwarded_For');
const line = fc.tuple(name, fc.stringMatching(/^[a-z0-9 ,;=]{0,20}$/)).map(([n, v]) => `${n}: ${v}\r\n`);
const lines = fc.array(line, { maxLength: 4 }).map((all) => all.join(''));
const content = fc.stringMatching(/^[a-z\r\n:0-9 ]{0,60}$/);

const inChunks = (text: string, size: number): string => {
  let body = '';
  for (let at = 0; at < text.length; at += size) {
    const chunk = text.slice(at, at + size);
    body += `${chunk.length.toString(16)};x=y\r\n${chunk}\r\n`;
  }
  return `${body}0\r\nTrailer: t\r\n\r\n`;
};

const framed = fc.oneof(
  fc.constant((first: string, more: string) => `${first}${more}\r\n`),
  content.map(
    (text) => (first: string, more: string) => `${first}${more}Content-Length: ${text.length}\r\n\r\n${text}`,
  ),
  fc.tuple(content, fc.integer({ min: 1, max: 20 })).map(
    ([text, size]) =>
      (first: string, more: string) =>
        `${first}${more}Transfer-Encoding: chunked\r\n\r\n${inChunks(text, size)}`,
  ),
);

const request = fc
  .tuple(fc.constantFrom('GET', 'POST', 'DELETE', 'HEAD'), framed, lines)
  .map(([method, make, more]) => make(`${method} /a?b HTTP/1.1\r\nHost: h\r\n`, more));
const requests = fc.array(request, { minLength: 1, maxLength: 3 }).map((all) => all.join('\r\n'));
const response = fc
  .tuple(fc.constantFrom('200 OK', '404', '500 Oh no'), framed, lines)
  .map(([status, make, more]) => make(`HTTP/1.1 ${status}\r\n`, more));

const changes = fc.array(fc.tuple(fc.nat(600), fc.integer({ min: 0, max: 255 })), { maxLength: 3 });
const cuts = fc.array(fc.nat(600), { maxLength: 12 });

const bytewise = (bytes: Buffer): Buffer[] => [...bytes].map((byte) => Buffer.from([byte]));

describe(`the direct engine's grammar (seed ${seed})`, () => {
  it('reads the same requests however their bytes are split, valid or mutated', () => {
    fc.assert(
      fc.property(requests, changes, cuts, (text, wrong, places) => {
        const bytes = mutated(text, wrong);
        const whole = readRequests([bytes]);
        expect(readRequests(split(bytes, places))).toBe(whole);
        expect(readRequests(bytewise(bytes))).toBe(whole);
      }),
      runs,
    );
  });

  it('reads the same response however its bytes are split, valid or mutated', () => {
    fc.assert(
      fc.property(response, changes, cuts, (text, wrong, places) => {
        const bytes = mutated(text, wrong);
        const whole = readResponse([bytes]);
        expect(readResponse(split(bytes, places))).toBe(whole);
        expect(readResponse(bytewise(bytes))).toBe(whole);
      }),
      runs,
    );
  });
});
