import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generateNginxConfig } from '@tripod/stack/nginx/nginx-config';
import { freePort } from '@tripod/testing/free-port';
import { checkout, exited } from '@tripod/testing/spawn-node';
import { waitFor } from '@tripod/testing/wait-for';
import { ask } from './ask.ts';

export type RunningNginx = { readonly url: string; stop(): Promise<void> };

/** Starts real nginx with config/nginx.conf in front of these servers. */
export const runNginx = async (
  nginx: string,
  upstreams: { readonly apiPorts: readonly number[]; readonly staticPort: number },
): Promise<RunningNginx> => {
  const dir = mkdtempSync(join(tmpdir(), 'tripod-nginx-'));
  chmodSync(dir, 0o755);
  const port = await freePort();
  const template = readFileSync(join(checkout, 'config/nginx.conf'), 'utf8');
  const mimeTypes = join(checkout, 'config/mime.types');
  const file = join(dir, 'nginx.conf');
  writeFileSync(
    file,
    generateNginxConfig(template, {
      pools: { api: upstreams.apiPorts, static: [upstreams.staticPort] },
      host: 'localhost',
      port,
      dir,
      mimeTypes,
      ipv6: false,
    }),
  );
  const child: ChildProcess = spawn(nginx, ['-c', file], { stdio: ['ignore', 'ignore', 'pipe'] });
  let complaints = '';
  child.stderr?.on('data', (piece: Buffer) => {
    complaints += piece.toString();
  });
  const url = `http://127.0.0.1:${port}`;
  await waitFor('nginx', () => {
    if (child.exitCode !== null) throw new Error(`nginx ended:\n${complaints}`);
    return ask(url, '/').then(
      () => true,
      () => false,
    );
  });
  return {
    url,
    stop: async () => {
      child.kill('SIGQUIT');
      await exited(child);
      rmSync(dir, { recursive: true, force: true });
    },
  };
};
