import { type Connection, NoResponse, type Target } from '../connection/connection.ts';
import type { Measurements } from '../measure/measurements.ts';
import type { LoadRequest, LoadResponse, User } from '../scenario/scenario.ts';
import type { Tallies } from './tallies.ts';

export type LoadUserOptions = {
  readonly number: number;
  readonly connection: Connection;
  readonly target: Target;
  readonly timeoutMs: number;
  readonly random: () => number;
  readonly measurements: Measurements;
  readonly tallies: Tallies;
};

const noResponse: LoadResponse = { status: 0, body: '', bodyBytes: 0, header: () => undefined };

const nowMs = (): number => performance.now();

/** A user with its connection and its cookies. */
export class LoadUser implements User {
  readonly number: number;
  readonly random: () => number;
  readonly #options: LoadUserOptions;
  readonly #host: string;
  readonly #cookies = new Map<string, string>();
  /** The texts of requests without a body and cookies, which are the same each time. */
  readonly #texts = new Map<LoadRequest, string>();
  /** When the next request is due; undefined for at once. */
  #dueMs: number | undefined;

  constructor(options: LoadUserOptions) {
    this.#options = options;
    this.number = options.number;
    this.random = options.random;
    const { hostname, port } = options.target;
    this.#host = `${hostname.includes(':') ? `[${hostname}]` : hostname}:${port}`;
  }

  /** The moment from which the response time of the next request counts. */
  due(atMs: number): void {
    this.#dueMs = atMs;
  }

  /** Whether the connection is open, or being opened. */
  get isOpen(): boolean {
    return this.#options.connection.isOpen;
  }

  /** Opens the connection ahead of the first request. A failure shows in that request. */
  async open(): Promise<void> {
    await this.#options.connection.open().catch(() => undefined);
  }

  async ask(request: LoadRequest): Promise<LoadResponse> {
    const { connection, timeoutMs, measurements, tallies } = this.#options;
    const { method = 'GET', path, name = path.split('?', 1)[0] ?? path } = request;
    const dueMs = this.#dueMs ?? nowMs();
    this.#dueMs = undefined;
    const figures = tallies.of(method, name);
    const text = this.#textOf(request, method);
    let response = noResponse;
    let failure: string | undefined;
    let sentMs = nowMs();
    measurements.lag.record(sentMs - dueMs);
    try {
      await connection.open();
      sentMs = nowMs();
      response = await connection.send(method, text, sentMs + timeoutMs);
      this.#keepCookie(response);
      if (request.status === undefined ? response.status >= 400 : response.status !== request.status)
        failure = `status ${response.status}`;
    } catch (error) {
      if (!(error instanceof NoResponse)) throw error;
      failure = error.message;
    }
    const endMs = nowMs();
    measurements.increase('requests');
    measurements.response.record(endMs - dueMs);
    measurements.service.record(endMs - sentMs);
    figures.requests += 1;
    figures.bytes += response.bodyBytes;
    figures.totalMs += endMs - dueMs;
    figures.minMs = Math.min(figures.minMs, endMs - dueMs);
    figures.response.record(endMs - dueMs);
    if (failure !== undefined) {
      figures.failed += 1;
      this.fail(failure);
    }
    return response;
  }

  fail(kind: string): void {
    this.#options.measurements.increase('failed');
    this.#options.tallies.fail(kind);
  }

  tally(name: string, by = 1): void {
    this.#options.tallies.tally(name, by);
  }

  #textOf(request: LoadRequest, method: string): string {
    const isConstant = request.json === undefined && this.#cookies.size === 0;
    const known = isConstant ? this.#texts.get(request) : undefined;
    if (known !== undefined) return known;
    const { path, headers = {}, json } = request;
    const body = json === undefined ? '' : JSON.stringify(json);
    const lines = [`${method} ${path} HTTP/1.1`, `Host: ${this.#host}`];
    for (const [header, value] of Object.entries(headers)) lines.push(`${header}: ${value}`);
    if (this.#cookies.size > 0)
      lines.push(`Cookie: ${[...this.#cookies].map(([key, value]) => `${key}=${value}`).join('; ')}`);
    if (json !== undefined)
      lines.push('Content-Type: application/json', `Content-Length: ${Buffer.byteLength(body)}`);
    const text = `${lines.join('\r\n')}\r\n\r\n${body}`;
    if (isConstant && this.#texts.size < maxTexts) this.#texts.set(request, text);
    return text;
  }

  #keepCookie(response: LoadResponse): void {
    const [pair = ''] = (response.header('set-cookie') ?? '').split(';', 1);
    const at = pair.indexOf('=');
    if (at > 0) this.#cookies.set(pair.slice(0, at), pair.slice(at + 1));
  }
}

const maxTexts = 50;
