/** Changes to the headers of a message: `remove`, then `set`, then `add`. */
export type HeaderChanges = {
  /** Replaces all lines of each header by one. */
  readonly set?: Readonly<Record<string, string>>;
  /** Adds a line for each header. */
  readonly add?: Readonly<Record<string, string>>;
  readonly remove?: readonly string[];
};

export type MessageSide = 'request' | 'response';

export const headerNamePattern = "^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}$";
export const headerValuePattern = '^[\\x21-\\x7e](?:[\\t\\x20-\\x7e]{0,4094}[\\x21-\\x7e])?$';

/** Headers that frame a message, belong to one connection, or are written by the proxy itself. */
const proxyHeaders: ReadonlySet<string> = new Set([
  'connection',
  'content-length',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'via',
  'x-request-id',
]);
const proxyHeadersOf: Readonly<Record<MessageSide, ReadonlySet<string>>> = {
  request: new Set(['host', 'expect', 'forwarded', 'x-real-ip']),
  response: new Set(['date']),
};

/**
 * Whether a rule may change the header. Underscores count as dashes, because many servers treat both alike and would
 * take `Content_Length` for the length of the message.
 */
export const isChangeable = (name: string, side: MessageSide): boolean => {
  const folded = name.toLowerCase().replaceAll('_', '-');
  const isForwarded = side === 'request' && folded.startsWith('x-forwarded-');
  return (
    name !== '__proto__' && !isForwarded && !proxyHeaders.has(folded) && !proxyHeadersOf[side].has(folded)
  );
};

/** Header rules of one side of a route, ready to apply. */
export type HeaderRules = {
  /** Applies the rules to header lines that end in CRLF; a first line without a header is kept. */
  applyToLines(lines: string): string;
  /** Applies the rules to name, value, name, value; the names in any case. */
  applyToPairs(pairs: readonly string[]): string[];
};

/** Prepares the rules of one side. Undefined when they change nothing. */
export const createHeaderRules = ({
  set = {},
  add = {},
  remove = [],
}: HeaderChanges): HeaderRules | undefined => {
  const dropped = new Set([...remove, ...Object.keys(set)].map((name) => name.toLowerCase()));
  const written = [...Object.entries(set), ...Object.entries(add)];
  if (dropped.size === 0 && written.length === 0) return undefined;
  const names = [...dropped].map((name) => name.replace(/[.*+?^$|]/g, '\\$&'));
  const droppedLines = names.length === 0 ? undefined : new RegExp(`^(?:${names.join('|')}):.*\r\n`, 'gim');
  const lines = written.map(([name, value]) => `${name}: ${value}\r\n`).join('');
  const pairs = written.flat();
  return {
    applyToLines: (before) => (droppedLines ? before.replace(droppedLines, '') : before) + lines,
    applyToPairs: (before) => {
      const left: string[] = [];
      for (let index = 0; index + 1 < before.length; index += 2) {
        const [name = '', value = ''] = [before[index], before[index + 1]];
        if (!dropped.has(name.toLowerCase())) left.push(name, value);
      }
      return [...left, ...pairs];
    },
  };
};
