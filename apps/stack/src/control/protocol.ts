import type { UpstreamReport } from '../balancer/balancer.ts';
import { maxCopies } from '../settings.ts';

/** One line of JSON from a command to the running stack. `name` is a process's, or `api` for all copies. */
export type ControlRequest =
  | { readonly command: 'ps' | 'down' }
  | { readonly command: 'scale'; readonly count: number }
  | { readonly command: 'restart' | 'stop' | 'start' | 'kill'; readonly name: string };

/** What comes back, a line each: what happens as it happens, then the end of it. */
export type ControlReply =
  | { readonly type: 'progress'; readonly message: string }
  | { readonly type: 'done'; readonly result?: unknown }
  | { readonly type: 'failed'; readonly message: string };

/** One process of the stack, as `ps` shows it. */
export type ProcessRow = {
  readonly name: string;
  readonly pid: number | undefined;
  readonly port: number | undefined;
  /** `not ready`: a copy that runs and says itself that it can not serve. */
  readonly state: string;
  /** Why a copy is not ready: `database: connection refused`. */
  readonly reason: string | undefined;
  /** Undefined for a Postgres whose guard does not tell. */
  readonly restarts: number | undefined;
  readonly uptimeMs: number | undefined;
  readonly memoryBytes: number | undefined;
  /** For copies: what the proxy says of it. */
  readonly upstream: UpstreamReport | undefined;
};

export type StackReport = {
  readonly pid: number;
  readonly url: string;
  readonly proxy: string;
  readonly processes: readonly ProcessRow[];
};

/** Throws an Error with a sentence when it is no request. */
export const parseControlRequest = (line: string): ControlRequest => {
  const value = JSON.parse(line) as { command?: unknown; name?: unknown; count?: unknown };
  const { command, name, count } = value;
  switch (command) {
    case 'ps':
    case 'down':
      return { command };
    case 'scale':
      if (typeof count === 'number' && Number.isInteger(count) && count >= 0 && count <= maxCopies) {
        return { command, count };
      }
      throw new Error(`The number of copies must be a whole number from 0 to ${maxCopies}.`);
    case 'restart':
    case 'stop':
    case 'start':
    case 'kill':
      if (typeof name === 'string') return { command, name };
      break;
    default:
  }
  throw new Error(
    'This stack does not know that command; it may be of another version: stop it with Ctrl-C.',
  );
};
