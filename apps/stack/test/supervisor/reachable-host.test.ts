import { describe, expect, it } from '@jest/globals';
import { reachableHost } from '../../src/supervisor/reachable-host.ts';

describe('the reachable address of a server', () => {
  it.each([
    ['localhost', '127.0.0.1'],
    ['0.0.0.0', '127.0.0.1'],
    ['::', '127.0.0.1'],
    ['192.0.2.7', '192.0.2.7'],
    ['2001:db8::7', '[2001:db8::7]'],
  ])('that listens on %s is %s', (host, reached) => {
    expect(reachableHost(host)).toBe(reached);
  });
});
