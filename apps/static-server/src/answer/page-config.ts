import type { IncomingHttpHeaders, IncomingMessage, RequestListener, ServerResponse } from 'node:http';

/** The path at which a page finds the address of its API, as `{ "apiUrl": "…" }`. */
export const pageConfigPath = '/config.json';

/** An address of the API: a path (`/api/`), a URL, or a port (`:8081`). */
export const apiUrlPattern = '^(:[1-9][0-9]{0,4}|/[!-~]*|https?://[A-Za-z0-9.\\-]+(:[0-9]{1,5})?(/[!-~]*)?)$';

/** The load balancers of this repository send the API below this prefix. */
const proxiedApiUrl = '/api/';

const isForwarded = (headers: IncomingHttpHeaders): boolean =>
  'x-forwarded-for' in headers || 'forwarded' in headers || 'via' in headers;

/**
 * Resolves the address of the API for one request. A port is that port of the hostname in `Host`, so that the page also
 * works from other machines. A client behind a proxy may not reach that port, and is told `/api/` instead.
 */
export const resolveApiUrl = (apiUrl: string, headers: IncomingHttpHeaders): string => {
  if (!apiUrl.startsWith(':')) return apiUrl;
  const hostname = URL.parse(`http://${headers.host ?? ''}`)?.hostname;
  if (hostname === undefined || isForwarded(headers)) return proxiedApiUrl;
  return `http://${hostname}${apiUrl}/`;
};

/** Creates the handler of GET and HEAD for `/config.json`. */
export const createPageConfig =
  (apiUrl: string): RequestListener =>
  (request: IncomingMessage, response: ServerResponse): void => {
    const text = `${JSON.stringify({ apiUrl: resolveApiUrl(apiUrl, request.headers) })}\n`;
    response.writeHead(200, {
      'Content-Type': 'application/json',
      'Content-Length': Buffer.byteLength(text),
      // It depends on headers of the request.
      'Cache-Control': 'no-store',
      'X-Content-Type-Options': 'nosniff',
    });
    response.end(request.method === 'HEAD' ? undefined : text);
  };

/**
 * Lets pages with this Content-Security-Policy connect to the API. A port is allowed on any hostname, because a policy
 * can't refer to that of the page.
 */
export const allowApi = (csp: string, apiUrl: string | undefined): string => {
  if (apiUrl === undefined || apiUrl.startsWith('/')) return csp;
  const source = apiUrl.startsWith(':') ? `*${apiUrl}` : new URL(apiUrl).origin;
  return csp.replace("connect-src 'self'", `connect-src 'self' ${source}`);
};
