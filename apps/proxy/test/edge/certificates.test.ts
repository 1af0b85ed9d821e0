import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, type TLSSocket } from 'node:tls';
import { afterEach, describe, expect, it } from '@jest/globals';
import { createFakeClock } from '@tripod/testing/fake-clock';
import { waitFor } from '@tripod/testing/wait-for';
import { Certificates, loadCertificate } from '../../src/edge/certificates.ts';
import { certificateFile } from '../support/certificates.ts';
import { collectLog } from '../support/collect-log.ts';
import { runEchoUpstream } from '../support/echo-upstream.ts';
import { routeTo, runProxy } from '../support/run-proxy.ts';
import { stopAll } from '../support/stop-all.ts';

const folders: string[] = [];
const opened = new Set<TLSSocket>();
afterEach(async () => {
  for (const socket of opened) socket.destroy();
  opened.clear();
  await stopAll();
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

const makePair = () => {
  const folder = mkdtempSync(join(tmpdir(), 'certificates-'));
  folders.push(folder);
  const files = { cert: join(folder, 'site.pem'), key: join(folder, 'site.key') };
  const use = (name: string): void => {
    copyFileSync(certificateFile(`${name}.pem`), files.cert);
    copyFileSync(certificateFile(`${name}.key`), files.key);
  };
  use('one');
  return { files, use };
};

const serialOf = (name: string): string =>
  loadCertificate({ cert: certificateFile(`${name}.pem`), key: certificateFile(`${name}.key`) }).leaf
    .serialNumber;

describe('the certificates of the listener', () => {
  it('names the file and what is wrong with it when a pair cannot be used', () => {
    const { files } = makePair();
    expect(() => loadCertificate({ ...files, cert: '/nowhere.pem' })).toThrow(
      '/nowhere.pem must be a file that the proxy can read',
    );
    expect(() => loadCertificate({ cert: files.key, key: files.key })).toThrow(
      `${files.key} must hold a certificate in PEM format`,
    );
    expect(() => loadCertificate({ cert: files.cert, key: files.cert })).toThrow(
      `${files.cert} must hold a private key in PEM format`,
    );
    expect(() => loadCertificate({ ...files, key: certificateFile('two.key') })).toThrow(
      `must hold the key of the certificate in ${files.cert}`,
    );
  });

  it('reads files that have changed again, and keeps the old certificate while a pair is broken', () => {
    const { files, use } = makePair();
    const clock = createFakeClock();
    const log = collectLog();
    const certificates = new Certificates([files], { clock, logger: log });
    let changes = 0;
    certificates.onChanged = () => {
      changes += 1;
    };
    certificates.watch();
    writeFileSync(files.key, 'broken');
    clock.advance(3000);
    expect(changes).toBe(0);
    expect(log.events.filter(({ level }) => level === 'error')).toHaveLength(1);
    use('renewed');
    clock.advance(3000);
    expect(changes).toBe(1);
    certificates.stop();
  });

  it('uses a new certificate for new connections, and keeps the open ones', async () => {
    const { files, use } = makePair();
    const proxy = await runProxy({
      route: routeTo(await runEchoUpstream()),
      tlsCert: [files.cert],
      tlsKey: [files.key],
    });
    const open = (): TLSSocket => {
      const socket = connect({ port: proxy.port, host: '127.0.0.1', rejectUnauthorized: false });
      opened.add(socket);
      socket.on('error', () => undefined);
      return socket;
    };
    const ask = async (socket: TLSSocket): Promise<void> => {
      const heard = new Promise<string>((resolve) => {
        socket.once('data', (piece: Buffer) => resolve(piece.toString()));
      });
      socket.write('GET / HTTP/1.1\r\nHost: one.test\r\n\r\n');
      expect(await heard).toContain('HTTP/1.1 200');
    };
    const kept = open();
    await ask(kept);
    use('renewed');
    await waitFor('the new certificate', async () => {
      const socket = open();
      const serial = await new Promise<string>((resolve) => {
        socket.once('secureConnect', () => resolve(socket.getPeerCertificate().serialNumber));
        socket.once('close', () => resolve(''));
      });
      socket.destroy();
      return serial === serialOf('renewed');
    });
    await ask(kept);
  });
});
