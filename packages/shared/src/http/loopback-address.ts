/** Whether an address of a connection is on this machine: 127.0.0.0/8, also mapped into IPv6, or ::1. */
export const isLoopbackAddress = (address: string): boolean =>
  address === '::1' || /^(?:::ffff:)?127\./.test(address);
