import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { until } from './until.ts';

export type UserEvent = {
  readonly event: 'progress' | 'lost' | 'joined' | 'rows' | 'failed' | 'refused';
  readonly message?: string;
  readonly url?: string;
  readonly started?: boolean;
  readonly dataDir?: string;
  readonly rows?: readonly Record<string, unknown>[];
};

export type RunAs = { readonly uid: number; readonly gid: number };

export type UserOptions = Partial<RunAs> & {
  readonly program?: string;
  readonly tempDir?: string;
  readonly env?: Readonly<Record<string, string>>;
};

const userProgram = join(import.meta.dirname, '../fixtures/user.ts');

/** A process that uses the embedded Postgres, so that it can be killed. */
export class UserProcess {
  readonly events: UserEvent[] = [];
  readonly #child: ChildProcess;
  readonly #exited: Promise<unknown>;
  #seen = 0;

  constructor(stateDir: string, { program = userProgram, tempDir, env, ...as }: UserOptions = {}) {
    this.#child = spawn(process.execPath, [program, stateDir], {
      ...as,
      env: { ...process.env, ...env, ...(tempDir && { TMPDIR: tempDir }) },
      detached: true,
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    this.#exited = once(this.#child, 'exit');
    this.#child.stdin?.on('error', () => {});
    if (!this.#child.stdout) throw new Error('a child with pipes has a stdout');
    createInterface({ input: this.#child.stdout }).on('line', (line) => {
      this.events.push(JSON.parse(line) as UserEvent);
    });
  }

  get pid(): number {
    return this.#child.pid ?? Number.NaN;
  }

  /** Returns the next unread event of this kind. Any other outcome of a join or a query is an error. */
  async next(kind: UserEvent['event']): Promise<UserEvent> {
    const index = await until(`a user says ${kind}: ${JSON.stringify(this.events.slice(this.#seen))}`, () => {
      const found = this.events.findIndex((event, at) => at >= this.#seen && event.event === kind);
      return found === -1 ? undefined : found + 1;
    });
    this.#seen = index;
    return this.events[index - 1] as UserEvent;
  }

  async query(sql: string): Promise<readonly Record<string, unknown>[]> {
    this.send(sql);
    const from = this.#seen;
    const outcome = await until(`a query is answered: ${sql}`, () =>
      this.events.slice(from).find(({ event }) => event === 'rows' || event === 'failed'),
    );
    this.#seen = this.events.indexOf(outcome) + 1;
    if (outcome.event === 'failed') throw new Error(outcome.message);
    return outcome.rows ?? [];
  }

  send(line: string): void {
    this.#child.stdin?.write(`${line}\n`);
  }

  /** Signals the whole process group, as a terminal does. */
  interruptGroup(): Promise<unknown> {
    process.kill(-this.pid, 'SIGINT');
    return this.#exited;
  }

  kill(): Promise<unknown> {
    this.#child.kill('SIGKILL');
    return this.#exited;
  }

  leave(): Promise<unknown> {
    this.#child.stdin?.end('leave\n');
    return this.#exited;
  }
}
