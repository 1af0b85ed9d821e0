import { BlockList, isIPv4, isIPv6 } from 'node:net';

/** Header names (in lower case) that tell where a request came from, and so are ours to write. */
const forwardedNames: ReadonlySet<string> = new Set([
  'x-forwarded-for',
  'x-forwarded-proto',
  'x-forwarded-host',
  'x-forwarded-port',
  'x-real-ip',
  'forwarded',
]);

/**
 * Whether a client's header of this name (in lower case) must be left out because we write it ourselves. Underscores
 * count as dashes: many servers fold the two, and `X_Forwarded_For` would pass for ours.
 */
export const isForwardedName = (name: string): boolean => forwardedNames.has(name.replaceAll('_', '-'));

/** Decides whose forwarded headers are believed: those of connections from these networks. */
export type TrustedProxies = { has(address: string): boolean };

/** `10.0.0.0/8`, `::1` and the like; throws a RangeError that names the one it does not understand. */
export const parseTrustedProxies = (networks: readonly string[]): TrustedProxies => {
  const list = new BlockList();
  for (const network of networks) {
    const [address = '', bits, ...more] = network.split('/');
    const family = isIPv4(address) ? 'ipv4' : isIPv6(address) ? 'ipv6' : undefined;
    const prefix =
      bits === undefined ? (family === 'ipv4' ? 32 : 128) : /^\d{1,3}$/.test(bits) ? Number(bits) : -1;
    if (!family || more.length > 0 || prefix < 0 || prefix > (family === 'ipv4' ? 32 : 128))
      throw new RangeError(network);
    list.addSubnet(address, prefix, family);
  }
  const empty = networks.length === 0;
  return {
    has: (address) =>
      !empty && list.check(plainAddress(address), isIPv6(plainAddress(address)) ? 'ipv6' : 'ipv4'),
  };
};

/** `::ffff:10.0.0.1`, an IPv4 client on an IPv6 socket, → `10.0.0.1`. */
export const plainAddress = (address: string): string =>
  address.startsWith('::ffff:') ? address.slice(7) : address;

/** What the client's connection and head say, for the headers we write. */
export type ForwardedFacts = {
  /** Address of the other end of the connection. */
  readonly clientAddress: string;
  readonly authority: string | undefined;
  /** The client's own X-Forwarded-For, -Proto and -Host, believed only from trusted proxies. */
  readonly claimed: {
    readonly for?: string | undefined;
    readonly proto?: string | undefined;
    readonly host?: string | undefined;
  };
};

/** The forwarded headers to send: overwritten at the edge, continued when the connection is a trusted proxy's. */
export const forwardedHeaders = (
  facts: ForwardedFacts,
  trusted: TrustedProxies,
): Readonly<Record<string, string>> => {
  const address = plainAddress(facts.clientAddress);
  const { claimed } = trusted.has(address) ? facts : { claimed: {} as ForwardedFacts['claimed'] };
  const host = claimed.host ?? facts.authority;
  return {
    'X-Forwarded-For': claimed.for === undefined ? address : `${claimed.for}, ${address}`,
    'X-Forwarded-Proto': claimed.proto === 'https' ? 'https' : 'http',
    ...(host === undefined ? {} : { 'X-Forwarded-Host': host }),
  };
};
