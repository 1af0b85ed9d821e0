import { chmodSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * Creates a state folder for one test. Other users may access it, because a Postgres that root starts runs as another
 * user, and without access it would keep its data elsewhere.
 */
export const makeStateDir = (): string => {
  const dir = mkdtempSync(join(tmpdir(), 'tripod-system-'));
  chmodSync(dir, 0o755);
  return dir;
};
