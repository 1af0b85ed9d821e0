import type { ConfigOf, Settings } from '@tripod/shared/config/settings';
import { listToolNames } from './tools/find-tool.ts';

const duration = {
  type: 'string',
  pattern: '^[1-9]\\d{0,5}(?:ms|s|m|h)$',
  shape: 'a duration such as 500ms, 30s or 3m',
  placeholder: 'duration',
  environment: false,
} as const;

/** Settings of `load`. They are flags only, so that a result does not depend on the environment. */
export const loadSettings = {
  users: {
    type: 'integer',
    minimum: 1,
    maximum: 10_000,
    default: 10,
    environment: false,
    description: 'Closed model: users that wait for each response before they go on',
  },
  spawnRate: {
    type: 'integer',
    minimum: 1,
    maximum: 10_000,
    default: 100,
    environment: false,
    description: 'Closed model: users that begin per second',
  },
  rate: {
    type: 'integer',
    minimum: 1,
    maximum: 1_000_000,
    environment: false,
    description: 'Open model: tasks that begin per second, whether or not earlier ones have ended',
  },
  connections: {
    type: 'integer',
    minimum: 1,
    maximum: 10_000,
    environment: false,
    description: 'Open model: connections (default: a quarter of the rate, from 32 to 1024)',
  },
  runTime: { ...duration, default: '30s', description: 'How long the load lasts' },
  findLimit: {
    type: 'boolean',
    default: false,
    environment: false,
    description: 'Find the largest rate that the server carries with the p99 of --max-p99 (default 100ms)',
  },
  with: {
    type: 'string',
    enum: listToolNames(),
    environment: false,
    description: 'Run the script of the lab for this tool instead, and show its result',
  },
  scenario: {
    type: 'string',
    minLength: 1,
    placeholder: 'name',
    environment: false,
    description: 'Scenario of the lab (default: the first by name)',
  },
  host: {
    type: 'string',
    minLength: 1,
    placeholder: 'url',
    environment: false,
    description: 'Address of the lab, such as http://127.0.0.1:9000 (default: the port of its lab.json)',
  },
  maxP99: { ...duration, description: 'Exit with 99 when the p99 of the response time is larger' },
  maxFailed: {
    type: 'integer',
    minimum: 0,
    environment: false,
    description: 'Exit with 99 when more requests or checks fail',
  },
  timeout: { ...duration, default: '30s', description: 'A request that takes longer has failed' },
  threads: {
    type: 'integer',
    minimum: 1,
    maximum: 64,
    default: 1,
    environment: false,
    description: 'Threads that generate load',
  },
  seed: {
    type: 'integer',
    minimum: 0,
    default: 1,
    environment: false,
    description: 'Seed of the random choices of users',
  },
  report: {
    type: 'string',
    minLength: 1,
    path: true,
    placeholder: 'file',
    environment: false,
    description: 'Also write a report to this file: one HTML file with charts, which needs nothing else',
  },
  json: {
    type: 'string',
    minLength: 1,
    path: true,
    placeholder: 'file',
    environment: false,
    description: 'Also write the result to this file, as JSON',
  },
} as const satisfies Settings;

export type LoadConfig = ConfigOf<typeof loadSettings>;

const unitMs: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/** A duration as the settings take it, such as `30s`, in ms. */
export const toMs = (text: string): number =>
  Number.parseInt(text, 10) * (unitMs[text.replace(/^\d+/, '')] ?? Number.NaN);
