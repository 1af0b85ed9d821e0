import type { ControlRequest } from '@tripod/stack-client/protocol';

/** `delay-ms` → `delayMs`. */
const nameOf = (flag: string): string =>
  flag.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());

const parseValue = (text: string): string | number => (/^\d+$/.test(text) ? Number(text) : text);

/**
 * Turns a command as it is typed into the request that it sends to the stack: `slow api-2 --delay-ms 200` into
 * `{ command: 'slow', name: 'api-2', delayMs: 200 }`, and `scale api=5` into `{ command: 'scale', name: 'api', count: 5 }`.
 */
export const toControlRequest = (typed: string): ControlRequest => {
  const [command = '', ...words] = typed.split(' ');
  const request: Record<string, unknown> = { name: '' };
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at] ?? '';
    if (word.startsWith('--')) {
      at += 1;
      request[nameOf(word.slice(2))] = parseValue(words[at] ?? '');
      continue;
    }
    const [name, count] = word.split('=');
    request['name'] = name;
    if (count !== undefined) request['count'] = parseValue(count);
  }
  return { ...request, command };
};
