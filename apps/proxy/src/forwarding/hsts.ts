import type { EngineConfig } from './engine.ts';

/**
 * The value of Strict-Transport-Security for every forwarded response (RFC 6797); undefined when there is none, as on a
 * listener without TLS (7.2).
 */
export const findHsts = ({
  scheme,
  hstsMaxAgeS,
}: Pick<EngineConfig, 'scheme' | 'hstsMaxAgeS'>): string | undefined =>
  scheme === 'https' && hstsMaxAgeS > 0 ? `max-age=${hstsMaxAgeS}` : undefined;
