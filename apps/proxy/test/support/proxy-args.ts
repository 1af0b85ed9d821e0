/**
 * The command line of a proxy process for a test: free ports, no active checks, and a connect time-out that is long
 * enough for a busy machine.
 */
export const proxyArgs = (
  engine: string,
  routes: readonly string[],
  ...more: readonly string[]
): readonly string[] => [
  '--port=0',
  '--admin-port=0',
  '--health-path=off',
  '--connect-timeout-ms=30000',
  `--engine=${engine}`,
  ...routes.map((route) => `--route=${route}`),
  ...more,
];
