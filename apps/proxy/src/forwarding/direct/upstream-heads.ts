import { flatten } from '@tripod/shared/text/flatten';
import type { EngineConfig } from '../engine.ts';
import { forwardedHeaders } from '../forwarded-headers.ts';
import type { ForwardPlan } from './plan.ts';
import type { RequestHead } from './request-head.ts';

const framingOf = ({ bodyLength, method }: RequestHead): string => {
  if (bodyLength === -1) return 'Transfer-Encoding: chunked\r\n';
  // A method that means to send content says that there is none (RFC 9110 8.6).
  const states = bodyLength > 0 || method === 'POST' || method === 'PUT';
  return states ? `Content-Length: ${bodyLength}\r\n` : '';
};

/**
 * Writes the heads of requests to upstreams for one client, anew from what was understood. A client mostly asks the same
 * again: all but the request id of the last head is kept.
 */
export class UpstreamHeads {
  readonly #clientAddress: string;
  readonly #config: Pick<EngineConfig, 'trustedProxies'>;
  #plan: ForwardPlan | undefined;
  #begun = '';

  constructor(clientAddress: string, config: Pick<EngineConfig, 'trustedProxies'>) {
    this.#clientAddress = clientAddress;
    this.#config = config;
  }

  make(plan: ForwardPlan, upstreamId: string, requestId: string): string {
    if (this.#plan === plan) return `${this.#begun}${requestId}\r\n\r\n`;
    const { head, routing } = plan;
    const host = routing.route.hostHeader === 'client' ? head.authority : undefined;
    const begun = this.#begin(plan, host ?? upstreamId);
    // Another upstream would be asked under another name. Credentials are not kept.
    if (host !== undefined && !head.isSecret) {
      this.#plan = plan;
      this.#begun = flatten(begun);
    }
    return `${begun}${requestId}\r\n\r\n`;
  }

  #begin({ head, routing }: ForwardPlan, host: string): string {
    const { method, authority, claimed, lines, upgrade } = head;
    const facts = { clientAddress: this.#clientAddress, authority, claimed };
    const forwarded = forwardedHeaders(facts, this.#config.trustedProxies);
    let ours = '';
    for (const name in forwarded) ours += `${name}: ${forwarded[name]}\r\n`;
    const switching = upgrade === undefined ? '' : `Connection: Upgrade\r\nUpgrade: ${upgrade}\r\n`;
    return `${method} ${routing.target} HTTP/1.1\r\nHost: ${host}\r\n${lines}${ours}Via: 1.1 tripod\r\n${framingOf(head)}${switching}X-Request-Id: `;
  }
}
