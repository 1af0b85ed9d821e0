/**
 * A process that writes numbered lines through the log sink to its stdout: `LINES LENGTH [stay]`. It then flushes and
 * says on stderr how many were dropped; with `stay` it first waits for a line on stdin.
 */
import { createLogSink } from '@tripod/shared/logging/log-sink';

const [lines = 0, length = 0] = process.argv.slice(2, 4).map(Number);
const stays = process.argv[4] === 'stay';
// As runCli does: touching process.stdout makes a pipe non-blocking.
process.stdout.on('error', () => undefined);
const sink = createLogSink(1);
for (let number = 0; number < lines; number += 1) sink.add(`${number} `.padEnd(length - 1, 'x').concat('\n'));
process.stderr.write('added\n');
const end = (): void => {
  sink.flush();
  process.stderr.write(`dropped ${sink.dropped()}\n`);
  process.exit(0);
};
if (stays) process.stdin.once('data', end);
else end();
