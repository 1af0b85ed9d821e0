import { describe, expect, it } from '@jest/globals';
import { createDatabaseAnnouncer } from '@tripod/database/announce-database';
import { parseDatabaseUrl } from '@tripod/database/parse-database-url';
import { silentLogger } from '@tripod/shared/logging/logger';
import { createFakeClock } from '@tripod/testing/fake-clock';

const refused = Object.assign(new Error('connect'), { code: 'ECONNREFUSED' });

describe('createDatabaseAnnouncer', () => {
  it('says at once that the database is unavailable, then every 30 s that it still is', () => {
    const clock = createFakeClock();
    const warnings: string[] = [];
    const logger = { ...silentLogger, warn: (message: string) => void warnings.push(message) };
    const address = parseDatabaseUrl('postgres://ann@127.0.0.1:5432/gallery');
    const announcer = createDatabaseAnnouncer(address, logger, clock, false);
    for (let second = 0; second <= 60; second += 1) {
      announcer.changed({ name: 'away', error: refused });
      clock.advance(1000);
    }
    const first = 'the database "gallery" at 127.0.0.1:5432 is not available: connection refused; retrying';
    const still = first.replace('is not', 'is still not');
    expect(warnings).toEqual([first, still, still]);
  });
});
