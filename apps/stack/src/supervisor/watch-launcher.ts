import { findParentPid, systemProcesses } from '@tripod/shared/os/process-table';

export type LaunchedProcess = {
  readonly pid: number;
  readonly ppid: number;
  readonly env: Readonly<Record<string, string | undefined>>;
};

const maxLinks = 8;
const intervalMs = 500;

/**
 * Calls back once when something of the chain npx → sh → pnpm → sh above this process is gone: SIGTERM to npx ends npx
 * and its shell only and leaves pnpm running, so each link up to the topmost of them is watched. Elsewhere than on
 * Linux only the parent is. One that was started without them, by a shell that may go, is nobody's but its own.
 * Returns how to end the watch.
 */
export const watchLauncher = (own: LaunchedProcess, onGone: () => void): (() => void) => {
  if (own.env['npm_lifecycle_event'] === undefined) return () => undefined;
  const links: { readonly pid: number; readonly parent: number }[] = [];
  let top = 0;
  for (let { pid } = own; pid > 1 && links.length < maxLinks; ) {
    const parent = findParentPid(pid);
    if (parent === undefined || parent <= 1) break;
    links.push({ pid, parent });
    if (/\b(?:npx|npm exec|pnpm)\b/.test(systemProcesses.commandOf(parent) ?? '')) top = links.length;
    pid = parent;
  }
  const watched = links.slice(0, top);
  const parent = own.ppid;
  const timer = setInterval(() => {
    if (own.ppid === parent && watched.every((link) => findParentPid(link.pid) === link.parent)) return;
    clearInterval(timer);
    onGone();
  }, intervalMs);
  timer.unref();
  return () => clearInterval(timer);
};
