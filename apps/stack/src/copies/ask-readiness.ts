const timeoutMs = 1000;

/**
 * Asks the copy of that port whether it is ready to serve. Answers undefined when it is, and otherwise why not, for
 * people: `database: connection refused`. Waits 1 s at most and never throws.
 */
export const findUnreadiness = async (port: number): Promise<string | undefined> => {
  try {
    const response = await fetch(`http://127.0.0.1:${port}/readyz`, {
      signal: AbortSignal.timeout(timeoutMs),
    });
    if (response.ok) return undefined;
    const { reasons } = (await response.json()) as { readonly reasons: Readonly<Record<string, string>> };
    return Object.entries(reasons)
      .map(([what, why]) => `${what}: ${why}`)
      .join(', ');
  } catch {
    return 'no answer to /readyz';
  }
};
