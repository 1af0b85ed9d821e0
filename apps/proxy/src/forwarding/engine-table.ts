import { createDirectEngine } from './direct/engine.ts';
import type { Engine, EngineOptions } from './engine.ts';
import { createHttpProxyEngine } from './http-proxy/engine.ts';

/** Every engine by the name it has in flags. */
export const engines = {
  direct: createDirectEngine,
  'http-proxy': createHttpProxyEngine,
} as const satisfies Record<string, (options: EngineOptions) => Engine>;

export type EngineName = keyof typeof engines;

export const engineNames = Object.keys(engines) as readonly EngineName[];
