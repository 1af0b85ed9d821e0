import type { LogSink } from '@tripod/shared/logging/log-sink';
import type { LineFormat } from '../output/show-line.ts';
import type { RunningStack } from '../start-stack.ts';

export type ReadyContext = {
  readonly sink: LogSink;
  readonly lineFormat: LineFormat;
  readonly durationMs: number;
  /** `ready`, or what is wrong though all was started. */
  readonly summary: string;
};

const bold = (text: string, colour: boolean): string => (colour ? `\u001b[1m${text}\u001b[0m` : text);

/** Says that all serves: addresses and what to type next on a terminal, one event in a pipe. */
export const showReady = ({ stack, output }: RunningStack, context: ReadyContext): void => {
  const { sink, lineFormat, durationMs, summary } = context;
  const { url, config, copies } = stack;
  const ports = copies.all.map(({ spec }) => spec.port);
  const admin = config.proxy === 'nginx' ? undefined : `http://127.0.0.1:${config.adminPort}`;
  output.event(summary === 'ready' ? 'info' : 'warn', summary, {
    url,
    ...(lineFormat.format === 'json' ? { admin, staticPort: config.staticPort, apiPorts: ports } : {}),
    proxy: config.proxy,
    durationMs: Math.round(durationMs),
  });
  if (lineFormat.format === 'json') return;
  const victim = copies.all[1] ?? copies.all[0];
  const rows: readonly (readonly [string, string])[] = [
    ['Gallery', bold(`${url}/`, lineFormat.colour)],
    ['API', `${url}/api/images.json`],
    ['Copies', ports.length === 0 ? 'none' : ports.map((port) => `http://127.0.0.1:${port}`).join('  ')],
    ['Static', `http://127.0.0.1:${config.staticPort}/`],
    ...(admin ? [['Admin', `${admin}/pools`] as const] : []),
    ['', ''],
    ['Look', 'pnpm stack ps'],
    ['Scale', 'pnpm stack scale api=5'],
    ...(victim ? [['Break', `pnpm stack kill ${victim.name}`] as const] : []),
    ['Stop', 'Ctrl-C'],
  ];
  sink.add(`\n${rows.map(([title, text]) => `  ${title.padEnd(9)}${text}`.trimEnd()).join('\n')}\n\n`);
};
