import type { Clock, Timer } from '@tripod/shared/async/clock';
import { StartError } from '@tripod/shared/errors/start-error';
import type { LogFields, LogLevel } from '@tripod/shared/logging/log-line';
import type { StackEventKind } from '@tripod/stack-client/reading';
import { isStackTrace, messageOf } from '../output/parse-line.ts';
import type { Command } from './command.ts';
import { createProcessFaults, type ProcessFaults } from './process-faults.ts';
import { pollReadiness, type Readiness } from './readiness.ts';
import { createRestartPolicy, type RestartLimits, type RestartPolicy } from './restart-policy.ts';
import type { Exit, Running, SpawnProcess } from './spawn-process.ts';

/**
 * `restarting`: it died and waits for its next start. `failed`: it died too often or could not start, and stays down.
 * `stopped`: a person stopped it.
 */
export type ProcessState = 'stopped' | 'starting' | 'ready' | 'restarting' | 'failed' | 'stopping';

export type ProcessSpec = {
  readonly name: string;
  /** Undefined for a process that does not listen. */
  readonly port: number | undefined;
  /** Called at each start, because the arguments may have changed. */
  readonly command: () => Command;
  /** Called at each start. */
  readonly env: () => Readonly<Record<string, string>>;
  readonly readiness: Readiness;
};

export type SupervisionOptions = {
  readonly spawn: SpawnProcess;
  readonly clock: Clock;
  readonly onLine: (name: string, line: string) => void;
  readonly onEvent: (level: LogLevel, message: string, fields?: LogFields) => void;
  /** False while the whole stack stops: nothing may be started then. */
  readonly mayStart: () => boolean;
  /** Called when something happens to the process, for those who watch. Default: nothing. */
  readonly onHappening?: (kind: StackEventKind, detail?: string) => void;
  /** Called after every change of state or process id. */
  readonly onChange: (process: SupervisedProcess) => void;
  readonly limits?: RestartLimits;
  /** A start that takes longer fails. Default 60 s. */
  readonly startTimeoutMs?: number;
};

export type StopOptions = {
  /** How long to go on serving before stopping. Default 0. */
  readonly drainDelayMs?: number;
  /** After this time the process is killed. Default 11 s, because requests in flight get 10 s. */
  readonly graceMs?: number;
};

type PendingStart = { resolve(): void; reject(error: Error): void };

const describeExit = ({ code, signal }: Exit): string => (signal ? `signal ${signal}` : `exit code ${code}`);

/** One process that is restarted whenever it dies, until it is stopped. */
export class SupervisedProcess {
  readonly spec: ProcessSpec;
  /** They end with the process: after a restart it is healthy. */
  readonly faults: ProcessFaults;
  readonly #options: SupervisionOptions;
  readonly #policy: RestartPolicy;
  #state: ProcessState = 'stopped';
  #running: Running | undefined;
  #command: Command | undefined;
  /** The start timeout, or the delay before the next start. */
  #timer: Timer | undefined;
  #endPolling: () => void = () => undefined;
  #pendingStart: PendingStart | undefined;
  #lastMessage = '';
  #readyAtMs: number | undefined;
  #restarts = 0;

