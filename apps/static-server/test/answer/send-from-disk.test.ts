import { rename, truncate } from 'node:fs/promises';
import { connect } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { systemClock } from '@tripod/shared/async/clock';
import { exchangeRaw, parseRawResponse } from '@tripod/testing/raw-http';
import { waitFor } from '@tripod/testing/wait-for';
import { type Disk, nodeDisk } from '../../src/files/disk.ts';
import { createSite, type Site } from '../support/site.ts';
import { type StartedServer, type StartOptions, startServer } from '../support/started-server.ts';

const bigBytes = 32 * 1024 * 1024;

let site: Site;
const servers: StartedServer[] = [];

const start = async (options: Partial<StartOptions> = {}): Promise<StartedServer> => {
  const started = await startServer({ root: site.root, maxMemoryBytes: 0, ...options });
  servers.push(started);
  return started;
};

/** A disk that calls `act` before it reads at a position. */
const beforeReadAt = (position: number, act: () => Promise<unknown>): Disk => ({
  ...nodeDisk,
  open: async (path) => {
    const file = await nodeDisk.open(path);
    return {
      ...file,
      read: async (buffer, at) => {
        if (at === position) await act();
        return file.read(buffer, at);
      },
    };
  },
});

const failing = (code: string, what: 'open' | 'realpath' | 'stat' | 'read'): Disk => {
  const fail = (): Promise<never> =>
    Promise.reject(Object.assign(new Error(`${code} at /internal/path`), { code }));
  if (what === 'open' || what === 'realpath') return { ...nodeDisk, [what]: fail };
  return { ...nodeDisk, open: async (path) => ({ ...(await nodeDisk.open(path)), [what]: fail }) };
};

const get = 'GET /big.bin HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n';

beforeAll(() => {
  site = createSite();
});

afterAll(() => site.remove());

afterEach(async () => {
  for (const started of servers.splice(0)) {
    await waitFor('every descriptor to be closed', () => started.openFiles() === 0);
    await started.stop();
  }
});

describe('a large file from the disk', () => {
  it('is sent completely', async () => {
    const content = Buffer.alloc(bigBytes, 'abcdefg');
    site.write('big.bin', content);
    const { port } = await start();
    const answer = parseRawResponse(await exchangeRaw({ port, bytes: get }));
    expect(answer.headers['content-length']).toBe(String(bigBytes));
    expect(Buffer.from(answer.body, 'latin1').equals(content)).toBe(true);
  });

  it('is closed when the client leaves during the response', async () => {
    site.write('big.bin', Buffer.alloc(bigBytes));
    const started = await start();
    for (let left = 0; left < 20; left += 1) {
      await new Promise<void>((resolve) => {
        const socket = connect({ port: started.port, host: '127.0.0.1' }, () => socket.write(get));
        socket.once('data', () => {
          expect(started.openFiles()).toBeGreaterThan(0);
          socket.destroy();
          resolve();
        });
      });
    }
    await waitFor('every descriptor to be closed', () => started.openFiles() === 0);
    await waitFor('the log', () => started.requestLines.length === 20);
    expect(new Set(started.requestLines.map(({ status }) => status))).toEqual(new Set([499]));
    expect(started.errors).toEqual([]);
  });

  it('is closed when a client leaves that pipelined many requests for it', async () => {
    site.write('big.bin', Buffer.alloc(bigBytes));
    const started = await start();
    const socket = connect({ port: started.port, host: '127.0.0.1' });
    socket.pause().write('GET /big.bin HTTP/1.1\r\nHost: x\r\n\r\n'.repeat(100));
    await waitFor('the file to be opened', () => started.openFiles() > 0);
    await started.ask('/style.css');
    await waitFor('one open file, although all requests were received', () => started.openFiles() === 1);
    socket.resetAndDestroy();
    await waitFor('every descriptor to be closed', () => started.openFiles() === 0);
    const linesOfFile = () => started.requestLines.filter(({ url }) => url === '/big.bin');
    await waitFor('its log line', () => linesOfFile().length > 0);
    expect(linesOfFile()).toMatchObject([{ status: 499 }]);
    expect(started.errors).toEqual([]);
  });

  it('is not read into memory for a client that does not read', async () => {
    site.write('big.bin', Buffer.alloc(bigBytes));
    let maxPosition = 0;
    const disk: Disk = {
      ...nodeDisk,
      open: async (path) => {
        const file = await nodeDisk.open(path);
        return {
          ...file,
          read: (buffer, at) => {
            maxPosition = Math.max(maxPosition, at);
            return file.read(buffer, at);
          },
        };
      },
    };
    const started = await start({ disk });
    const socket = connect({ port: started.port, host: '127.0.0.1' });
    socket.pause().write(get);
    try {
      let previous = -1;
      let unchanged = 0;
      await waitFor('reading to stop', async () => {
        await started.ask('/style.css');
        unchanged = maxPosition > 0 && previous === maxPosition ? unchanged + 1 : 0;
        previous = maxPosition;
        return unchanged === 5;
      });
      expect(maxPosition).toBeLessThan(bigBytes - 65_536);
    } finally {
      socket.destroy();
    }
  });
});

