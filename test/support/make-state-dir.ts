import { chmodSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * A state folder for one test. Open to other users: started by root, Postgres runs as another user, and data that it
 * can't keep here would stay behind elsewhere.
 */
export const makeStateDir = (): string => {
  const dir = mkdtempSync(join(tmpdir(), 'tripod-system-'));
  chmodSync(dir, 0o755);
  return dir;
};
