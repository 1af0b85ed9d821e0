import { execFileSync } from 'node:child_process';
import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { listProcesses, type RunningProcess, sendSignal } from '@tripod/shared/os/process-table';
import { createLayout, type Layout } from '../../src/layout.ts';
import { findPostmaster } from '../../src/postmaster.ts';
import { until } from './until.ts';
import { type RunAs, type UserOptions, UserProcess } from './user-process.ts';

export type SceneOptions = { readonly owner?: RunAs; readonly below?: string };

/** A state folder in the temp folder, and the processes that use it. */
export class Scene {
  readonly stateDir: string;
  readonly layout: Layout;
  /** Holds the state folder; removed at the end. */
  readonly root: string;
  readonly #users: UserProcess[] = [];

  constructor({ owner, below = '.tripod' }: SceneOptions = {}) {
    this.root = mkdtempSync(join(tmpdir(), 'tripod-embedded-'));
    chmodSync(this.root, 0o755);
    this.stateDir = join(this.root, below);
    mkdirSync(this.stateDir, { recursive: true });
    if (owner) chownSync(this.stateDir, owner.uid, owner.gid);
    this.layout = createLayout(this.stateDir);
  }

  /** Copies the folder of another scene, as `cp -a` does. */
  static copyOf(other: Scene): Scene {
    const scene = new Scene();
    execFileSync('cp', ['-a', `${other.stateDir}/.`, scene.stateDir]);
    return scene;
  }

  user(as?: UserOptions): UserProcess {
    const user = new UserProcess(this.stateDir, as);
    this.#users.push(user);
    return user;
  }

  async joined(as?: UserOptions): Promise<UserProcess> {
    const user = this.user(as);
    await user.next('joined');
    return user;
  }

  get postmasterPid(): number {
    const found = [this.layout.dataDir, join(this.layout.outsideDir, 'data')]
      .map(findPostmaster)
      .find(Boolean);
    return found?.pid ?? 0;
  }

  /** Guards, postmasters and their children of this folder, of any user. */
  processes(): RunningProcess[] {
    const { key, stateDir, outsideDir } = this.layout;
    return listProcesses().filter(
      ({ command }) =>
        command.includes(`guard.ts ${stateDir} `) ||
        command.includes(` -D ${stateDir}/`) ||
        command.includes(` -D ${outsideDir}/`) ||
        command.includes(`tripod-${key}`) ||
        command.includes(`--pgdata=${stateDir}/`),
    );
  }

  get guardPid(): number {
    return this.processes().find(({ command }) => command.includes('guard.ts '))?.pid ?? 0;
  }

  untilAllGone(): Promise<unknown> {
    return until(`nothing of ${this.stateDir} runs`, () => this.processes().length === 0);
  }

  /** Ends the users and their guard, and asserts that no process of this folder is left. */
  async rest(): Promise<void> {
    await Promise.all(this.#users.splice(0).map((user) => user.kill()));
    // Sooner than the guard would stop by itself.
    if (this.guardPid !== 0) sendSignal(this.guardPid, 'SIGTERM');
    await this.untilAllGone();
  }

  /** Ends everything, and removes the folder. */
  async close(): Promise<void> {
    try {
      await this.rest();
    } finally {
      for (const { pid } of this.processes()) sendSignal(pid, 'SIGKILL');
      rmSync(this.root, { recursive: true, force: true });
      rmSync(this.layout.outsideDir, { recursive: true, force: true });
    }
  }
}
