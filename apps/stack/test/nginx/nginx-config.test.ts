import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { findNginx } from '../../src/nginx/find-nginx.ts';
import { generateNginxConfig } from '../../src/nginx/nginx-config.ts';
import { installedNginx } from '../support/installed-nginx.ts';
import { useTempFolders } from '../support/temp-folder.ts';

const makeFolder = useTempFolders();
const checkout = join(import.meta.dirname, '../../../..');
const template = readFileSync(join(checkout, 'config/nginx.conf'), 'utf8');
const input = {
  host: 'localhost',
  port: 18_080,
  apiPorts: [18_081, 18_083],
  staticPort: 18_082,
  dir: '/state/nginx',
  mimeTypes: '/checkout/mime.types',
  ipv6: true,
};
/** The directives alone. */
const directives = (text: string): string => text.replace(/^\s*#.*\n/gm, '').replace(/\s+/g, ' ');

describe('generateNginxConfig', () => {
  it('puts the ports and paths of the stack in', () => {
    const text = directives(generateNginxConfig(template, input));
    for (const line of [
      'pid "/state/nginx/nginx.pid";',
      'proxy_temp_path "/state/nginx/temp";',
      'include "/checkout/mime.types";',
      'access_log "/state/nginx/access.log" combined;',
      'server 127.0.0.1:18081 max_fails=1 fail_timeout=10s; server 127.0.0.1:18083 max_fails=1 fail_timeout=10s; keepalive',
      'server 127.0.0.1:18082;',
      'listen 127.0.0.1:18080; listen [::1]:18080;',
    ]) {
      expect(text).toContain(line);
    }
  });

  it('leaves nothing of the paths and ports of the file it was made from', () => {
    expect(directives(generateNginxConfig(template, input))).not.toMatch(/\/tmp|\/dev\/stdout|:80\d\d\b/);
  });

  it('gives an upstream without copies one that is never asked', () => {
    const text = directives(generateNginxConfig(template, { ...input, apiPorts: [] }));
    expect(text).toContain('zone api 64k; server 127.0.0.1:1 down;');
  });

  it('does not listen on ::1 on a machine that has none', () => {
    expect(generateNginxConfig(template, { ...input, ipv6: false })).not.toContain('listen [::1]');
  });

  it.each([
    ['0.0.0.0', 'listen 0.0.0.0:18080; server_name'],
    ['::', 'listen [::]:18080 ipv6only=off; server_name'],
  ])('listens on %s alone when it is asked to', (host, lines) => {
    expect(directives(generateNginxConfig(template, { ...input, host }))).toContain(lines);
  });

  it('refuses an address that nginx would read as something else', () => {
    expect(() => generateNginxConfig(template, { ...input, host: '0.0.0.0:1; x' })).toThrow(
      'nginx can not listen on 0.0.0.0:1; x; choose an address such as 0.0.0.0 with --host.',
    );
  });

  it('fails loudly when the file it is made from has changed', () => {
    expect(() => generateNginxConfig(template.replace(/^pid /m, 'pit '), input)).toThrow(/has no line/);
  });

  it('refuses a folder that nginx would read as something else', () => {
    expect(() => generateNginxConfig(template, { ...input, dir: '/state/$uri' })).toThrow(/--state-dir/);
  });

  const nginx = installedNginx();
  const withNginx = nginx ? it : it.skip;
  withNginx.each([
    ['copies', [18_081, 18_083]],
    ['no copies', []],
  ])('makes what nginx itself finds good, with %s (skipped where nginx is missing)', (_what, apiPorts) => {
    const dir = join(makeFolder(), 'with space');
    mkdirSync(dir);
    const file = join(dir, 'nginx.conf');
    const mimeTypes = join(checkout, 'config/mime.types');
    writeFileSync(file, generateNginxConfig(template, { ...input, apiPorts, dir, mimeTypes }));
    const { stderr, status } = spawnSync(nginx ?? '', ['-t', '-e', 'stderr', '-c', file], {
      encoding: 'utf8',
    });
    expect([status, stderr]).toEqual([0, expect.stringContaining('test is successful')]);
  });
});

describe('findNginx', () => {
  it('finds the first one on the search path', () => {
    const folder = makeFolder();
    writeFileSync(join(folder, 'nginx'), '', { mode: 0o755 });
    expect(findNginx(`/nowhere:${folder}`)).toBe(join(folder, 'nginx'));
  });
});
