/**
 * Socket options for both sides of every connection: after 15 s without a byte the kernel probes the other end, so that
 * one that has vanished (power, cable, NAT) is noticed. HTTP time-outs do not cover tunnels.
 */
export const tcpKeepAlive = { keepAlive: true, keepAliveInitialDelay: 15_000 } as const;
