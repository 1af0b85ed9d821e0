import { flatten } from '../text/flatten.ts';
import { formatText } from './log-line.ts';

/** One answered request, as every server logs it; what a server does not know it leaves out. */
export type RequestLine = {
  readonly method: string;
  /** As the client asked. */
  readonly url: string;
  readonly status: number;
  /** Of the body, as sent. */
  readonly bytes: number;
  readonly durationMs: number;
  /** As `requestIdOf` gives it: nothing in it needs to be escaped. */
  readonly requestId: string;
  /** The error of ours that was answered, by its code. */
  readonly code?: string | undefined;
  readonly protocol?: string | undefined;
  /** Address of the client. */
  readonly client?: string | undefined;
  readonly userAgent?: string | undefined;
  readonly referer?: string | undefined;
  /** Every upstream that was tried, what came of it and how long it took, each list in the order of the tries. */
  readonly upstream?: string | undefined;
  readonly upstreamStatus?: string | undefined;
  readonly upstreamMs?: string | undefined;
  readonly tries?: number | undefined;
};

/** Makes one line, with its line end, of a request that ended at `timeMs` (since 1970). */
export type RequestFormat = (line: RequestLine, timeMs: number) => string;

const plainText = /^[\x20\x21\x23-\x5b\x5d-\x7e]*$/;

/** JSON.stringify for texts that are mostly plain, for a third of its price. */
const quote = (text: string): string => (plainText.test(text) ? flatten(`"${text}"`) : JSON.stringify(text));

/** Milliseconds with two digits after the point, as few as needed: 2.4, 17. */
export const formatMs = (ms: number): string => {
  const hundredths = Math.round(ms * 100);
  const rest = hundredths % 100;
  const whole = (hundredths - rest) / 100;
  if (rest === 0) return `${whole}`;
  if (rest % 10 === 0) return `${whole}.${rest / 10}`;
  return rest < 10 ? `${whole}.0${rest}` : `${whole}.${rest}`;
};

/** Many lines fall into the same millisecond, or second: its text is made once. */
const remember = (stepMs: number, make: (timeMs: number) => string): ((timeMs: number) => string) => {
  let lastStep = Number.NaN;
  let text = '';
  return (timeMs) => {
    const step = Math.floor(timeMs / stepMs);
    if (step !== lastStep) {
      lastStep = step;
      text = make(timeMs);
    }
    return text;
  };
};

/** One JSON object a line, with the same fields as an event. Built by hand: it is written for every request. */
export const createJsonRequestFormat = (name: string): RequestFormat => {
  const begin = remember(1, (timeMs) => {
    const time = new Date(timeMs).toISOString();
    return flatten(`{"time":"${time}","level":"info","name":${JSON.stringify(name)},"message":`);
  });
  let lastUrl = '';
  let lastMethod = '';
  let lastMessage = '';
  return (line, timeMs) => {
    // Requests for the same come in crowds.
    if (line.url !== lastUrl || line.method !== lastMethod) {
      lastUrl = line.url;
      lastMethod = line.method;
      lastMessage = quote(`${lastMethod} ${lastUrl}`);
    }
    const { status, bytes, code, client, upstream, upstreamStatus = '', upstreamMs = '', tries } = line;
    let text = `${begin(timeMs)}${lastMessage},"status":${status},"durationMs":${formatMs(line.durationMs)},"bytes":${bytes},"requestId":"${line.requestId}"`;
    if (code !== undefined) text += `,"code":"${code}"`;
    if (client !== undefined) text += `,"client":"${client}"`;
    if (upstream !== undefined) {
      text += `,"upstream":"${upstream}","upstreamStatus":"${upstreamStatus}","upstreamMs":"${upstreamMs}","tries":${tries}`;
    }
    return `${text}}\n`;
  };
};

/** A short line for people. */
export const createTextRequestFormat =
  (name: string, colour: boolean): RequestFormat =>
  (line, timeMs) => {
    const { method, url, durationMs, protocol: _, userAgent: __, referer: ___, ...facts } = line;
    const { status, ...others } = facts;
    const fields = { status, durationMs: formatMs(durationMs), ...others };
    return formatText({ timeMs, level: 'info', name, message: `${method} ${url}`, fields }, colour);
  };

/** As nginx writes what could end a quoted field or draw on a terminal: `\x22`. */
const escapeField = (text: string): string =>
  plainText.test(text)
    ? text
    : text.replace(
        /[^\x20\x21\x23-\x5b\x5d-\x7e]/g,
        (character) => `\\x${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`,
      );

const months = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ');

const commonTime = (timeMs: number): string => {
  const [date = '', time = ''] = new Date(timeMs).toISOString().split('T');
  const [year, month, day] = date.split('-');
  return `${day}/${months[Number(month) - 1]}/${year}:${time.slice(0, 8)} +0000`;
};

/**
 * The combined log format, which tools for the logs of web servers read, followed by what nginx users add to it: rt
 * (seconds in all), ua, us and ut (upstreams, their statuses and seconds) and the request id.
 */
export const createCombinedRequestFormat = (): RequestFormat => {
  const time = remember(1000, commonTime);
  const seconds = (milliseconds: string): string =>
    milliseconds
      .split(', ')
      .map((ms) => (Number(ms) / 1000).toFixed(3))
      .join(', ');
  return (line, timeMs) => {
    const {
      client = '-',
      method,
      url,
      protocol = 'HTTP/1.1',
      status,
      bytes,
      referer = '-',
      userAgent = '-',
    } = line;
    const asked = escapeField(`${method} ${url} ${protocol}`);
    const tried =
      line.upstream === undefined
        ? ''
        : ` ua="${line.upstream}" us="${line.upstreamStatus}" ut="${seconds(line.upstreamMs ?? '0')}"`;
    return `${client} - - [${time(timeMs)}] "${asked}" ${status} ${bytes} "${escapeField(referer)}" "${escapeField(userAgent)}" rt=${(line.durationMs / 1000).toFixed(3)}${tried} id=${line.requestId}\n`;
  };
};
