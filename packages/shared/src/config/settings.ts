/**
 * One setting of a service, as a JSON Schema fragment with what the command line needs beside it. Its name is
 * spelled three ways: `healthIntervalMs` in code, `--health-interval-ms` as a flag, `HEALTH_INTERVAL_MS` in the
 * environment.
 */
export type Setting = {
  readonly type: 'string' | 'integer' | 'boolean' | 'array' | 'structure';
  /** Stands beside the flag as it is typed: of a boolean that is on by default it says what `--no-…` does. */
  readonly description: string;
  readonly default?: string | number | boolean | readonly string[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly enum?: readonly string[];
  readonly pattern?: string;
  readonly minLength?: number;
  readonly items?: { readonly type: 'string'; readonly pattern?: string };
  /** Between the items of a list in a flag or variable. Default `,`. A flag may also be repeated. */
  readonly separator?: string;
  /** What a value must look like, in words, where the schema alone would explain itself badly. */
  readonly shape?: string;
  /**
   * What is wrong with a value that the schema allows; each goes on from the setting's name: "must be …, and is …".
   * Given the value in its type.
   */
  readonly problems?: (value: never) => readonly string[];
  /** The word in `--help` that stands for the value. */
  readonly placeholder?: string;
  /** `false` for a name that the system already uses for something else (`PATH`). */
  readonly environment?: false;
  /** Never printed, and taken from the environment or a file only: argv is visible in process lists. */
  readonly secret?: true;
  /**
   * Of a structure, which only a config file can say: the JSON Schema of its value. A `description` in it stands for
   * "must be …" in the message about that place.
   */
  readonly schema?: Readonly<Record<string, unknown>>;
  /** Of a structure: what is wrong with a value that its schema allows. */
  readonly faults?: (value: never) => readonly StructureFault[];
  /** Of a structure: the flat setting that says the same with less. Its flag and its variable win over the structure. */
  readonly insteadOf?: string;
  /** A file or folder: relative ones hold from where the command was typed (in a config file: from that file). */
  readonly path?: true;
};

/** One fault within a structure: a JSON pointer that begins at the structure (`/0/prefix`), and what is wrong there. */
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

/** Whether it can be typed: secrets would be seen in process lists, structures are too much for a command line. */
export const hasFlag = ({ secret, type }: Setting): boolean => !secret && type !== 'structure';

/** Whether it can be said by a variable. */
export const hasVariable = ({ environment, type }: Setting): boolean =>
  environment !== false && type !== 'structure';

/** The flag as it is typed: `--metrics`, which is on by default, can only be switched off, by `--no-metrics`. */
export const typedFlagOf = (name: string, setting: Setting): string =>
  setting.type === 'boolean' && setting.default === true ? flagOf(name).replace('--', '--no-') : flagOf(name);

/** `healthIntervalMs` → `HEALTH_INTERVAL_MS`. */
export const environmentOf = (name: string): string =>
  name.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase();

/** The variable that does what the typed flag does: `METRICS=false` for `--no-metrics`. */
export const typedEnvironmentOf = (name: string, setting: Setting): string =>
  setting.type === 'boolean' && setting.default === true
    ? `${environmentOf(name)}=false`
    : environmentOf(name);

/** What a value of this setting must be, in words: "a whole number from 0 to 65535". */
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

/** The default as it would stand in a flag or variable; empty when there is none. */
export const defaultTextOf = ({ default: value, separator = ',' }: Setting): string =>
  Array.isArray(value) ? value.join(separator) : String(value ?? '');

/** The items of a list as they stand in one flag or variable. */
export const splitList = (setting: Setting, text: string): readonly string[] =>
  text.split(setting.separator ?? ',').map((item) => item.trim());
