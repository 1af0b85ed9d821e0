/** Asks whether nobody listens on a port of this machine's loopback addresses. */
export type IsPortFree = (port: number) => Promise<boolean>;

/** The load page's. */
const keptPorts = [8089];

/**
 * The first `count` ports from `first` up that are free and not taken by the rest of the stack: 8081, 8083, 8084,
 * 8085–8088, 8091 and up, when 8080, 8082 and 8090 are the stack's other ones. Fewer when the numbers run out.
 */
export const choosePorts = async (
  count: number,
  {
    first,
    taken,
    isFree,
  }: { readonly first: number; readonly taken: readonly number[]; readonly isFree: IsPortFree },
): Promise<readonly number[]> => {
  const ports: number[] = [];
  for (let port = first; ports.length < count && port <= 65_535; port += 1) {
    if (keptPorts.includes(port) || taken.includes(port)) continue;
    if (await isFree(port)) ports.push(port);
  }
  return ports;
};
