import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findIdentity } from '@tripod/embedded-postgres/identity';
import { freePort } from '@tripod/testing/free-port';
import { waitFor } from '@tripod/testing/wait-for';

export type PgBouncer = {
  readonly port: number;
  /** What it has logged so far. */
  readonly output: () => string;
  readonly stop: () => Promise<void>;
};

const answers = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });

/** Starts a real PgBouncer in front of a server, with at most two connections to it. */
export const startPgBouncer = async (
  program: string,
  serverUrl: string,
  poolMode: 'session' | 'transaction',
): Promise<PgBouncer> => {
  const { hostname, port: serverPort, username, password } = new URL(serverUrl);
  const folder = mkdtempSync(join(tmpdir(), 'tripod-pgbouncer-'));
  chmodSync(folder, 0o755);
  const port = await freePort();
  writeFileSync(join(folder, 'users'), `"${username}" "${password}"\n`, { mode: 0o644 });
  writeFileSync(
    join(folder, 'pgbouncer.ini'),
    `[databases]
* = host=${hostname} port=${serverPort}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${port}
unix_socket_dir =
auth_type = scram-sha-256
auth_file = ${join(folder, 'users')}
pool_mode = ${poolMode}
default_pool_size = 2
`,
    { mode: 0o644 },
  );
  const child = spawn(program, [join(folder, 'pgbouncer.ini')], {
    ...findIdentity(undefined),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (piece: Buffer) => {
      output += piece.toString();
    });
  const exited = once(child, 'exit');
  await waitFor(`PgBouncer: ${output}`, () => answers(port));
  return {
    port,
    output: () => output,
    stop: async () => {
      child.kill('SIGKILL');
      await exited;
      rmSync(folder, { recursive: true, force: true });
    },
  };
};
