export type LogLevel = 'info' | 'warn' | 'error';
export type LogFields = Readonly<Record<string, unknown>>;

/** One event: its time (ms since 1970), level, the name of the process that logs it, a message and its fields. */
export type LogEvent = {
  readonly timeMs: number;
  readonly level: LogLevel;
  readonly name: string;
  readonly message: string;
  readonly fields: LogFields;
};

/** How text lines look on a terminal. */
export type TextStyle = {
  /** Whether to write ANSI colour codes. */
  readonly colour: boolean;
  /** Width in characters to which names are padded, so that columns align. Default: no padding. */
  readonly nameWidth?: number;
};

/** SGR parameters (ECMA-48 8.3.117) of the colours in use. */
export const ansi = { green: 32, yellow: 33, red: 31, faint: 2 } as const;

const levelColours = { info: ansi.green, warn: ansi.yellow, error: ansi.red } as const;

/** The text in one colour, or as it is when `colour` is false. */
export const paint = (text: string, code: number, colour: boolean): string =>
  colour ? `\u001b[${code}m${text}\u001b[0m` : text;

const nameColours = [36, 35, 34, 33, 32, 96, 95, 94];

/** The colour of a name: always the same one for the same name. */
export const nameColourOf = (name: string): number => {
  let hash = 0;
  for (const letter of name) hash = (hash * 31 + letter.charCodeAt(0)) % 997;
  return nameColours[hash % nameColours.length] ?? 36;
};

const unencodable = '(not JSON)';

/** An error becomes data with its message, code, stack and cause; JSON.stringify alone would write {}. */
const serialise = (_key: string, value: unknown): unknown =>
  value instanceof Error
    ? {
        message: value.message,
        code: (value as NodeJS.ErrnoException).code,
        stack: value.stack,
        cause: value.cause,
      }
    : typeof value === 'bigint'
      ? value.toString()
      : value;

/** JSON text, or undefined for a value that JSON cannot hold: logging a failure must not throw. */
const encode = (value: unknown): string | undefined => {
  try {
    return JSON.stringify(value, serialise);
  } catch {
    return undefined;
  }
};

/** One JSON object on one line, with its line end. */
export const formatJson = (event: LogEvent): string => {
  const { timeMs, level, name, message, fields } = event;
  const facts = { time: new Date(timeMs).toISOString(), level, name, message };
  return `${encode({ ...facts, ...fields }) ?? encode({ ...facts, fields: unencodable })}\n`;
};

/** Control characters except tab. From a request they would otherwise reach the terminal of the log's reader. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is being removed
const unprintable = /[\u0000-\u0008\u000a-\u001f\u007f-\u009f]/g;

/** Replaces each control character by U+FFFD. */
export const replaceControls = (text: string): string => text.replace(unprintable, '\ufffd');

const textOf = (value: unknown): string => {
  if (value instanceof Error) {
    return value.cause === undefined ? value.message : `${value.message} (${textOf(value.cause)})`;
  }
  return typeof value === 'string' ? value : (encode(value) ?? unencodable);
};

/** The columns every text line begins with: local time of day (`14:03:59`) and name. */
export const formatLineStart = (
  timeMs: number,
  name: string,
  { colour, nameWidth = 0 }: TextStyle,
): string => {
  const time = paint(new Date(timeMs).toTimeString().slice(0, 8), ansi.faint, colour);
  return `${time} ${paint(replaceControls(name).padEnd(nameWidth), nameColourOf(name), colour)}`;
};

/** A short line for people, with its line end: time, name, level unless it is info, message, fields as `key=value`. */
export const formatText = (event: LogEvent, style: TextStyle): string => {
  const { colour } = style;
  const fields = Object.entries(event.fields)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => paint(`${key}=${replaceControls(textOf(value))}`, ansi.faint, colour));
  const level = event.level === 'info' ? [] : [paint(event.level, levelColours[event.level], colour)];
  const start = formatLineStart(event.timeMs, event.name, style);
  return `${[start, ...level, replaceControls(event.message), ...fields].join(' ')}\n`;
};
