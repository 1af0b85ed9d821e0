/**
 * The pseudonym of one running proxy in Via (RFC 9110 7.6.3). It differs for each process, so that a proxy can tell a
 * loop through itself from a chain of several proxies. `random` returns a number from 0 up to 1.
 */
export const createViaName = (random: () => number): string =>
  `tripod-${Math.floor(random() * 0x1_0000_0000)
    .toString(16)
    .padStart(8, '0')}`;

/** The element of Via for a message that was received as HTTP/1.`minor`. */
export const viaElement = (viaName: string, minor = 1): string => `1.${minor} ${viaName}`;
