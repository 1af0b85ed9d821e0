import { findParentPid, systemProcesses } from '@tripod/shared/os/process-table';

export type LaunchedProcess = {
  readonly pid: number;
  readonly ppid: number;
  readonly env: Readonly<Record<string, string | undefined>>;
};

const maxLinks = 8;
const intervalMs = 500;

/**
 * Calls back once when a process of the chain npx → sh → pnpm → sh above this one has ended. SIGTERM to npx ends npx
 * and its shell but leaves pnpm running, so every link up to the topmost npx or pnpm is watched; outside Linux only the
 * parent is. A process that was started without a package manager is not watched. Returns how to end the watch.
 */
export const watchLauncher = (own: LaunchedProcess, onEnded: () => void): (() => void) => {
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
    onEnded();
  }, intervalMs);
  timer.unref();
  return () => clearInterval(timer);
};
