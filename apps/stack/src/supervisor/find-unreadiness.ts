const timeoutMs = 1000;

/**
 * Asks a server whether it is ready by a GET of `path` on its port. Returns undefined when it is, otherwise the reason:
 * `database: connection refused`. Waits 1 s at most and never throws.
 */
export const findUnreadiness = async (port: number, path: string): Promise<string | undefined> => {
  try {
    const response = await fetch(`http://127.0.0.1:${port}${path}`, {
      signal: AbortSignal.timeout(timeoutMs),
    });
    if (response.ok) return undefined;
    const { reasons } = (await response.json()) as { readonly reasons: Readonly<Record<string, string>> };
    return Object.entries(reasons)
      .map(([check, reason]) => `${check}: ${reason}`)
      .join(', ');
  } catch {
    return `no answer to ${path}`;
  }
};
