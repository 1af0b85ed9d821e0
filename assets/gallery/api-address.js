/**
 * Where the API's list of pictures is, seen from the page at `location`. Through a proxy, on whatever port it
 * listens, page and API share one origin. 8082 is the static server's own port: no proxy is in front of it
 * and nothing answers under /api/, so the first copy of the API is asked directly, across origins (CORS).
 */
export const findImagesAddress = ({ protocol, hostname, port }) =>
  port === '8082' ? `${protocol}//${hostname}:8081/images.json` : '/api/images.json';
