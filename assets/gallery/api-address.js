/**
 * The URL of the API's list of pictures for a page at `location`. Behind a proxy, page and API have the same origin. Port
 * 8082 is the static server itself, without a proxy and without /api/; then the page calls the first copy of the API
 * directly, on another origin (CORS).
 */
export const findImagesAddress = ({ protocol, hostname, port }) =>
  port === '8082' ? `${protocol}//${hostname}:8081/images.json` : '/api/images.json';
