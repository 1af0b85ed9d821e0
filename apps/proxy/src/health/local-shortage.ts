const codes: ReadonlySet<string> = new Set(['EMFILE', 'ENFILE', 'EADDRNOTAVAIL', 'ENOBUFS', 'ENOMEM']);

/**
 * Whether connecting failed because this machine lacks descriptors, ports or memory: it says nothing about the
 * upstream.
 */
export const isLocalShortage = (code: string | undefined): boolean => code !== undefined && codes.has(code);
