import { constants, createPrivateKey, type KeyObject, randomBytes, X509Certificate } from 'node:crypto';
import { statSync } from 'node:fs';
import { createSecureContext, type SecureContext, type SecureContextOptions } from 'node:tls';
import type { Clock, Timer } from '@tripod/shared/async/clock';
import { ConfigError } from '@tripod/shared/config/config-error';
import type { Logger } from '@tripod/shared/logging/logger';
import { readPlainFile } from '@tripod/shared/os/read-plain-file';

/** The files of one certificate, in PEM format: the chain with the server's own certificate first, and its key. */
export type CertificateFiles = { readonly cert: string; readonly key: string };

/** A certificate that is in use, with the options that make a TLS context of it. */
type Certificate = {
  readonly leaf: X509Certificate;
  readonly options: SecureContextOptions;
  readonly context: SecureContext;
};

const maxFileBytes = 1_048_576;
const checkMs = 1000;

/** Only suites with forward secrecy and authenticated encryption. */
const ciphers = [
  'TLS_AES_128_GCM_SHA256',
  'TLS_AES_256_GCM_SHA384',
  'TLS_CHACHA20_POLY1305_SHA256',
  'ECDHE-ECDSA-AES128-GCM-SHA256',
  'ECDHE-RSA-AES128-GCM-SHA256',
  'ECDHE-ECDSA-AES256-GCM-SHA384',
  'ECDHE-RSA-AES256-GCM-SHA384',
  'ECDHE-ECDSA-CHACHA20-POLY1305',
  'ECDHE-RSA-CHACHA20-POLY1305',
].join(':');

const refuse = (file: string, problem: string): never => {
  throw new ConfigError([{ source: file, problem }]);
};

const readPem = (file: string): string => {
  try {
    return readPlainFile(file, maxFileBytes);
  } catch (error) {
    return refuse(file, `must be a file that the proxy can read: ${(error as Error).message}`);
  }
};

const parseCertificate = (file: string, pem: string): X509Certificate => {
  try {
    return new X509Certificate(pem);
  } catch {
    return refuse(file, 'must hold a certificate in PEM format');
  }
};

const parseKey = (file: string, pem: string): KeyObject => {
  try {
    return createPrivateKey(pem);
  } catch (error) {
    const isEncrypted = (error as NodeJS.ErrnoException).code === 'ERR_MISSING_PASSPHRASE';
    return refuse(
      file,
      isEncrypted ? 'must hold a key without a passphrase' : 'must hold a private key in PEM format',
    );
  }
};

/** Reads a certificate and its key. Throws a ConfigError that names the file and what is wrong with it. */
export const loadCertificate = (files: CertificateFiles): Certificate => {
  const cert = readPem(files.cert);
  const key = readPem(files.key);
  const leaf = parseCertificate(files.cert, cert);
  if (!leaf.checkPrivateKey(parseKey(files.key, key)))
    refuse(files.key, `must hold the key of the certificate in ${files.cert}`);
  const options: SecureContextOptions = {
    cert,
    key,
    ciphers,
    minVersion: 'TLSv1.2',
    maxVersion: 'TLSv1.3',
    // A client could otherwise make the proxy repeat the expensive part of a handshake (CVE-2011-1473).
    secureOptions: constants.SSL_OP_NO_RENEGOTIATION,
  };
  try {
    return { leaf, options, context: createSecureContext(options) };
  } catch (error) {
    return refuse(files.cert, `cannot be used: ${(error as Error).message}`);
  }
};

/** Differs when a file was written or replaced. */
const stampOf = ({ cert, key }: CertificateFiles): string =>
  [cert, key]
    .map((file) => {
      try {
        const { mtimeMs, size, ino } = statSync(file);
        return `${mtimeMs} ${size} ${ino}`;
      } catch {
        return 'missing';
      }
    })
    .join(', ');

/**
 * The certificates of a listener. Their files are checked every second and read again when they have changed and have
 * then stayed the same for one second; a pair that cannot be used is logged, and the one in use stays.
 */
export class Certificates {
  /** Encrypts session tickets. One key for the life of the process, so that sessions resume after a change. */
  readonly ticketKeys = randomBytes(48);
  /** Called when a certificate has changed. */
  onChanged: () => void = () => undefined;
  readonly #entries: { readonly files: CertificateFiles; used: Certificate; stamp: string; seen: string }[];
  readonly #clock: Clock;
  readonly #logger: Logger;
  #timer: Timer | undefined;

  /** Throws a ConfigError when a pair of files cannot be used. */
  constructor(
    pairs: readonly CertificateFiles[],
    { clock, logger }: { readonly clock: Clock; readonly logger: Logger },
  ) {
    this.#clock = clock;
    this.#logger = logger;
    this.#entries = pairs.map((files) => {
      const stamp = stampOf(files);
      return { files, used: loadCertificate(files), stamp, seen: stamp };
    });
  }

  /** The options of the first certificate, which is used for every name that no other one has. */
  get defaultOptions(): SecureContextOptions {
    const [first] = this.#entries;
    if (!first) throw new Error('Certificates: there is none');
    return { ...first.used.options, ticketKeys: this.ticketKeys } as SecureContextOptions;
  }

  /** The context for a name that a client asks for; undefined for the default one. */
  findContext(serverName: string): SecureContext | undefined {
    const index = this.#entries.findIndex(({ used }) => used.leaf.checkHost(serverName) !== undefined);
    return index > 0 ? this.#entries[index]?.used.context : undefined;
  }

  watch(): void {
    this.#timer = this.#clock.after(checkMs, () => {
      this.#check();
      this.watch();
    });
  }

  stop(): void {
    this.#timer?.cancel();
  }

  #check(): void {
    let hasChanged = false;
    for (const entry of this.#entries) {
      const now = stampOf(entry.files);
      const isSettled = now === entry.seen;
      entry.seen = now;
      // A certificate and its key are replaced one after the other.
      if (!isSettled || now === entry.stamp) continue;
      entry.stamp = now;
      try {
        entry.used = loadCertificate(entry.files);
        hasChanged = true;
        this.#logger.info('certificate read again', {
          file: entry.files.cert,
          validTo: entry.used.leaf.validTo,
        });
      } catch (error) {
        if (!(error instanceof ConfigError)) throw error;
        this.#logger.error('certificate not read again, the old one stays in use', {
          problem: error.message,
        });
      }
    }
    if (hasChanged) this.onChanged();
  }
}
