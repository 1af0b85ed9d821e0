export type LogLevel = 'info' | 'warn' | 'error';
export type LogFields = Readonly<Record<string, unknown>>;

/** One event: when (ms since 1970), how bad, who says it, what, and its particulars. */
export type LogEvent = {
  readonly timeMs: number;
  readonly level: LogLevel;
  readonly name: string;
  readonly message: string;
  readonly fields: LogFields;
};

const colours: Readonly<Record<LogLevel | 'faint' | 'name', string>> = {
  info: '\u001b[32m',
  warn: '\u001b[33m',
  error: '\u001b[31m',
  faint: '\u001b[2m',
  name: '\u001b[36m',
};
const plain = '\u001b[0m';

const unencodable = '(not JSON)';

/** Error → its message chain and stack as data: JSON.stringify alone would print {}. */
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

/** As JSON; a value that JSON can not hold, such as a circular one, must not throw where a failure is being logged. */
const encode = (value: unknown): string | undefined => {
  try {
    return JSON.stringify(value, serialise);
  } catch {
    return undefined;
  }
};

/** One JSON object on one line. */
export const formatJson = (event: LogEvent): string => {
  const { timeMs, level, name, message, fields } = event;
  const facts = { time: new Date(timeMs).toISOString(), level, name, message };
  return `${encode({ ...facts, ...fields }) ?? encode({ ...facts, fields: unencodable })}\n`;
};

/** Control characters (but tab) would let a request draw on the reader's terminal. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is being removed
const unprintable = /[\u0000-\u0008\u000a-\u001f\u007f-\u009f]/g;

const textOf = (value: unknown): string => {
  if (value instanceof Error) {
    return value.cause === undefined ? value.message : `${value.message} (${textOf(value.cause)})`;
  }
  return typeof value === 'string' ? value : (encode(value) ?? unencodable);
};

const show = (value: unknown): string => textOf(value).replace(unprintable, '\ufffd');

const clockTime = (timeMs: number): string => new Date(timeMs).toTimeString().slice(0, 8);

/** A short line for people: time, name, message, fields; `colour` false leaves the escape codes out. */
export const formatText = (event: LogEvent, colour: boolean): string => {
  const paint = (code: string, text: string): string => (colour ? `${code}${text}${plain}` : text);
  const fields = Object.entries(event.fields)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => paint(colours.faint, `${key}=${show(value)}`));
  const level = event.level === 'info' ? [] : [paint(colours[event.level], event.level)];
  const parts = [
    paint(colours.faint, clockTime(event.timeMs)),
    paint(colours.name, event.name),
    ...level,
    show(event.message),
    ...fields,
  ];
  return `${parts.join(' ')}\n`;
};
