import { BlockList, isIPv4, isIPv6 } from 'node:net';

/** A set of networks of IPv4 and IPv6 addresses. */
export type Networks = { has(address: string): boolean };

/** `::ffff:10.0.0.1`, an IPv4 client on an IPv6 socket, → `10.0.0.1`. */
export const plainAddress = (address: string): string =>
  address.startsWith('::ffff:') ? address.slice(7) : address;

/** Parses `10.0.0.0/8`, `::1` and the like. Throws a RangeError whose message is the invalid network. */
export const parseNetworks = (networks: readonly string[]): Networks => {
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
  const isEmpty = networks.length === 0;
  return {
    has: (address) =>
      !isEmpty && list.check(plainAddress(address), isIPv6(plainAddress(address)) ? 'ipv6' : 'ipv4'),
  };
};

/** What is wrong with these networks, as a sentence without its subject; nothing when they are valid. */
export const networkProblems = (networks: readonly string[]): readonly string[] => {
  try {
    parseNetworks(networks);
    return [];
  } catch (error) {
    const network = JSON.stringify(error instanceof Error ? error.message : error);
    return [`must be networks such as 10.0.0.0/8, and holds ${network}`];
  }
};