describe('a file that changes while it is being sent', () => {
  it('is sent in the version that was opened when another file replaces it', async () => {
    site.write('big.bin', Buffer.alloc(300_000, 'a'));
    site.write('next.bin', Buffer.alloc(100_000, 'b'));
    const swap = (): Promise<void> => rename(`${site.root}/next.bin`, `${site.root}/big.bin`);
    const { port } = await start({ disk: beforeReadAt(65_536, swap) });
    const answer = parseRawResponse(await exchangeRaw({ port, bytes: get }));
    expect(answer.headers['content-length']).toBe('300000');
    expect(answer.body).toBe('a'.repeat(300_000));
  });

  it('closes the connection when the file was truncated', async () => {
    site.write('big.bin', Buffer.alloc(300_000, 'a'));
    const shorten = (): Promise<void> => truncate(`${site.root}/big.bin`, 100_000);
    const started = await start({ disk: beforeReadAt(65_536, shorten) });
    const answer = parseRawResponse(await exchangeRaw({ port: started.port, bytes: get }));
    expect(answer).toMatchObject({ status: 200, headers: { 'content-length': '300000' } });
    expect(answer.body).toBe('a'.repeat(answer.body.length));
    expect(answer.body.length).toBeLessThanOrEqual(100_000);
    await waitFor('the log', () => started.errors.length === 1);
    expect(started.errors[0]).toMatchObject({
      message: 'a response was cut off: its file could not be read to the end',
    });
  });

  it('closes the connection when the file was written to, even if it only grew', async () => {
    site.write('big.bin', Buffer.alloc(100_000, 'a'));
    const grow = (): Promise<void> => Promise.resolve(site.write('big.bin', Buffer.alloc(200_000, 'b')));
    const started = await start({ disk: beforeReadAt(65_536, grow) });
    const answer = parseRawResponse(await exchangeRaw({ port: started.port, bytes: get }));
    expect(answer).toMatchObject({ status: 200, headers: { 'content-length': '100000' } });
    expect(answer.body).toBe('a'.repeat(65_536));
    await waitFor('the log', () => started.errors.length === 1);
  });

  it('is read again when it is small, because nothing was sent yet', async () => {
    site.write('small.txt', 'all of it');
    let changes = 1;
    const shortenOnce = async (): Promise<void> => {
      if (changes-- > 0) await truncate(`${site.root}/small.txt`, 3);
    };
    const started = await start({ disk: beforeReadAt(0, shortenOnce) });
    await expect(started.ask('/small.txt')).resolves.toMatchObject({ status: 200, body: 'all' });
  });

  it('is read again when it was empty, because a program that rewrites a file truncates it first', async () => {
    site.write('small.txt', '');
    let stats = 0;
    const disk: Disk = {
      ...nodeDisk,
      open: async (path) => {
        const file = await nodeDisk.open(path);
        const stat: typeof file.stat = () => {
          stats += 1;
          if (stats === 2) site.write('small.txt', 'all of it');
          return file.stat();
        };
        return { ...file, stat };
      },
    };
    const started = await start({ disk, clock: { ...systemClock, wallMs: () => Date.now() + 60_000 } });
    await expect(started.ask('/small.txt')).resolves.toMatchObject({ status: 200, body: 'all of it' });
  });

  it('is answered with 503 and Retry-After when it is small and changes at every try', async () => {
    site.write('small.txt', 'all of it');
    const touch = (): Promise<void> => truncate(`${site.root}/small.txt`, 3);
    const started = await start({ disk: beforeReadAt(0, touch) });
    const { status, headers, body } = await started.ask('/small.txt');
    expect([status, headers['retry-after']]).toEqual([503, '1']);
    expect(JSON.parse(body)).toMatchObject({ code: 'STATIC_BUSY' });
  });
});

