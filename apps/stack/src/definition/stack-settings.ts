import { configFileSetting, portSetting } from '@tripod/shared/config/service-settings';
import {
  type ConfigOf,
  flagOf,
  type Setting,
  type Settings,
  type StructureFault,
} from '@tripod/shared/config/settings';
import { findRouteFaults, type Route, routesSchema } from '../balancer/route.ts';
import { type Budget, budgetSchema } from '../budget/budget.ts';
import type { AnyService } from './service-definition.ts';

/** Largest number of copies of one service. */
export const maxCopies = 16;

/**
 * The port of a service. Settings of the stack cannot come from the environment, because a variable such as PORT that
 * is set for another program would then reach it.
 */
export const stackPort = (port: number, description: string) =>
  ({ ...portSetting(port), minimum: 1, environment: false, description }) as const;

/** The API and the server of its pages share this setting. */
export const apiPortSetting = stackPort(
  8081,
  'Port of the first copy of the API; the others take the next free ones',
);

/** The number of copies of a service. */
export const copiesSetting = (count: number, description: string) =>
  ({
    type: 'integer',
    minimum: 0,
    maximum: maxCopies,
    default: count,
    environment: false,
    description,
  }) as const;

/** The state folder of a checkout, which holds the embedded Postgres of all its labs. */
export const checkoutStateDir = (checkout: string): string => `${checkout}/.tripod`;

/** Where a stack keeps everything. One stack runs per folder. */
export const stateDirSetting = (checkout: string) =>
  ({
    type: 'string',
    minLength: 1,
    path: true,
    default: checkoutStateDir(checkout),
    placeholder: 'folder',
    environment: false,
    description:
      'Folder for the database, the logs and the state; one stack runs per folder. Labs other than the gallery have folders in .tripod/labs',
  }) as const;

const flagValueSchema = {
  not: { type: 'object' },
  description: 'a text, a number, true, false or a list',
} as const;

/** Settings that belong to no service. */
const commonSettings = (checkout: string, services: readonly AnyService[]) => {
  const names = services.map(({ name }) => name);
  const pools = services.flatMap(({ pool }) => pool?.name ?? []);
  return {
    config: configFileSetting,
    stateDir: stateDirSetting(checkout),
    services: {
      type: 'array',
      default: names,
      environment: false,
      placeholder: 'names',
      description: 'Services to start, among those that the other settings ask for',
      problems: (wanted: readonly string[]) =>
        wanted
          .filter((name) => !names.includes(name))
          .map((name) => `must name services among ${names.join(', ')}, and names ${JSON.stringify(name)}`),
    },
    allLines: {
      type: 'boolean',
      default: false,
      environment: false,
      description:
        'On a terminal: also show the request lines of the servers behind the proxy, which are in their logs',
    },
    addresses: {
      type: 'structure',
      description: 'Addresses of the system for the ready screen: a label and a path each',
      schema: {
        type: 'object',
        description: 'an object with labels',
        additionalProperties: {
          type: 'string',
          pattern: '^/[^\\s]*$',
          description: 'a path that begins with a slash',
        },
      },
    },
    routes: {
      type: 'structure',
      description:
        'Path prefixes, or exact paths, and the pools that serve them; default: one prefix per pool',
      schema: routesSchema,
      faults: (routes: readonly Route[]) => findRouteFaults(routes, pools),
    },
    budget: {
      type: 'structure',
      description: 'What all processes together may use, and the share of each service in it',
      schema: budgetSchema,
    },
    serviceFlags: {
      type: 'structure',
      description: 'Further flags of the services: a service and, by their names in code, its settings',
      schema: {
        type: 'object',
        description: 'an object with the names of services',
        additionalProperties: {
          type: 'object',
          description: 'an object with the settings of a service',
          additionalProperties: flagValueSchema,
        },
      },
      faults: (flags: object): readonly StructureFault[] =>
        Object.keys(flags)
          .filter((name) => !names.includes(name))
          .map((name) => ({ pointer: `/${name}`, problem: `must be one of ${names.join(', ')}` })),
    },
  } as const satisfies Settings;
};

type FlagValue = string | number | boolean | readonly string[];

/** Values of all settings of a stack, by their names. */
export type StackConfig = Omit<
  ConfigOf<ReturnType<typeof commonSettings>>,
  'addresses' | 'budget' | 'routes' | 'serviceFlags'
> & {
  readonly addresses?: Readonly<Record<string, string>>;
  readonly budget?: Budget;
  readonly routes?: readonly Route[];
  readonly serviceFlags?: Readonly<Record<string, Readonly<Record<string, FlagValue>>>>;
} & Readonly<Record<string, unknown>>;

/**
 * The settings of `stack up`: those of its services, in their order, and the common ones. Throws an Error when two
 * services define one name in different ways.
 */
export const stackSettings = (services: readonly AnyService[], checkout: string): Settings => {
  const settings: Record<string, Setting> = {};
  for (const service of services) {
    for (const [name, setting] of Object.entries(service.settings({ checkout }))) {
      const known = settings[name];
      if (known !== undefined && known !== setting) {
        throw new Error(`The setting ${name} of ${service.name} has another definition elsewhere.`);
      }
      settings[name] = setting;
    }
  }
  return { ...settings, ...commonSettings(checkout, services) };
};

/** Further flags of a service as arguments: `{ poolSize: 5 }` becomes `--pool-size 5`. */
export const serviceArguments = (config: StackConfig, service: string): readonly string[] =>
  Object.entries(config.serviceFlags?.[service] ?? {}).flatMap(([name, value]) => {
    const flag = flagOf(name);
    if (value === true) return [flag];
    if (value === false) return [flag.replace('--', '--no-')];
    return [flag, Array.isArray(value) ? value.join(',') : `${value}`];
  });

/** The Redis of the user, for sessions, keys and jobs. */
export const stateUrlSetting = {
  type: 'string',
  pattern: '^rediss?://',
  shape: 'an address that begins with redis:// or rediss://',
  secret: true,
  description: 'A Redis of your own for sessions, keys and jobs; it wins over --state',
} as const;

/** The database of the user. Without it the stack uses the embedded Postgres. */
export const databaseUrlSetting = {
  type: 'string',
  pattern: '^postgres(ql)?://',
  shape: 'an address that begins with postgres://',
  secret: true,
  description: 'A Postgres server of your own; without it the embedded one is started',
} as const;
