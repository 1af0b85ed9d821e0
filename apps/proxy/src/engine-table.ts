import { createDirectEngine } from './forwarding/direct/engine.ts';
import type { EngineDefinition } from './forwarding/engine.ts';
import { createHttpProxyEngine } from './forwarding/http-proxy/engine.ts';

/** Every engine by its name in flags and files. To add one, add a folder under forwarding/ and an entry here. */
export const engines = {
  direct: {
    summary: 'our own HTTP/1.1 on sockets',
    create: createDirectEngine,
  },
  'http-proxy': {
    summary: 'the npm package http-proxy, hardened',
    create: createHttpProxyEngine,
  },
} as const satisfies Record<string, EngineDefinition>;

export type EngineName = keyof typeof engines;

export const engineNames = Object.keys(engines) as readonly EngineName[];

/** `NAME: summary` of each engine, for `--help`. */
export const engineSummaries = engineNames.map((name) => `${name}: ${engines[name].summary}`).join('; ');
