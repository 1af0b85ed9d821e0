import type { StackEventKind } from '@tripod/stack-client/reading';
import { parseLogLine } from '../output/parse-line.ts';

/** What a line in the log of a load balancer says about an upstream. */
export type BalancerEvent = {
  readonly kind: Extract<StackEventKind, 'ejected' | 'back'>;
  /** Such as `127.0.0.1:8083`. */
  readonly address: string;
  readonly detail: string | undefined;
  readonly atMs: number | undefined;
};

/** The messages of our proxy. */
const kinds: Readonly<Record<string, BalancerEvent['kind']>> = {
  'upstream server temporarily disabled': 'ejected',
  'upstream server is unhealthy': 'ejected',
  'upstream server is tried again': 'back',
  'upstream server is back': 'back',
};

const nginxLine = /upstream server temporarily disabled while ([^,]+),.* upstream: "https?:\/\/([^/"]+)/;

/** Reads a line that our proxy or nginx has written. Returns undefined for a line about something else. */
export const findBalancerEvent = (line: string): BalancerEvent | undefined => {
  // Most lines are about requests, and are not parsed.
  if (!line.includes('upstream server ')) return undefined;
  const [, doing, upstream] = nginxLine.exec(line) ?? [];
  if (upstream !== undefined) {
    return { kind: 'ejected', address: upstream, detail: `while ${doing}`, atMs: undefined };
  }
  const { message = '', fields = {}, timeMs } = parseLogLine(line) ?? {};
  const kind = kinds[message];
  const { upstream: address, reason } = fields;
  if (kind === undefined || typeof address !== 'string') return undefined;
  return { kind, address, detail: typeof reason === 'string' ? reason : undefined, atMs: timeMs };
};
