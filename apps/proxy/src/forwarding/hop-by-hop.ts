/** Header lines that belong to one connection only and are never passed on (RFC 9110 7.6.1). */
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

/** Names that `Connection` must not be able to remove: without them the message means something else. */
const notRemovable: ReadonlySet<string> = new Set([
  'host',
  'content-length',
  'content-type',
  'cookie',
  'authorization',
  'via',
]);

const none: ReadonlySet<string> = new Set();

/** The names, in lower case, that a message's Connection headers ask to be dropped. */
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

/** Whether a header (name in lower case) ends at this hop. */
export const endsHere = (name: string, named: ReadonlySet<string>): boolean =>
  hopByHop.has(name) || named.has(name);
