import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { Metrics } from '../metrics/metrics.ts';
import type { Readiness } from './readiness.ts';

export type HealthPathsOptions = {
  readonly readiness: Readiness;
  /** Undefined with `--no-metrics`. */
  readonly metrics: Metrics | undefined;
};

/** For probes that compare one word instead of reading JSON, such as those of container engines. */
const answerWord = (
  request: IncomingMessage,
  response: ServerResponse,
  status: number,
  word: string,
): void => {
  response.writeHead(status, {
    'Content-Type': 'text/plain; charset=utf-8',
    'Content-Length': word.length,
    'Cache-Control': 'no-store',
  });
  response.end(request.method === 'HEAD' ? undefined : word);
};

const answer = (request: IncomingMessage, response: ServerResponse, status: number, body: unknown): void => {
  const text = `${JSON.stringify(body)}\n`;
  response.writeHead(status, {
    'Content-Type': 'application/json',
    'Content-Length': Buffer.byteLength(text),
    'Cache-Control': 'no-store',
  });
  response.end(request.method === 'HEAD' ? undefined : text);
};

/**
 * The handlers of the operational paths: `/livez` (200 while the process runs), `/readyz` (503 with the
 * reasons while a condition is not met or the process drains), `/healthz` (the same status in one word) and, when there
 * are metrics, `/metrics`.
 */
export const createHealthPaths = ({
  readiness,
  metrics,
}: HealthPathsOptions): ReadonlyMap<string, RequestListener> => {
  const paths = new Map<string, RequestListener>([
    ['/livez', (request, response) => answer(request, response, 200, { status: 'live' })],
    [
      '/readyz',
      (request, response) => {
        const reasons = readiness.reasons();
        const told = readiness.notes();
        const notes = Object.keys(told).length === 0 ? {} : { notes: told };
        const ready = Object.keys(reasons).length === 0;
        answer(
          request,
          response,
          ready ? 200 : 503,
          ready ? { status: 'ready', ...notes } : { status: 'not ready', reasons, ...notes },
        );
      },
    ],
    [
      '/healthz',
      (request, response) => {
        const isReady = Object.keys(readiness.reasons()).length === 0;
        answerWord(request, response, isReady ? 200 : 503, isReady ? 'ok' : 'not ready');
      },
    ],
  ]);
  if (metrics) {
    paths.set('/metrics', (request, response) => {
      metrics.render().then(
        (text) => {
          response.writeHead(200, { 'Content-Type': metrics.contentType, 'Cache-Control': 'no-store' });
          response.end(request.method === 'HEAD' ? undefined : text);
        },
        () => answer(request, response, 500, { status: 'the metrics could not be gathered' }),
      );
    });
  }
  return paths;
};
