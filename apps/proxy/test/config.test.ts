import { describe, expect, it } from '@jest/globals';
import { ConfigError } from '@tripod/shared/config/config-error';
import { loadConfig } from '@tripod/shared/config/load-config';
import { parseProxyConfig, proxySettings } from '../src/config.ts';

const load = (flags: Readonly<Record<string, unknown>> = {}) =>
  parseProxyConfig(loadConfig(proxySettings, { flags, workingDir: '/' }));

describe('the settings of the proxy', () => {
  it('have the documented defaults', () => {
    const config = load();
    expect(config).toMatchObject({
      host: 'localhost',
      port: 8080,
      adminPort: 8090,
      policy: 'round-robin',
      connectTimeoutMs: 1000,
      responseTimeoutMs: 30_000,
      idleTimeoutMs: 30_000,
      clientHeadTimeoutMs: 10_000,
      clientBodyTimeoutMs: 30_000,
      clientKeepAliveMs: 65_000,
      upstreamKeepAliveMs: 4000,
      maxConnections: 16_384,
      maxBodyBytes: 1_048_576,
      healthPath: '/readyz',
      healthIntervalMs: 1000,
      healthTimeoutMs: 1000,
      fall: 2,
      rise: 1,
      maxFails: 1,
      failWindowMs: 10_000,
      drainDelayMs: 2000,
      privatePaths: [
        '/livez',
        '/readyz',
        '/healthz',
        '/metrics',
        '/debug/pprof/profile',
        '/debug/pprof/heap',
      ],
    });
    expect(
      config.routes.map(({ prefix, pool }) => [prefix, pool.name, pool.upstreams.map(({ url }) => url.port)]),
    ).toEqual([
      ['/api/', 'api', ['8081', '8083', '8084']],
      ['/', 'static', ['8082']],
    ]);
    expect(config.trustedProxies.has('127.0.0.1')).toBe(false);
  });

  it('normalize private paths, and read `none` as an empty list', () => {
    expect(load({ privatePaths: ['/Secret/', '/%61'] }).privatePaths).toEqual(['/secret', '/a']);
    expect(load({ privatePaths: ['none'] }).privatePaths).toEqual([]);
  });

  it.each([
    ['--health-path', { healthPath: 'readyz' }],
    ['--health-path', { healthPath: '/a b' }],
    ['--private-paths', { privatePaths: ['livez'] }],
    ['--fall', { fall: 0 }],
    ['--max-fails', { maxFails: -1 }],
    ['--max-connections', { maxConnections: 0 }],
    ['--max-connections', { maxConnections: 1_000_001 }],
    ['--max-body-bytes', { maxBodyBytes: -1 }],
    ['--connect-timeout-ms', { connectTimeoutMs: 0 }],
    ['--trusted-proxies', { trustedProxies: ['10.0.0.0/99'] }],
    ['--route', { route: ['/=http://x', '/=http://y'] }],
  ])('are refused with the name %s when it is %j', (flag, flags) => {
    expect(() => load(flags)).toThrow(ConfigError);
    expect(() => load(flags)).toThrow(new RegExp(`^${flag} must`));
  });
});
