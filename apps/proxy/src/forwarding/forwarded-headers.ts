import { isIP } from 'node:net';
import { type Networks, plainAddress } from '../routing/rules/networks.ts';

/**
 * Whether a request header of this name (in lower case) describes where a request came from. A client's own header is
 * never forwarded, unless the client is a trusted proxy. Underscores count as dashes, because many servers treat both
 * alike and would take `X_Forwarded_For` for the header of the proxy.
 */
export const isForwardedName = (name: string): boolean => {
  const folded = name.replaceAll('_', '-');
  return folded.startsWith('x-forwarded-') || folded === 'x-real-ip' || folded === 'forwarded';
};

/** The forwarded headers of a request as the client sent them; several lines of one name are joined with `, `. */
export type ForwardedClaims = {
  readonly for?: string;
  readonly proto?: string;
  readonly host?: string;
  readonly forwarded?: string;
  /** The other headers of the family, each as name and value: passed on for trusted proxies only. */
  readonly others?: readonly (readonly [name: string, value: string])[];
};

export const noClaims: ForwardedClaims = {};

const append = (earlier: string | undefined, value: string): string =>
  earlier === undefined ? value : `${earlier}, ${value}`;

/** Returns the claims with one more header line. Expects a name for which `isForwardedName` returns true. */
export const addClaim = (claims: ForwardedClaims, name: string, value: string): ForwardedClaims => {
  switch (name) {
    case 'x-forwarded-for':
      return { ...claims, for: append(claims.for, value) };
    case 'x-forwarded-proto':
      return { ...claims, proto: append(claims.proto, value) };
    case 'x-forwarded-host':
      return { ...claims, host: append(claims.host, value) };
    case 'forwarded':
      return { ...claims, forwarded: append(claims.forwarded, value) };
    case 'x-real-ip':
      return claims;
    default:
      return name.includes('_') ? claims : { ...claims, others: [...(claims.others ?? []), [name, value]] };
  }
};

const splitList = (value: string | undefined): readonly string[] =>
  value === undefined ? [] : value.split(',').map((item) => item.trim());

const parameterOf = (element: string, name: string): string =>
  new RegExp(`(?:^|;)\\s*${name}\\s*=\\s*"?([^";]*)`, 'i').exec(element)?.[1] ?? '';

/**
 * The lists of addresses, protocols and hosts, nearest hop last. `Forwarded` (RFC 7239) counts without X-Forwarded-For.
 */
const readClaims = (claims: ForwardedClaims) => {
  if (claims.for !== undefined || claims.forwarded === undefined)
    return {
      addresses: splitList(claims.for),
      protos: splitList(claims.proto),
      hosts: splitList(claims.host),
    };
  const elements = splitList(claims.forwarded);
  return {
    addresses: elements.map((element) => parameterOf(element, 'for')),
    protos: elements.map((element) => parameterOf(element, 'proto')),
    hosts: elements.map((element) => parameterOf(element, 'host')),
  };
};

/** An address with or without a port: `192.0.2.1:4711`, `[2001:db8::1]:4711`. Undefined for `unknown` and the like. */
const findAddress = (text: string): string | undefined => {
  const [, bracketed] = /^\[([0-9a-f:.]+)\](?::\d+)?$/i.exec(text) ?? [];
  const address = bracketed ?? (/^[\d.]+:\d+$/.test(text) ? text.slice(0, text.indexOf(':')) : text);
  return isIP(address) === 0 ? undefined : plainAddress(address);
};

/** Returns the addresses from the client to the nearest hop; the first one is the client's. */
const findTrustedChain = (
  connectionAddress: string,
  addresses: readonly string[],
  trusted: Networks,
): readonly string[] => {
  const chain = [plainAddress(connectionAddress)];
  for (let index = addresses.length - 1; index >= 0 && trusted.has(chain[0] ?? ''); index -= 1) {
    const address = findAddress(addresses[index] ?? '');
    if (address === undefined) break;
    chain.unshift(address);
  }
  return chain;
};

/**
 * Returns the address of the client: the right-most address in X-Forwarded-For (or `Forwarded`) that does not belong to
 * a trusted proxy. The list is read from the right only while each hop, beginning with the connection, is trusted.
 */
export const clientAddressOf = (
  connectionAddress: string,
  claims: ForwardedClaims,
  trusted: Networks,
): string => {
  const address = plainAddress(connectionAddress);
  if (!trusted.has(address)) return address;
  return findTrustedChain(address, readClaims(claims).addresses, trusted)[0] ?? address;
};

/** Facts from the connection and the head of a request, for the headers that the proxy writes. */
export type ForwardedFacts = {
  /** Address of the other end of the connection. */
  readonly connectionAddress: string;
  readonly authority: string | undefined;
  /** How the other end speaks to the listener. */
  readonly scheme: 'http' | 'https';
  readonly claims: ForwardedClaims;
};

/** Hops that added no element share the left-most one. */
const elementAt = (list: readonly string[], hopsFromRight: number): string | undefined =>
  list[Math.max(0, list.length - 1 - hopsFromRight)] || undefined;

const protoOf = (claimed: string | undefined, scheme: 'http' | 'https'): 'http' | 'https' =>
  claimed === undefined ? scheme : claimed.toLowerCase() === 'https' ? 'https' : 'http';

/**
 * Returns the forwarded headers to send upstream. For a client they are created; those of a trusted proxy are extended.
 * Elements to the left of the client's were not written by a trusted proxy and are dropped.
 */
export const forwardedHeaders = (
  { connectionAddress, authority, scheme, claims }: ForwardedFacts,
  trusted: Networks,
): Readonly<Record<string, string>> => {
  const address = plainAddress(connectionAddress);
  if (!trusted.has(address)) {
    return {
      'X-Forwarded-For': address,
      'X-Forwarded-Proto': scheme,
      ...(authority === undefined ? {} : { 'X-Forwarded-Host': authority }),
    };
  }
  const { addresses, protos, hosts } = readClaims(claims);
  const chain = findTrustedChain(address, addresses, trusted);
  // The connection is the last hop and is in no list. The proxy next to the client wrote the client's element.
  const hops = Math.max(0, chain.length - 2);
  const host = elementAt(hosts, hops) ?? authority;
  return {
    'X-Forwarded-For': chain.join(', '),
    'X-Forwarded-Proto': protoOf(elementAt(protos, hops), scheme),
    ...(host === undefined ? {} : { 'X-Forwarded-Host': host }),
    ...Object.fromEntries(claims.others ?? []),
  };
};
