const timeoutMs = 10_000;

/**
 * Resolves to one sentence that says why a picture could not be loaded. `address` is undefined when its URL is not used. A
 * browser does not tell a page the reason, so a file of this site is requested once more; other sites can't be asked.
 */
export const explainLoadFailure = async (address) => {
  if (address === undefined) return 'Its address is not an http or https address.';
  const { origin, host } = new URL(address);
  if (!navigator.onLine) return 'This device is offline.';
  if (origin !== location.origin) return `It could not be loaded from ${host}.`;
  try {
    const { ok, status } = await fetch(address, { method: 'HEAD', signal: AbortSignal.timeout(timeoutMs) });
    if (status === 404 || status === 410) return 'There is no file at its address.';
    return ok
      ? 'The file at its address is not a picture that this browser can show.'
      : `The server answered ${status}.`;
  } catch {
    return "The server can't be reached.";
  }
};
