import { flatten } from '../text/flatten.ts';
import { formatRequestText } from './request-text.ts';

/** One answered request, as every server logs it. A field that a server does not know is left out. */
export type RequestLine = {
  readonly method: string;
  /** The request target as the client sent it. */
  readonly url: string;
  readonly status: number;
  /** Length of the body as sent. */
  readonly bytes: number;
  readonly durationMs: number;
  /** From `requestIdOf`: no character in it needs escaping. */
  readonly requestId: string;
  /** The error code of the answer, when the server itself made it. */
  readonly code?: string | undefined;
  readonly protocol?: string | undefined;
  /** The client's address. */
  readonly client?: string | undefined;
  readonly userAgent?: string | undefined;
  readonly referer?: string | undefined;
  /** The upstreams that were tried, their statuses and durations: comma-separated lists in the order of the tries. */
  readonly upstream?: string | undefined;
  readonly upstreamStatus?: string | undefined;
  readonly upstreamMs?: string | undefined;
  readonly tries?: number | undefined;
};

/** Formats one line, with its line end, for a request that ended at `timeMs` (since 1970). */
export type RequestFormat = (line: RequestLine, timeMs: number) => string;

const plainText = /^[\x20\x21\x23-\x5b\x5d-\x7e]*$/;

/** Like JSON.stringify, at a third of its cost for plain ASCII text. */
const quote = (text: string): string => (plainText.test(text) ? flatten(`"${text}"`) : JSON.stringify(text));

/** Milliseconds with at most two decimals: 2.4, 17. */
export const formatMs = (ms: number): string => {
  const hundredths = Math.round(ms * 100);
  const rest = hundredths % 100;
  const whole = (hundredths - rest) / 100;
  if (rest === 0) return `${whole}`;
  if (rest % 10 === 0) return `${whole}.${rest / 10}`;
  return rest < 10 ? `${whole}.0${rest}` : `${whole}.${rest}`;
};

/** Caches the text of the current step, because many lines fall into the same millisecond or second. */
const cachePerStep = (stepMs: number, make: (timeMs: number) => string): ((timeMs: number) => string) => {
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

/** One JSON object a line, with the fields of an event. Built by hand because it is written for every request. */
export const createJsonRequestFormat = (name: string): RequestFormat => {
  const start = cachePerStep(1, (timeMs) => {
    const time = new Date(timeMs).toISOString();
    return flatten(`{"time":"${time}","level":"info","name":${JSON.stringify(name)},"message":`);
  });
  let lastUrl = '';
  let lastMethod = '';
  let lastMessage = '';
  return (line, timeMs) => {
    // Consecutive requests often have the same method and URL.
    if (line.url !== lastUrl || line.method !== lastMethod) {
      lastUrl = line.url;
      lastMethod = line.method;
      lastMessage = quote(`${lastMethod} ${lastUrl}`);
    }
    const { status, bytes, code, client, upstream, upstreamStatus = '', upstreamMs = '', tries } = line;
    let text = `${start(timeMs)}${lastMessage},"status":${status},"durationMs":${formatMs(line.durationMs)},"bytes":${bytes},"requestId":"${line.requestId}"`;
    if (code !== undefined) text += `,"code":"${code}"`;
    if (client !== undefined) text += `,"client":"${client}"`;
    if (upstream !== undefined) {
      text += `,"upstream":"${upstream}","upstreamStatus":"${upstreamStatus}","upstreamMs":"${upstreamMs}","tries":${tries}`;
    }
    return `${text}}\n`;
  };
};

/** A short line for people; see `formatRequestText`. */
export const createTextRequestFormat =
  (name: string, colour: boolean): RequestFormat =>
  ({ method, url, status, durationMs, upstream, code }, timeMs) =>
    formatRequestText({ timeMs, name, method, url, status, durationMs, upstream, code }, { colour });

/** Escapes quotes, backslashes and unprintable characters as nginx does: `\x22`. */
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
 * The combined log format of web servers, followed by the fields that nginx users commonly add: rt (total seconds),
 * ua, us and ut (upstreams, their statuses and seconds) and the request id.
 */
export const createCombinedRequestFormat = (): RequestFormat => {
  const time = cachePerStep(1000, commonTime);
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
