/** Returns whether a port is free on this machine's loopback addresses. */
export type IsPortFree = (port: number) => Promise<boolean>;

export type ChoosePortsOptions = {
  readonly first: number;
  /** Ports of the rest of the stack. */
  readonly taken: readonly number[];
  readonly isFree: IsPortFree;
};

/** The default port of the load page, which is often started beside the stack. */
const reservedPorts = [8089];

/**
 * Returns the first `count` ports from `first` up that are free and not taken: 8081, 8083, 8084, 8085 to 8088, then
 * 8091 and up, when 8080, 8082 and 8090 are taken. Returns fewer when there are not enough below 65536.
 */
export const choosePorts = async (
  count: number,
  { first, taken, isFree }: ChoosePortsOptions,
): Promise<readonly number[]> => {
  const ports: number[] = [];
  for (let port = first; ports.length < count && port <= 65_535; port += 1) {
    if (reservedPorts.includes(port) || taken.includes(port)) continue;
    if (await isFree(port)) ports.push(port);
  }
  return ports;
};