describe('a disk that fails', () => {
  it.each([
    ['EMFILE', 'open', 503, 'STATIC_BUSY'],
    ['ENFILE', 'open', 503, 'STATIC_BUSY'],
    ['EMFILE', 'realpath', 503, 'STATIC_BUSY'],
    ['EACCES', 'open', 403, 'STATIC_FILE_UNREADABLE'],
    ['EACCES', 'realpath', 403, 'STATIC_FILE_UNREADABLE'],
    ['ELOOP', 'open', 404, 'NOT_FOUND'],
    ['EIO', 'open', 500, 'INTERNAL_ERROR'],
    ['EIO', 'stat', 500, 'INTERNAL_ERROR'],
  ] as const)('with %s in %s is answered with %d %s', async (code, what, status, expected) => {
    const started = await start({ disk: failing(code, what) });
    const answer = await started.ask('/style.css');
    expect(answer.status).toBe(status);
    expect(JSON.parse(answer.body)).toMatchObject({ code: expected });
    expect(answer.headers['retry-after']).toBe(status === 503 ? '1' : undefined);
    expect(answer.text).not.toContain('internal');
  });

  it.each(['GET', 'GET of a range'])('in the read of a small file is answered with 500: %s', async (what) => {
    const started = await start({ disk: failing('EIO', 'read') });
    const answer = await started.ask('/style.css', what === 'GET' ? [] : ['Range: bytes=1-2']);
    expect(answer.status).toBe(500);
    expect(JSON.parse(answer.body)).toMatchObject({ code: 'INTERNAL_ERROR' });
    for (const name of ['etag', 'last-modified', 'content-range']) {
      expect(answer.headers).not.toHaveProperty(name);
    }
    expect(answer.text).not.toContain('internal');
    expect(started.errors).toHaveLength(1);
  });

  it('in the first read of a large file is answered with 500, because nothing was sent yet', async () => {
    site.write('big.bin', Buffer.alloc(100_000));
    const started = await start({ disk: failing('EIO', 'read') });
    const answer = await started.ask('/big.bin');
    expect(answer.status).toBe(500);
    expect(JSON.parse(answer.body)).toMatchObject({ code: 'INTERNAL_ERROR' });
    expect(started.errors).toHaveLength(1);
  });
});

describe('a client that leaves', () => {
  it('while a small file is read is logged with 499 and causes no error', async () => {
    let continueRead = (): void => undefined;
    const clientLeft = new Promise<void>((resolve) => {
      continueRead = resolve;
    });
    const started = await start({ disk: beforeReadAt(0, () => clientLeft) });
    const socket = connect({ port: started.port, host: '127.0.0.1' });
    socket.write('GET /style.css HTTP/1.1\r\nHost: x\r\n\r\n');
    await waitFor('the file to be open', () => started.openFiles() === 1);
    socket.resetAndDestroy();
    await waitFor('the log', () => started.requestLines.length === 1);
    continueRead();
    await waitFor('the file to be closed', () => started.openFiles() === 0);
    expect(started.requestLines[0]).toMatchObject({ status: 499 });
    await expect(started.ask('/style.css')).resolves.toMatchObject({ status: 200 });
    expect(started.errors).toEqual([]);
  });
});
