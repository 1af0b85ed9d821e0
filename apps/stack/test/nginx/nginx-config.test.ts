import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { findInstalledNginx } from '@tripod/testing/installed-nginx';
import { findNginx } from '../../src/nginx/find-nginx.ts';
import { generateNginxConfig } from '../../src/nginx/nginx-config.ts';
import { useTempFolders } from '../support/temp-folder.ts';

const makeFolder = useTempFolders();
const checkout = join(import.meta.dirname, '../../../..');
const template = readFileSync(join(checkout, 'config/nginx.conf'), 'utf8');
const input = {
  host: 'localhost',
  port: 18_080,
  pools: { api: [18_081, 18_083], static: [18_082] },
  dir: '/state/nginx',
  mimeTypes: '/checkout/mime.types',
  ipv6: true,
};
/** The directives alone. */
const directives = (text: string): string => text.replace(/^\s*#.*\n/gm, '').replace(/\s+/g, ' ');

describe('the generated configuration of nginx', () => {
  it('has the ports and paths of the stack', () => {
    const text = directives(generateNginxConfig(template, input));
    for (const line of [
      'pid "/state/nginx/nginx.pid";',
      'proxy_temp_path "/state/nginx/temp";',
      'include "/checkout/mime.types";',
      'access_log "/state/nginx/access.log" combined;',
      'server 127.0.0.1:18081 max_fails=1 fail_timeout=10s; server 127.0.0.1:18083 max_fails=1 fail_timeout=10s; keepalive',
      'upstream static { zone static 64k; server 127.0.0.1:18082 ',
      'listen 127.0.0.1:18080; listen [::1]:18080;',
    ]) {
      expect(text).toContain(line);
    }
  });

  it('has none of the paths and ports of config/nginx.conf', () => {
    expect(directives(generateNginxConfig(template, input))).not.toMatch(/\/tmp|\/dev\/stdout|:80\d\d\b/);
  });

  it('marks the only server of a pool without copies as down', () => {
    const text = directives(generateNginxConfig(template, { ...input, pools: { static: [18_082] } }));
    expect(text).toContain('zone api 64k; server 127.0.0.1:1 down;');
  });

  it('has an upstream block for each pool and a location for each route', () => {
    const text = directives(
      generateNginxConfig(template, {
        ...input,
        pools: { api: [18_081], docs: [18_085] },
        routes: [
          { prefix: '/docs/', pool: 'docs' },
          { prefix: '/v1/', pool: 'api', stripPrefix: false },
          { prefix: '/', pool: 'api' },
        ],
      }),
    );
    expect(text.match(/upstream \w+ \{/g)).toEqual(['upstream docs {', 'upstream api {']);
    expect(text).toContain('location = /docs { return 308 /docs/$is_args$args; }');
    expect(text).toMatch(/location \/docs\/ \{[^}]*\} proxy_pass http:\/\/docs\/;/);
    expect(text).toMatch(/location \/v1\/ \{[^}]*\} proxy_pass http:\/\/api;/);
    expect(text).toMatch(/location \/ \{[^}]*\} proxy_pass http:\/\/api;/);
    expect(text).toContain('^/+(?:(?:docs|v1)/+)?(?:livez|');
    expect(text).not.toContain('static');
  });

  it('forwards an exact path unchanged, also in place of the redirect to a prefix', () => {
    const text = directives(
      generateNginxConfig(template, {
        ...input,
        routes: [
          { prefix: '/docs/', pool: 'api' },
          { exact: '/docs', pool: 'static' },
          { prefix: '/', pool: 'static' },
        ],
      }),
    );
    expect(text).toMatch(
      /location = \/docs \{ if \(\$ambiguous_path\) \{[^}]*\} proxy_pass http:\/\/static;/,
    );
    expect(text.match(/location = /g)).toHaveLength(1);
  });

  it('does not listen on ::1 on a machine without IPv6', () => {
    expect(generateNginxConfig(template, { ...input, ipv6: false })).not.toContain('listen [::1]');
  });

  it.each([
    ['0.0.0.0', 'listen 0.0.0.0:18080; server_name'],
    ['::', 'listen [::]:18080 ipv6only=off; server_name'],
  ])('listens on %s alone when that is the host', (host, lines) => {
    expect(directives(generateNginxConfig(template, { ...input, host }))).toContain(lines);
  });

  it('refuses a host that nginx would read as further directives', () => {
    expect(() => generateNginxConfig(template, { ...input, host: '0.0.0.0:1; x' })).toThrow(
      'nginx cannot listen on 0.0.0.0:1; x; choose an address such as 0.0.0.0 with --host.',
    );
  });

  it('fails when config/nginx.conf lacks a directive that is replaced', () => {
    expect(() => generateNginxConfig(template.replace(/^pid /m, 'pit '), input)).toThrow(/does not have/);
  });

  it('refuses a folder whose name holds a variable of nginx', () => {
    expect(() => generateNginxConfig(template, { ...input, dir: '/state/$uri' })).toThrow(/--state-dir/);
  });

  const nginx = findInstalledNginx();
  const withNginx = nginx ? it : it.skip;
  withNginx.each([
    ['copies', {}],
    ['no copies', { pools: {} }],
    [
      'other routes',
      {
        pools: { api: [18_081], docs: [18_085] },
        routes: [
          { prefix: '/docs/v1.0/', pool: 'docs', stripPrefix: false },
          { prefix: '/docs/', pool: 'docs' },
          { exact: '/docs', pool: 'api' },
          { exact: '/set', pool: 'api' },
          { prefix: '/', pool: 'api' },
        ],
      },
    ],
  ])('is valid for nginx itself, with %s (skipped where nginx is missing)', (_what, change) => {
    const dir = join(makeFolder(), 'with space');
    mkdirSync(dir);
    const file = join(dir, 'nginx.conf');
    const mimeTypes = join(checkout, 'config/mime.types');
    writeFileSync(file, generateNginxConfig(template, { ...input, ...change, dir, mimeTypes }));
    const { stderr, status } = spawnSync(nginx ?? '', ['-t', '-e', 'stderr', '-c', file], {
      encoding: 'utf8',
    });
    expect([status, stderr]).toEqual([0, expect.stringContaining('test is successful')]);
  });
});

describe('looking for nginx', () => {
  it('finds the first nginx on the search path', () => {
    const folder = makeFolder();
    writeFileSync(join(folder, 'nginx'), '', { mode: 0o755 });
    expect(findNginx(`/nowhere:${folder}`)).toBe(join(folder, 'nginx'));
  });
});
