import { flatten } from '@tripod/shared/text/flatten';
import type { EngineConfig } from '../engine.ts';
import { forwardedHeaders } from '../forwarded-headers.ts';
import type { ForwardPlan } from './plan.ts';
import type { RequestHead } from './request-head.ts';

/** Addresses of clients for each of which the text of one plan is kept. */
const maxAddresses = 64;

const framingOf = ({ bodyLength, method }: RequestHead): string => {
  if (bodyLength === -1) return 'Transfer-Encoding: chunked\r\n';
  // A method that means to send content says that there is none (RFC 9110 8.6).
  const states = bodyLength > 0 || method === 'POST' || method === 'PUT';
  return states ? `Content-Length: ${bodyLength}\r\n` : '';
};

/**
 * Writes the heads of requests to upstreams anew, from what was understood. The same is mostly asked again: all of a
 * head but its request id is kept for as long as its plan is.
 */
export class UpstreamHeads {
  readonly #config: Pick<EngineConfig, 'trustedProxies'>;
  readonly #begun = new WeakMap<ForwardPlan, Map<string, string>>();

  constructor(config: Pick<EngineConfig, 'trustedProxies'>) {
    this.#config = config;
  }

  /** The head, up to the value of its last line, which is the request id. */
  begin(plan: ForwardPlan, clientAddress: string, upstreamId: string): string {
    const { head, routing } = plan;
    const host = routing.route.hostHeader === 'client' ? head.authority : undefined;
    // Another upstream would be asked under another name; credentials are not kept.
    if (host === undefined || head.isSecret) return this.#write(plan, clientAddress, host ?? upstreamId);
    let texts = this.#begun.get(plan);
    const known = texts?.get(clientAddress);
    if (known !== undefined) return known;
    if (!texts || texts.size >= maxAddresses) {
      texts = new Map();
      this.#begun.set(plan, texts);
    }
    const text = flatten(this.#write(plan, clientAddress, host));
    texts.set(clientAddress, text);
    return text;
  }

  #write({ head, routing }: ForwardPlan, clientAddress: string, host: string): string {
    const { method, authority, claimed, lines, upgrade } = head;
    const forwarded = forwardedHeaders({ clientAddress, authority, claimed }, this.#config.trustedProxies);
    let ours = '';
    for (const name in forwarded) ours += `${name}: ${forwarded[name]}\r\n`;
    const switching = upgrade === undefined ? '' : `Connection: Upgrade\r\nUpgrade: ${upgrade}\r\n`;
    return `${method} ${routing.target} HTTP/1.1\r\nHost: ${host}\r\n${lines}${ours}Via: 1.1 tripod\r\n${framingOf(head)}${switching}X-Request-Id: `;
  }
}
