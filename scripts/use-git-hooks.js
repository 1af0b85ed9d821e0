// Called by pnpm after each install: points git at the hooks kept in this repository.
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';

if (existsSync('.git')) {
  try {
    execFileSync('git', ['config', 'core.hooksPath', '.githooks'], { stdio: 'ignore' });
  } catch {
    // No git, or a read-only checkout: an install must not fail for want of hooks.
  }
}
