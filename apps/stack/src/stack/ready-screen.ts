import { paint } from '@tripod/shared/logging/log-line';
import type { StackReport } from './report-stack.ts';

const bold = 1;

/** The lines that a person sees on a terminal when all services are ready: addresses, and what to type next. */
export const formatReadyScreen = (
  { addresses, processes, scalable: [scalable] }: StackReport,
  { stopCommand, colour }: { readonly stopCommand: string; readonly colour: boolean },
): string => {
  const copies = processes.filter(({ service }) => service === scalable);
  // Not the first copy: the others then show more clearly that they take over.
  const target = copies[1] ?? copies[0];
  const rows: readonly (readonly [string, string])[] = [
    ...addresses.map(([label, address], index): readonly [string, string] => [
      label,
      index === 0 ? paint(address, bold, colour) : address,
    ]),
    ['', ''],
    ['Look', 'pnpm stack ps'],
    ...(scalable === undefined ? [] : [['Scale', `pnpm stack scale ${scalable}=5`] as const]),
    ...(target === undefined ? [] : [['Break', `pnpm stack kill ${target.name}`] as const]),
    ['Logs', 'pnpm stack logs -f'],
    ['Stop', stopCommand],
  ];
  const width = Math.max(...rows.map(([label]) => label.length)) + 2;
  return `\n${rows.map(([label, text]) => `  ${label.padEnd(width)}${text}`.trimEnd()).join('\n')}\n\n`;
};
