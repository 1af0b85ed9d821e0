import { dirname, resolve } from 'node:path';
import { ConfigError } from '@tripod/shared/config/config-error';
import type { CertificateFiles } from './certificates.ts';

const file = { type: 'string', minLength: 1, description: 'the path of a PEM file' } as const;

/** The schema of `tls` in a config file. */
export const certificatesSchema = {
  type: 'array',
  minItems: 1,
  items: {
    type: 'object',
    required: ['cert', 'key'],
    additionalProperties: false,
    properties: { cert: file, key: file },
    description: 'an object with cert and key',
  },
  description: 'a list of at least one certificate',
} as const;

type TlsSettings = {
  readonly tlsCert: readonly string[] | undefined;
  readonly tlsKey: readonly string[] | undefined;
  readonly tls: unknown;
  /** The config file; `tls` in it is relative to its folder. */
  readonly config: string | undefined;
};

/** Returns the certificates of the listener; none: it speaks plain HTTP. Throws a ConfigError when a key is missing. */
export const parseCertificates = ({
  tlsCert = [],
  tlsKey = [],
  tls,
  config,
}: TlsSettings): readonly CertificateFiles[] => {
  if (tlsCert.length !== tlsKey.length && tls === undefined) {
    const problem = `must be given once for each --tls-cert, and there are ${tlsCert.length} certificates and ${tlsKey.length} keys`;
    throw new ConfigError([{ source: '--tls-key', pointer: '#/tlsKey', problem }]);
  }
  if (tls === undefined) return tlsCert.map((cert, index) => ({ cert, key: tlsKey[index] ?? '' }));
  const folder = dirname(config ?? './-');
  return (tls as readonly CertificateFiles[]).map(({ cert, key }) => ({
    cert: resolve(folder, cert),
    key: resolve(folder, key),
  }));
};
