import { AppError } from '@tripod/shared/errors/app-error';
import { Ajv } from 'ajv';
import type { LoadSettings } from '../../web/src/load-request.ts';
import { refused } from '../errors/refused.ts';
import { roomErrors } from '../errors/room-errors.ts';
import type { ExperimentRunner } from '../experiments/experiment-runner.ts';
import type { LoadRunner } from '../load/load-runner.ts';
import type { ProxyAdmin } from '../stack/proxy-admin.ts';
import type { StackLink } from '../stack/stack-link.ts';

export type Actions = (body: unknown) => Promise<void>;

export type ActionParts = {
  readonly link: Pick<StackLink, 'ask'>;
  readonly load: Pick<LoadRunner, 'start' | 'change' | 'stop' | 'reset'>;
  readonly admin: ProxyAdmin;
  readonly experiments: Pick<ExperimentRunner, 'start'>;
  /** The port of a copy, by its name. */
  readonly portOf: (name: string) => number | undefined;
  /** The pool of the copies that the page shows. */
  readonly pool: string;
  readonly addEvent: (kind: string, service: string, detail?: string) => void;
};

/** What a page sends: the name of an action, what it is done to, and its numbers. */
type Body = {
  readonly action: string;
  readonly service: string;
  readonly copies?: number;
  readonly policy?: string;
  readonly delayMs?: number;
  readonly jitterMs?: number;
  readonly ms?: number;
  readonly percent?: number;
  readonly settings?: LoadSettings;
};

const number = (minimum: number, maximum: number) => ({ type: 'number', minimum, maximum });
const name = { type: 'string', pattern: '^[a-z0-9][a-z0-9-]{0,62}$' };

const bodySchema = {
  type: 'object',
  required: ['action', 'service'],
  additionalProperties: false,
  properties: {
    action: name,
    service: name,
    copies: { type: 'integer', minimum: 0, maximum: 16 },
    policy: name,
    delayMs: number(1, 60_000),
    jitterMs: number(0, 60_000),
    ms: number(1, 60_000),
    percent: number(0, 100),
    settings: {
      type: 'object',
      required: ['scenario', 'model', 'runTimeMs'],
      additionalProperties: false,
      properties: {
        scenario: { type: 'string', maxLength: 100 },
        model: {
          type: 'object',
          discriminator: { propertyName: 'kind' },
          required: ['kind'],
          oneOf: [
            {
              properties: {
                kind: { const: 'closed' },
                users: { type: 'integer', minimum: 1, maximum: 10_000 },
                spawnRate: number(0.1, 10_000),
              },
              required: ['kind', 'users', 'spawnRate'],
            },
            {
              properties: { kind: { const: 'open' }, rate: number(1, 100_000) },
              required: ['kind', 'rate'],
            },
          ],
        },
        runTimeMs: number(1000, 86_400_000),
        maxP99Ms: number(0.001, 600_000),
        maxFailed: { type: 'integer', minimum: 0 },
      },
    },
  },
};

const ajv = new Ajv({ discriminator: true });
const isBody = ajv.compile<Body>(bodySchema);

const invalid = (detail: string): AppError => new AppError(roomErrors.ROOM_ACTION_INVALID, { detail });

const need = <T>(value: T | undefined, field: string): T => {
  if (value === undefined) throw invalid(`The field ${field} is missing.`);
  return value;
};

const portIn = (portOf: ActionParts['portOf'], service: string): number => {
  const port = portOf(service);
  if (port === undefined) throw new Error(`The port of ${service} is not known; is it a copy that runs?`);
  return port;
};

/** The actions by name. Those of the stack are its commands, so that the page can do no more than the command line. */
const actions: Readonly<Record<string, (body: Body, parts: ActionParts) => Promise<unknown>>> = {
  kill: (body, { link }) => link.ask({ command: 'kill', name: body.service }),
  pause: (body, { link }) => link.ask({ command: 'pause', name: body.service }),
  resume: (body, { link }) => link.ask({ command: 'resume', name: body.service }),
  heal: (body, { link }) => link.ask({ command: 'heal', name: body.service }),
  restart: (body, { link }) => link.ask({ command: 'restart', name: body.service }),
  slow: ({ service, delayMs, jitterMs = 0 }, { link }) =>
    link.ask({ command: 'slow', name: service, delayMs: need(delayMs, 'delayMs'), jitterMs }),
  block: ({ service, ms }, { link }) => link.ask({ command: 'block', name: service, ms: need(ms, 'ms') }),
  cut: (body, { link }) => link.ask({ command: 'cut', name: body.service }),
  fail: ({ service, percent }, { link }) =>
    link.ask({ command: 'fail', name: service, percent: need(percent, 'percent') }),
  scale: ({ service, copies }, { link }) =>
    link.ask({ command: 'scale', name: service, count: need(copies, 'copies') }),
  // The readings of the stack tell the change, whoever made it.
  policy: ({ service, policy }, { admin }) => admin.setPolicy(service, need(policy, 'policy')),
  drain: async ({ service }, { admin, pool, portOf, addEvent }) => {
    await admin.setDraining(pool, portIn(portOf, service), true);
    addEvent('draining', service);
  },
  undrain: async ({ service }, { admin, pool, portOf, addEvent }) => {
    await admin.setDraining(pool, portIn(portOf, service), false);
    addEvent('not draining', service);
  },
  experiment: async ({ service }, { experiments }) => experiments.start(service),
  'load-start': async ({ settings }, { load }) => await load.start(need(settings, 'settings')),
  'load-change': async ({ settings }, { load }) => load.change(need(settings, 'settings')),
  'load-stop': async (_body, { load }) => load.stop(),
  'load-reset': async (_body, { load }) => load.reset(),
};

/**
 * Creates the function that carries out the body of `POST /actions`. It rejects with ROOM_ACTION_INVALID for a body that is
 * none, and with ROOM_ACTION_REFUSED and the sentence of who refused.
 */
export const createActions =
  (parts: ActionParts): Actions =>
  async (body) => {
    if (!isBody(body)) throw invalid(`The action ${ajv.errorsText(isBody.errors, { dataVar: 'body' })}.`);
    const action = Object.hasOwn(actions, body.action) ? actions[body.action] : undefined;
    if (!action)
      throw invalid(`There is no action ${body.action}; there are ${Object.keys(actions).join(', ')}.`);
    await refused(() => action(body, parts));
  };