  constructor(spec: ProcessSpec, options: SupervisionOptions) {
    this.spec = spec;
    this.#options = options;
    this.#policy = createRestartPolicy(options.clock.monotonicMs, options.limits);
    this.faults = createProcessFaults({
      name: spec.name,
      clock: options.clock,
      running: () => this.#running,
      state: () => this.#state,
      onArmed: (description) => {
        options.onEvent('warn', `${this.name}: fault armed: ${description}`);
        options.onHappening?.('fault armed', description);
      },
      onHealed: (description) => {
        options.onEvent('info', `${this.name}: fault healed: ${description}`);
        options.onHappening?.('fault healed', description);
      },
    });
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

  /** The command of the last start. */
  get command(): Command | undefined {
    return this.#command;
  }

  get restarts(): number {
    return this.#restarts;
  }

  /** Time since it became ready; undefined while it is not. */
  get uptimeMs(): number | undefined {
    return this.#readyAtMs === undefined ? undefined : this.#options.clock.monotonicMs() - this.#readyAtMs;
  }

  /**
   * Starts the process and resolves when it is ready. Throws a StartError with its last message when it ends before
   * that; it then stays down.
   */
  async start(): Promise<void> {
    if (this.#state === 'ready') return;
    if (this.#state === 'starting' || this.#state === 'stopping') {
      throw new StartError(`${this.name} is ${this.#state} at this moment; try again.`);
    }
    if (!this.#options.mayStart()) throw new StartError('The stack is stopping.');
    this.#timer?.cancel();
    this.#policy.reset();
    const ready = new Promise<void>((resolve, reject) => {
      this.#pendingStart = { resolve, reject };
    });
    this.#launch();
    await ready;
  }

  /** Asks the process to stop and resolves when it has ended. */
  async stop({ drainDelayMs = 0, graceMs = 11_000 }: StopOptions = {}): Promise<void> {
    this.#timer?.cancel();
    const running = this.#running;
    if (!running) {
      this.#setState('stopped');
      return;
    }
    this.#setState('stopping');
    this.#healBeforeStop();
    running.requestStop({ drainDelayMs });
    const graceTimer = this.#options.clock.after(graceMs, () => {
      this.#options.onEvent('warn', `${this.name} did not stop within ${graceMs / 1000} s and was killed`);
      running.kill();
    });
    await running.exited;
    graceTimer.cancel();
  }

  /** Sends SIGKILL. The process is restarted, and this death does not count towards a crash loop. */
  kill(): void {
    this.#policy.reset();
    if (this.#running) this.#options.onHappening?.('killed', `process ${this.#running.pid}`);
    this.#running?.kill();
  }

  /** Sends SIGKILL. The process stays down. */
  killForGood(): void {
    this.#timer?.cancel();
    if (this.#running) this.#setState('stopping');
    this.#running?.kill();
  }

  /** A paused process would not see the request. Orders are carried out in turn, so no answer is awaited. */
  #healBeforeStop(): void {
    this.faults.heal().catch(() => undefined);
  }

  #setState(state: ProcessState): void {
    this.#state = state;
    if (state !== 'ready') this.#readyAtMs = undefined;
    this.#options.onChange(this);
  }

  #launch(): void {
    const { spawn, clock, onLine, startTimeoutMs = 60_000 } = this.#options;
    const { env, port = 0, readiness } = this.spec;
    const command = this.spec.command();
    this.#command = command;
    const onReady = (): void => {
      if (this.#running === running && this.#state === 'starting') this.#becomeReady();
    };
    const running = spawn({
      command,
      env: env(),
      onReady: () => {
        if (readiness.type === 'ipc') onReady();
      },
      onLine: (line) => {
        if (!isStackTrace(line)) this.#lastMessage = messageOf(this.name, line);
        if (readiness.type === 'log-line' && readiness.pattern.test(line)) onReady();
        onLine(this.name, line);
      },
    });
    this.#running = running;
    this.#timer = clock.after(startTimeoutMs, () => {
      this.#lastMessage = `it was not ready within ${startTimeoutMs / 1000} s`;
      running.kill();
    });
    this.#endPolling = pollReadiness(readiness, { port, clock, onReady });
    this.#setState('starting');
    this.#options.onHappening?.('started', `process ${running.pid}`);
    // `exited` never rejects.
    void running.exited.then((exit) => this.#onExit(exit));
  }

  #becomeReady(): void {
    this.#timer?.cancel();
    this.#readyAtMs = this.#options.clock.monotonicMs();
    this.#policy.ready();
    this.#setState('ready');
    this.#options.onHappening?.('ready');
    this.#pendingStart?.resolve();
    this.#pendingStart = undefined;
  }

  #onExit(exit: Exit): void {
    this.#running = undefined;
    this.faults.forget();
    this.#timer?.cancel();
    this.#endPolling();
    this.#options.onHappening?.(this.#state === 'stopping' ? 'stopped' : 'exited', describeExit(exit));
    if (this.#state === 'stopping') {
      this.#setState('stopped');
      this.#rejectStart(`${this.name} was stopped before it was ready.`);
    } else if (this.#pendingStart) {
      this.#setState('failed');
      const reason = this.#lastMessage || 'it wrote no message';
      this.#rejectStart(`${this.name} did not start (${describeExit(exit)}): ${reason}`);
    } else {
      this.#scheduleRestart(exit);
    }
  }

  #rejectStart(message: string): void {
    this.#pendingStart?.reject(new StartError(message));
    this.#pendingStart = undefined;
  }

  #scheduleRestart(exit: Exit): void {
    const { clock, onEvent } = this.#options;
    const decision = this.#policy.died();
    if (decision === 'give up') {
      this.#setState('failed');
      onEvent(
        'error',
        `${this.name} keeps dying (${describeExit(exit)}) and stays down; the other services go on. Its last lines: pnpm stack logs ${this.name}. To try again: pnpm stack start ${this.name}`,
      );
      return;
    }
    this.#restarts += 1;
    this.#setState('restarting');
    onEvent('warn', `${this.name} died (${describeExit(exit)}) and restarts in ${decision.delayMs / 1000} s`);
    this.#timer = clock.after(decision.delayMs, () => this.#launch());
  }
}
