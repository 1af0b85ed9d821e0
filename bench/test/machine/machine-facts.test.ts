import { describe, expect, it } from '@jest/globals';
import { parseVersion, readVersions } from '../../src/machine/machine-facts.ts';

describe('parseVersion', () => {
  it.each([
    ['nginx version: nginx/1.22.1', '1.22.1'],
    ['HAProxy version 2.6.12-1+deb12u4 2026/10/17 - https://haproxy.org/', '2.6.12'],
    ['wrk debian/4.1.0-3+b2 [epoll] Copyright (C) 2012 Will Glozer', '4.1.0'],
    ['This is ApacheBench, Version 2.3 <$Revision: 1903618 $>', '2.3'],
    ['pgbench (PostgreSQL) 15.14 (Debian 15.14-0+deb12u1)', '15.14'],
    ['no version', undefined],
  ])('finds the version in %j', (text, version) => {
    expect(parseVersion(text)).toBe(version);
  });
});

describe('readVersions', () => {
  it('returns the version of Node and leaves out programs that are not installed', () => {
    expect(readVersions(['absent'], '/nowhere')).toEqual({ node: process.versions.node });
  });
});
