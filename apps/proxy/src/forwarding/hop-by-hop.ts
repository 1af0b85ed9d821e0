/** Headers of a single connection, which are never forwarded (RFC 9110 7.6.1). */
const hopByHop: ReadonlySet<string> = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'proxy-authenticate',
  'proxy-authorization',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/** Headers that `Connection` cannot remove: without them the message has another meaning. */
const notRemovable: ReadonlySet<string> = new Set([
  'host',
  'content-length',
  'content-type',
  'cookie',
  'authorization',
  'via',
]);

const none: ReadonlySet<string> = new Set();

/** The header names, in lower case, that the Connection headers of a message list. */
export const connectionTokens = (values: readonly string[]): ReadonlySet<string> => {
  if (values.length === 0) return none;
  const tokens = new Set<string>();
  for (const value of values) {
    for (const token of value.split(',')) {
      const name = token.trim().toLowerCase();
      if (name !== '' && !notRemovable.has(name)) tokens.add(name);
    }
  }
  return tokens;
};

/** Whether a header (name in lower case) is not forwarded. `named` are those that Connection lists. */
export const endsHere = (name: string, named: ReadonlySet<string>): boolean =>
  hopByHop.has(name) || named.has(name);
