import type { Settings } from '@tripod/shared/config/settings';
import { type Claims, claimsSchema } from './limits.ts';

/** When a step begins, from the start of the load. It never begins before the steps of an earlier time have ended. */
type Timed = { readonly atMs: number };

/** A step that is a command of the stack, such as `kill api-2`. */
export type CommandStep = Timed & {
  /** What is typed behind `pnpm stack`. */
  readonly run: string;
  /** How long its fault lasts when the command does not wait for its end. Default 0. */
  readonly lastsMs?: number;
};

/** A step that is more load of the same scenario. */
export type SurgeStep = Timed & {
  /** Tasks per second that are added. */
  readonly surge: number;
  readonly lastsMs: number;
};

export type Step = CommandStep | SurgeStep;

/** Requests at a rate, whether or not earlier ones have ended. */
export type ExperimentLoad = {
  /** A file in the folder `scenarios` of the lab, without its ending. */
  readonly scenario: string;
  /** Tasks of the scenario that begin per second. */
  readonly rate: number;
  /** Most tasks at the same time; further ones are dropped. Default: four times the rate, from 64 to 512. */
  readonly connections?: number;
  /** How long the load lasts. It goes on after the last step as long as planned when a step takes longer. */
  readonly forMs: number;
  /** A request that takes longer has failed. Default 10000. */
  readonly timeoutMs?: number;
};

/** One way to run the system, where an experiment compares several. */
export type Variant = {
  readonly name: string;
  /** Settings that replace those of the lab. */
  readonly lab: Readonly<Record<string, unknown>>;
  /** Claims of this variant alone. */
  readonly hypothesis?: Claims;
};

/** What a file `labs/NAME/experiments/*.json` says. */
export type Experiment = {
  /** The name of the file without its ending. */
  readonly name: string;
  /** The name of the lab. */
  readonly labName: string;
  readonly title: string;
  readonly hypothesis: Claims;
  readonly proof: Claims;
  readonly load: ExperimentLoad;
  /** Commands of the stack that are run before the load. */
  readonly prepare: readonly string[];
  /** Most requests that our proxy has in flight to each copy. Default: no limit. */
  readonly maxInFlight?: number;
  readonly method: readonly Step[];
  /** Commands of the stack that undo the method. */
  readonly rollback: readonly string[];
  readonly explain: string;
  /** Settings that replace those of the lab. */
  readonly lab: Readonly<Record<string, unknown>>;
  /** Empty when the system runs in one way. */
  readonly variants: readonly Variant[];
};

const commandSchema = {
  type: 'string',
  pattern: '^[a-z][a-z-]*(?: [\\w=.-]+)*$',
  description: 'what is typed behind pnpm stack, such as kill api-2',
} as const;

const msSchema = {
  type: 'integer',
  minimum: 0,
  maximum: 600_000,
  description: 'a whole number of milliseconds from 0 to 600000',
} as const;

const labSchema = {
  type: 'object',
  description: 'an object with settings of lab.json',
} as const;

/** The keys of an experiment file. `labs/experiment.schema.json` is generated from them. */
export const experimentKeys = {
  $schema: { type: 'string', description: 'The schema by which an editor completes and checks this file' },
  title: {
    type: 'string',
    pattern: '^[^\\n]{1,120}$',
    shape: 'one line of 1 to 120 characters',
    description: 'What is done, in one line',
  },
  hypothesis: {
    type: 'structure',
    schema: claimsSchema,
    description: 'What must hold: figures of the result by their path, and their limits',
  },
  proof: {
    type: 'structure',
    schema: claimsSchema,
    description:
      'What shows that the fault took effect, in the same form; without it the result says nothing',
  },
  load: {
    type: 'structure',
    schema: {
      type: 'object',
      additionalProperties: false,
      required: ['scenario', 'rate', 'forMs'],
      properties: {
        scenario: {
          type: 'string',
          pattern: '^[a-z0-9-]+$',
          description: 'the name of a file in the folder scenarios of the lab',
        },
        rate: { type: 'integer', minimum: 1, maximum: 10_000, description: 'tasks that begin per second' },
        connections: {
          type: 'integer',
          minimum: 1,
          maximum: 10_000,
          description: 'the most tasks at the same time; further ones are dropped',
        },
        forMs: { ...msSchema, minimum: 1000, description: 'a duration of 1000 to 600000 milliseconds' },
        timeoutMs: {
          ...msSchema,
          minimum: 1,
          description: 'the milliseconds after which a request has failed',
        },
      },
      description: 'an object with scenario, rate and forMs',
    },
    description: 'The load: requests at a rate, whether or not earlier ones have ended',
  },
  method: {
    type: 'structure',
    schema: {
      type: 'array',
      minItems: 1,
      items: {
        type: 'object',
        additionalProperties: false,
        required: ['atMs'],
        oneOf: [
          { required: ['run'], properties: { run: true } },
          { required: ['surge'], properties: { surge: true } },
        ],
        dependencies: { surge: ['lastsMs'] },
        properties: {
          atMs: msSchema,
          run: commandSchema,
          surge: {
            type: 'integer',
            minimum: 1,
            maximum: 10_000,
            description: 'tasks per second that are added to the load',
          },
          lastsMs: msSchema,
        },
        description: 'an object with atMs and run, or with atMs, surge and lastsMs',
      },
      description: 'a list of one step or more',
    },
    description: 'The commands of the stack that are run, and when, from the start of the load',
  },
  prepare: {
    type: 'structure',
    schema: { type: 'array', items: commandSchema, description: 'a list of commands of the stack' },
    description: 'The commands of the stack that are run before the load',
  },
  maxInFlight: {
    type: 'integer',
    minimum: 1,
    maximum: 10_000,
    description: 'Most requests that our proxy has in flight to each copy; default: no limit',
  },
  rollback: {
    type: 'structure',
    schema: { type: 'array', items: commandSchema, description: 'a list of commands of the stack' },
    description: 'The commands of the stack that undo the method; they also run after Ctrl-C',
  },
  explain: {
    type: 'string',
    pattern: '^[^\\n]{1,600}$',
    shape: 'one line of 1 to 600 characters',
    description: 'Why it happens, in two sentences',
  },
  lab: {
    type: 'structure',
    schema: labSchema,
    description: 'Settings that replace those of lab.json; a null removes one',
  },
  variants: {
    type: 'structure',
    schema: {
      type: 'array',
      minItems: 2,
      items: {
        type: 'object',
        additionalProperties: false,
        required: ['name', 'lab'],
        properties: {
          name: { type: 'string', pattern: '^[\\w-]+$', description: 'a name of letters, digits and dashes' },
          lab: labSchema,
          hypothesis: claimsSchema,
        },
        description: 'an object with a name and settings',
      },
      description: 'a list of two variants or more',
    },
    description: 'Ways to run the system that are compared, such as the policies of the proxy',
  },
} as const satisfies Settings;

/** Keys that each file must have. */
export const requiredExperimentKeys = [
  'title',
  'hypothesis',
  'proof',
  'load',
  'method',
  'rollback',
  'explain',
] as const;
