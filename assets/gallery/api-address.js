const timeoutMs = 10_000;
const defaultApiUrl = '/api/';

/** Reads `apiUrl` of config.json, which the server of this page provides: the static-server's is `--api-url`. */
const readApiUrl = async () => {
  try {
    const response = await fetch('config.json', { signal: AbortSignal.timeout(timeoutMs) });
    const { apiUrl } = await response.json();
    const isAddress = typeof apiUrl === 'string' && URL.canParse(apiUrl, document.baseURI);
    return isAddress ? apiUrl : defaultApiUrl;
  } catch {
    // a server without this file: the API is expected on the same origin
    return defaultApiUrl;
  }
};

/** Resolves to the URL of the API's list of pictures. */
export const findImagesAddress = async () => {
  const apiUrl = await readApiUrl();
  const folder = apiUrl.endsWith('/') ? apiUrl : `${apiUrl}/`;
  return new URL('images.json', new URL(folder, document.baseURI)).href;
};
