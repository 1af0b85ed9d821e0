/**
 * One setting of a service, as a JSON Schema fragment with what the command line needs beside it. Its name is
 * spelled three ways: `healthIntervalMs` in code, `--health-interval-ms` as a flag, `HEALTH_INTERVAL_MS` in the
 * environment.
 */
export type Setting = {
  readonly type: 'string' | 'integer' | 'boolean' | 'array' | 'structure';
  /** The text next to the flag in `--help`. For a boolean that is on by default, it describes what `--no-…` does. */
  readonly description: string;
  readonly default?: string | number | boolean | readonly string[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly enum?: readonly string[];
  readonly pattern?: string;
  readonly minLength?: number;
  readonly items?: { readonly type: 'string'; readonly pattern?: string };
  /** Separator of list items in a flag or variable. Default `,`. A flag may also be repeated. */
  readonly separator?: string;
  /** The format of a value in words, where the text derived from the schema would be unclear. */
  readonly shape?: string;
  /**
   * Further checks of a value that the schema allows. Each problem continues a sentence that begins with the setting's
   * name: "must be …, and is …".
   */
  readonly problems?: (value: never) => readonly string[];
  /** The placeholder of the value in `--help`. */
  readonly placeholder?: string;
  /** `false` for a name that already has another meaning in the environment (`PATH`). */
  readonly environment?: false;
  /** Never printed, and taken from the environment or a file only: argv is visible in process lists. */
  readonly secret?: true;
  /**
   * The JSON Schema of a structure, which can be given only in a config file. A `description` in the schema becomes
   * "must be …" in the message about that place.
   */
  readonly schema?: Readonly<Record<string, unknown>>;
  /** Further checks of a structure that its schema allows. */
  readonly faults?: (value: never) => readonly StructureFault[];
  /** The flat setting that is the short form of this structure. Its flag and its variable override the structure. */
  readonly insteadOf?: string;
  /** A path, or a list of paths. A relative one is resolved against the working directory, or in a config file against its folder. */
  readonly path?: true;
};

/** One fault in a structure: a JSON pointer relative to the structure (`/0/prefix`), and the problem. */
export type StructureFault = { readonly pointer: string; readonly problem: string };

export type Settings = Readonly<Record<string, Setting>>;

type ValueOf<S extends Setting> = S['type'] extends 'structure'
  ? unknown
  : S['type'] extends 'integer'
    ? number
    : S['type'] extends 'boolean'
      ? boolean
      : S['type'] extends 'array'
        ? readonly string[]
        : S extends { readonly enum: readonly (infer E)[] }
          ? E
          : string;

/** The frozen configuration that a set of settings describes. A setting without a default may be undefined. */
export type ConfigOf<S extends Settings> = {
  readonly [K in keyof S]: S[K] extends { readonly default: string | number | boolean | readonly string[] }
    ? ValueOf<S[K]>
    : ValueOf<S[K]> | undefined;
};

/** `healthIntervalMs` → `--health-interval-ms`. */
export const flagOf = (name: string): string =>
  `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;

/** Whether a setting has a flag. Secrets would be visible in process lists; structures are too large for a flag. */
export const hasFlag = ({ secret, type }: Setting): boolean => !secret && type !== 'structure';

/** Whether a setting can be given by an environment variable. */
export const hasVariable = ({ environment, type }: Setting): boolean =>
  environment !== false && type !== 'structure';

/** Returns the flag as it is typed: `--no-metrics` for a boolean that is on by default. */
export const typedFlagOf = (name: string, setting: Setting): string =>
  setting.type === 'boolean' && setting.default === true ? flagOf(name).replace('--', '--no-') : flagOf(name);

/** `healthIntervalMs` → `HEALTH_INTERVAL_MS`. */
export const environmentOf = (name: string): string =>
  name.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase();

/** Returns the variable that has the effect of the typed flag: `METRICS=false` for `--no-metrics`. */
export const typedEnvironmentOf = (name: string, setting: Setting): string =>
  setting.type === 'boolean' && setting.default === true
    ? `${environmentOf(name)}=false`
    : environmentOf(name);

/** Describes the valid values of a setting in words: "a whole number from 0 to 65535". */
export const describeShape = (setting: Setting): string => {
  if (setting.shape) return setting.shape;
  if (setting.enum) return `one of ${setting.enum.join(', ')}`;
  switch (setting.type) {
    case 'integer': {
      if (setting.minimum !== undefined && setting.maximum !== undefined) {
        return `a whole number from ${setting.minimum} to ${setting.maximum}`;
      }
      if (setting.minimum !== undefined) return `a whole number of ${setting.minimum} or more`;
      return 'a whole number';
    }
    case 'boolean':
      return 'true or false';
    case 'array':
      return 'a list, separated by commas';
    case 'structure':
      return 'what its schema says';
    case 'string':
      return setting.minLength ? 'a text that is not empty' : 'a text';
  }
};

/** Returns the default as it would be written in a flag or variable; empty when the setting has none. */
export const defaultTextOf = ({ default: value, separator = ',' }: Setting): string =>
  Array.isArray(value) ? value.join(separator) : String(value ?? '');

/** Splits the text of a flag or variable into the items of a list. */
export const splitList = (setting: Setting, text: string): readonly string[] =>
  text.split(setting.separator ?? ',').map((item) => item.trim());
