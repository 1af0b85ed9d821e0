import { pause } from '@tripod/shared/async/pause';
import { StartError } from '@tripod/shared/errors/start-error';
import type { RequestStop, StackHost } from '../command/stack-host.ts';
import type { StackConfig } from '../definition/stack-settings.ts';
import { formatReadyScreen } from '../stack/ready-screen.ts';
import { reportStack } from '../stack/report-stack.ts';
import type { Stack } from '../stack/stack.ts';
import { type RunningStack, startStack } from '../stack/start-stack.ts';
import { type AskedCopy, summarizeStart } from '../stack/summarize-start.ts';

/** pnpm passes Ctrl-C on a second time: two signals within this time count as one. */
const sameSignalMs = 300;
const killedCode = 130;
/** Services buffer their log lines for up to 100 ms; the ready screen comes after the lines of the start. */
const bufferedLinesMs = 200;

const copiesToAsk = ({ plan, supervisor }: Stack): readonly AskedCopy[] =>
  plan.services.flatMap(({ name, healthPath }) =>
    healthPath === undefined
      ? []
      : (supervisor.findGroup(name)?.ports ?? []).map((port) => ({ port, healthPath })),
  );

const showReady = async (
  { stack, output }: RunningStack,
  { dependencies }: StackHost,
  { durationMs, summary }: { readonly durationMs: number; readonly summary: string },
): Promise<void> => {
  const { lineFormat, sink } = dependencies;
  const report = await reportStack(stack, dependencies);
  const ports = Object.fromEntries(report.processes.map(({ name, port }) => [name, port]));
  output.event(summary === 'ready' ? 'info' : 'warn', summary, {
    url: report.url,
    ...(lineFormat.format === 'json' ? { ports } : {}),
    proxy: report.proxy,
    durationMs: Math.round(durationMs),
  });
  if (lineFormat.format === 'text') {
    sink.add(formatReadyScreen(report, { stopCommand: 'Ctrl-C', colour: lineFormat.colour }));
  }
};

/** Runs a stack in this process. Resolves when it is ready; the process exits when the stack has stopped. */
export const runAttached = async (host: StackHost, config: StackConfig): Promise<void> => {
  const { dependencies, exit } = host;
  const { clock, lineFormat } = dependencies;
  const startedMs = clock.monotonicMs();
  let running: RunningStack | undefined;
  let stoppingSinceMs: number | undefined;
  const logEvent = (message: string, fields = {}): void => running?.output.event('info', message, fields);

  const requestStop: RequestStop = (reason, { repeatKills = true, code = 0 } = {}) => {
    if (stoppingSinceMs !== undefined) {
      if (!repeatKills || clock.monotonicMs() - stoppingSinceMs < sameSignalMs) return;
      logEvent('second signal: killing all processes');
      running?.stack.kill();
      exit(killedCode);
      return;
    }
    stoppingSinceMs = clock.monotonicMs();
    if (!running) {
      exit(killedCode);
      return;
    }
    logEvent('stopping', { why: reason });
    running.stop().then(
      () => exit(code),
      (error: unknown) => {
        running?.output.event('error', 'stopping failed', { error });
        exit(1);
      },
    );
  };
  host.connect(requestStop);
  try {
    await startStack({
      config,
      dependencies,
      createHandler: (stack) => host.createHandler(stack, requestStop),
      onStack: (created) => {
        running = created;
      },
    });
  } catch (error) {
    // A start that was interrupted ends with the stop.
    if (stoppingSinceMs !== undefined) return;
    throw error instanceof Error ? error : new StartError(String(error));
  }
  if (!running) return;
  const durationMs = clock.monotonicMs() - startedMs;
  const summary = await summarizeStart(copiesToAsk(running.stack), clock);
  if (lineFormat.format === 'text') await pause(clock, bufferedLinesMs);
  if (stoppingSinceMs === undefined) await showReady(running, host, { durationMs, summary });
};
