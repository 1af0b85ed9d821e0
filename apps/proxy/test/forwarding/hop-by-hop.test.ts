import { describe, expect, it } from '@jest/globals';
import { connectionTokens, endsHere } from '../../src/forwarding/hop-by-hop.ts';

const none: ReadonlySet<string> = new Set();

describe('endsHere', () => {
  it.each([
    'connection',
    'keep-alive',
    'proxy-connection',
    'proxy-authorization',
    'proxy-authenticate',
    'te',
    'trailer',
    'transfer-encoding',
    'upgrade',
  ])('holds for %s', (name) => {
    expect(endsHere(name, none)).toBe(true);
  });

  it.each(['host', 'content-length', 'authorization', 'cookie', 'accept-encoding', 'x-auth'])(
    'passes %s on',
    (name) => {
      expect(endsHere(name, none)).toBe(false);
    },
  );
});

describe('connectionTokens', () => {
  it('reads all lines in any case and with any blanks', () => {
    const tokens = connectionTokens(['close, X-Auth', ' ,x-b ,, ']);
    expect([...tokens].sort()).toEqual(['close', 'x-auth', 'x-b']);
    expect(endsHere('x-auth', tokens)).toBe(true);
  });

  it.each(['Content-Length', 'Host', 'content-type', 'Authorization', 'Cookie'])(
    'does not let Connection remove %s',
    (name) => {
      expect(endsHere(name.toLowerCase(), connectionTokens([name]))).toBe(false);
    },
  );
});
