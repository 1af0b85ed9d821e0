import type { Settings } from '@tripod/shared/config/settings';
import type { StackEvent } from '@tripod/stack-client/reading';
import type { CommandClient, CommandDefinition } from '../command/command-definition.ts';
import { settingsIn } from '../command/fault-command.ts';
import { formatReadings } from '../output/format-readings.ts';

const settings = {
  intervalMs: {
    type: 'integer',
    minimum: 100,
    maximum: 60_000,
    default: 1000,
    environment: false,
    description: 'Time between two samples',
  },
} as const satisfies Settings;

const shownEvents = 8;

/** Prints each sample in place of the last one, with the latest events below it. */
const showOnTerminal = async ({ watch, print, colour }: CommandClient, intervalMs: number): Promise<void> => {
  const events: StackEvent[] = [];
  let shownLines = 0;
  await watch({
    intervalMs,
    onReading: (reading) => {
      if (reading.type === 'event') {
        events.push(reading);
        if (events.length > shownEvents) events.shift();
        return;
      }
      const lines = formatReadings(reading, events, colour);
      // Up to the first line of the last block, and clear to the end of the screen.
      const back = shownLines === 0 ? '' : `\u001b[${shownLines}A\u001b[J`;
      print(`${back}${lines.join('\n')}`);
      shownLines = lines.length;
    },
  });
};

/** `stack watch`: a sample each interval, and each event as it happens. */
export const watch: CommandDefinition = {
  name: 'watch',
  description: () => 'Show the figures of every process once a second, and what happens: NDJSON in a pipe',
  example: ['watch', 'requests, latencies, CPU, memory and event loop of each copy, until Ctrl-C'],
  settings: () => settings,
  run: (client, { config }) => {
    const intervalMs = Number(config['intervalMs']);
    if (client.isTerminal) return showOnTerminal(client, intervalMs);
    return client.watch({ intervalMs, onReading: (reading) => client.print(JSON.stringify(reading)) });
  },
  serve: {
    always: true,
    answer: ({ stack, send, gone }, request) =>
      stack.readings.watch({ ...settingsIn(settings, request), send, gone }),
  },
};
