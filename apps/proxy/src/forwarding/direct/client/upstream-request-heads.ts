import { flatten } from '@tripod/shared/text/flatten';
import type { EngineConfig } from '../../engine.ts';
import { forwardedHeaders } from '../../forwarded-headers.ts';
import { viaElement } from '../../via.ts';
import type { RequestHead } from '../wire/request-head.ts';
import type { ForwardPlan } from './plan.ts';

/** The number of client addresses for which the text of one plan is cached. */
const maxAddresses = 64;

const framingOf = ({ bodyLength, method }: RequestHead): string => {
  if (bodyLength === -1) return 'Transfer-Encoding: chunked\r\n';
  // RFC 9110 8.6: a method that usually has content states that there is none.
  const states = bodyLength > 0 || method === 'POST' || method === 'PUT';
  return states ? `Content-Length: ${bodyLength}\r\n` : '';
};

/**
 * Writes the heads of requests to upstreams from the parsed head of the client. Requests repeat, so the text of a head
 * except its request id is cached as long as its plan is.
 */
export class UpstreamRequestHeads {
  readonly #config: Pick<EngineConfig, 'trustedProxies' | 'scheme'>;
  readonly #texts = new WeakMap<ForwardPlan, Map<string, string>>();

  readonly #viaName: string;

  constructor(config: Pick<EngineConfig, 'trustedProxies' | 'scheme'>, viaName: string) {
    this.#config = config;
    this.#viaName = viaName;
  }

  /** Returns the head up to the value of its last line, which is the request id. */
  beginHead(plan: ForwardPlan, connectionAddress: string, upstreamId: string): string {
    const { head, routing } = plan;
    const host = routing.route.hostHeader === 'client' ? head.authority : undefined;
    // The text depends on the upstream when its address is the Host; heads with credentials are never cached.
    if (host === undefined || head.isSecret) return this.#write(plan, connectionAddress, host ?? upstreamId);
    let texts = this.#texts.get(plan);
    const known = texts?.get(connectionAddress);
    if (known !== undefined) return known;
    if (!texts || texts.size >= maxAddresses) {
      texts = new Map();
      this.#texts.set(plan, texts);
    }
    const text = flatten(this.#write(plan, connectionAddress, host));
    texts.set(connectionAddress, text);
    return text;
  }

  #write({ head, routing }: ForwardPlan, connectionAddress: string, host: string): string {
    const { method, minor, authority, claims, upgrade } = head;
    const lines = routing.route.requestHeaders?.applyToLines(head.lines) ?? head.lines;
    const facts = { connectionAddress, authority, scheme: this.#config.scheme, claims };
    const forwarded = forwardedHeaders(facts, this.#config.trustedProxies);
    const via = viaElement(this.#viaName, minor);
    let ownLines = '';
    for (const name in forwarded) ownLines += `${name}: ${forwarded[name]}\r\n`;
    const upgradeLines = upgrade === undefined ? '' : `Connection: Upgrade\r\nUpgrade: ${upgrade}\r\n`;
    return `${method} ${routing.target} HTTP/1.1\r\nHost: ${host}\r\n${lines}${ownLines}Via: ${via}\r\n${framingOf(head)}${upgradeLines}X-Request-Id: `;
  }
}
