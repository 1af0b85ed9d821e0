import type { Clock, Timer } from '@tripod/shared/async/clock';
import { StartError } from '@tripod/shared/errors/start-error';
import type { LogFields, LogLevel } from '@tripod/shared/logging/log-line';
import { parseComplaint, parseLogLine } from '../output/show-line.ts';
import { createRestartPolicy, type RestartLimits, type RestartPolicy } from './restart-policy.ts';
import type { NodeCommand } from './service-commands.ts';
import type { Exit, Running, SpawnService } from './spawn-service.ts';

/**
 * `restarting`: it died and waits for its next start. `failed`: it died too often, or could not start, and is left
 * down. `stopped`: a person wanted it down.
 */
export type ProcessState = 'stopped' | 'starting' | 'ready' | 'restarting' | 'failed' | 'stopping';

export type ProcessSpec = {
  readonly name: string;
  readonly port: number;
  /** Asked at each start: what the arguments say may have changed. */
  readonly command: () => NodeCommand;
  readonly env: Readonly<Record<string, string>>;
};

export type SupervisionOptions = {
  readonly spawn: SpawnService;
  readonly clock: Clock;
  readonly onLine: (name: string, line: string) => void;
  readonly onEvent: (level: LogLevel, message: string, fields?: LogFields) => void;
  /** False when the whole stack stops: nothing is started any more. */
  readonly mayStart: () => boolean;
  /** Told after every change of state or pid. */
  readonly onChange: (process: SupervisedProcess) => void;
  readonly limits?: RestartLimits;
  /** A start that takes longer has failed. Default 60 s. */
  readonly startTimeoutMs?: number;
};

type Waiting = { resolve(): void; reject(error: Error): void };

const describe = ({ code, signal }: Exit): string => (signal ? `signal ${signal}` : `exit code ${code}`);

/** What Node writes below the sentence of an error that nobody caught. */
const afterError = /^(?:\s|$|\}|Node\.js v)/;

/** One service that is kept running until a person wants it stopped. */
export class SupervisedProcess {
  readonly spec: ProcessSpec;
  readonly #options: SupervisionOptions;
  readonly #policy: RestartPolicy;
  #state: ProcessState = 'stopped';
  #running: Running | undefined;
  #command: NodeCommand | undefined;
  #timer: Timer | undefined;
  #first: Waiting | undefined;
  #lastLine = '';
  #readyAtMs: number | undefined;
  #restarts = 0;

  constructor(spec: ProcessSpec, options: SupervisionOptions) {
    this.spec = spec;
    this.#options = options;
    this.#policy = createRestartPolicy(options.clock.monotonicMs, options.limits);
  }

  get name(): string {
    return this.spec.name;
  }

  get state(): ProcessState {
    return this.#state;
  }

  get pid(): number | undefined {
    return this.#running?.pid;
  }

  /** What was run last. */
  get command(): NodeCommand | undefined {
    return this.#command;
  }

  get restarts(): number {
    return this.#restarts;
  }

  /** Undefined while it does not serve. */
  get uptimeMs(): number | undefined {
    return this.#readyAtMs === undefined ? undefined : this.#options.clock.monotonicMs() - this.#readyAtMs;
  }

  /**
   * Starts it and waits until it serves. Throws a StartError with its last words when it ends before that; it is then
   * left down. One that already runs, or is about to, is waited for.
   */
  async start(): Promise<void> {
    if (this.#state === 'ready') return;
    if (this.#state === 'starting' || this.#state === 'stopping') {
      throw new StartError(`${this.name} is ${this.#state} at this moment; try again.`);
    }
    if (!this.#options.mayStart()) throw new StartError('The stack is stopping.');
    this.#timer?.cancel();
    this.#policy.reset();
    const serves = new Promise<void>((resolve, reject) => {
      this.#first = { resolve, reject };
    });
    this.#launch();
    await serves;
  }

  /** Asks it to stop and waits; after `graceMs` (default 11 s: requests get 10 s) it is killed. */
  async stop({ drainDelayMs = 0, graceMs = 11_000 } = {}): Promise<void> {
    this.#timer?.cancel();
    const running = this.#running;
    if (!running) {
      this.#become('stopped');
      return;
    }
    this.#become('stopping');
    running.order({ type: 'stop', drainDelayMs });
    const late = this.#options.clock.after(graceMs, () => {
      this.#options.onEvent('warn', `${this.name} did not end within ${graceMs / 1000} s: killed`);
      running.kill();
    });
    await running.exited;
    late.cancel();
  }

  /** SIGKILL; it is started again as after any death, which does not count as one of a crash loop. */
  kill(): void {
    this.#policy.reset();
    this.#running?.kill();
  }

  /** SIGKILL, and it stays down. */
  killForGood(): void {
    this.#timer?.cancel();
    if (this.#running) this.#become('stopping');
    this.#running?.kill();
  }

  #become(state: ProcessState): void {
    this.#state = state;
    if (state !== 'ready') this.#readyAtMs = undefined;
    this.#options.onChange(this);
  }

  #launch(): void {
    const { spawn, clock, onLine, startTimeoutMs = 60_000 } = this.#options;
    const command = this.spec.command();
    this.#command = command;
    const running = spawn({
      command,
      env: this.spec.env,
      onReady: () => {
        if (this.#running !== running || this.#state !== 'starting') return;
        this.#timer?.cancel();
        this.#readyAtMs = clock.monotonicMs();
        this.#policy.ready();
        this.#become('ready');
        this.#first?.resolve();
        this.#first = undefined;
      },
      onLine: (line) => {
        if (!afterError.test(line))
          this.#lastLine = parseLogLine(line)?.message ?? parseComplaint(line) ?? line;
        onLine(this.name, line);
      },
    });
    this.#running = running;
    this.#timer = clock.after(startTimeoutMs, () => {
      this.#lastLine = `it did not serve within ${startTimeoutMs / 1000} s`;
      running.kill();
    });
    this.#become('starting');
    // `exited` never rejects.
    void running.exited.then((exit) => this.#ended(exit));
  }

  #ended(exit: Exit): void {
    this.#running = undefined;
    this.#timer?.cancel();
    if (this.#state === 'stopping') {
      this.#become('stopped');
      this.#giveUpStart(new StartError(`${this.name} was stopped before it served.`));
      return;
    }
    if (this.#first) {
      this.#become('failed');
      this.#giveUpStart(
        new StartError(
          `${this.name} did not start (${describe(exit)}): ${this.#lastLine || 'it said nothing'}`,
        ),
      );
      return;
    }
    this.#restartLater(exit);
  }

  #giveUpStart(error: StartError): void {
    this.#first?.reject(error);
    this.#first = undefined;
  }

  #restartLater(exit: Exit): void {
    const { clock, onEvent } = this.#options;
    const verdict = this.#policy.died();
    if (verdict === 'leave down') {
      this.#become('failed');
      const message = `${this.name} keeps dying (${describe(exit)}) and is left down; the others go on. Its last lines: pnpm stack logs ${this.name}. To try again: pnpm stack start ${this.name}`;
      onEvent('error', message);
      return;
    }
    this.#restarts += 1;
    this.#become('restarting');
    onEvent('warn', `${this.name} died (${describe(exit)}) and starts again in ${verdict.delayMs / 1000} s`);
    this.#timer = clock.after(verdict.delayMs, () => this.#launch());
  }
}
