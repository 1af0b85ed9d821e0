import { readFileSync } from 'node:fs';
import { type ConnectionOptions, getCACertificates } from 'node:tls';

/** How one connection attempt uses TLS; `false` is plain text. */
export type TlsChoice = false | ConnectionOptions;

/**
 * Parameters of a Postgres address that concern TLS, by their libpq names. The driver would give some another
 * meaning.
 */
export const tlsParameters = [
  'sslmode',
  'sslrootcert',
  'sslcert',
  'sslkey',
  'ssl',
  'uselibpqcompat',
] as const;

const modes = ['disable', 'allow', 'prefer', 'require', 'verify-ca', 'verify-full', 'no-verify'] as const;
type Mode = (typeof modes)[number];

const isMode = (text: string): text is Mode => (modes as readonly string[]).includes(text);

const readFile = (parameter: string, file: string): string => {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const why = code === 'ENOENT' ? 'does not exist' : `can't be read (${code})`;
    throw new Error(`must name a readable file as its ${parameter}, and ${file} ${why}`);
  }
};

const findMode = (parameters: URLSearchParams): Mode | undefined => {
  const mode = parameters.get('sslmode');
  if (mode === null)
    return parameters.get('ssl') === 'true' || parameters.get('ssl') === '1' ? 'verify-full' : undefined;
  if (!isMode(mode)) throw new Error(`must have one of ${modes.slice(0, -1).join(', ')} as its sslmode`);
  return mode;
};

/**
 * Reads the TLS parameters of an address as libpq does (PostgreSQL documentation, "SSL Support"): `require` encrypts
 * and checks no certificate unless there is an `sslrootcert`, `prefer` falls back to plain text. `sslrootcert=system`
 * means the certificate authorities of the system. Returns the choices to try in their order, undefined for an
 * address that says nothing. Throws an Error whose message continues a sentence that begins with the name of the
 * address.
 */
export const readTlsChoices = (parameters: URLSearchParams): readonly TlsChoice[] | undefined => {
  const mode = findMode(parameters);
  const rootCert = parameters.get('sslrootcert');
  if (mode === undefined && rootCert === null) return undefined;
  if (rootCert === 'system' && mode !== undefined && mode !== 'verify-full') {
    throw new Error(`must have sslmode=verify-full with sslrootcert=system, and has sslmode=${mode}`);
  }
  const effective = mode ?? (rootCert === 'system' ? 'verify-full' : 'prefer');
  if (effective === 'disable') return [false];
  const own: ConnectionOptions = {};
  for (const [name, key] of [
    ['sslcert', 'cert'],
    ['sslkey', 'key'],
  ] as const) {
    const file = parameters.get(name);
    if (file) own[key] = readFile(name, file);
  }
  if (rootCert === 'system') own.ca = getCACertificates('system');
  else if (rootCert !== null) own.ca = readFile('sslrootcert', rootCert);
  const unchecked: TlsChoice = { ...own, rejectUnauthorized: false };
  const chainOnly: TlsChoice = { ...own, checkServerIdentity: () => undefined };
  switch (effective) {
    case 'allow':
      return [false, unchecked];
    case 'prefer':
      return [unchecked, false];
    case 'require':
      return [rootCert === null ? unchecked : chainOnly];
    case 'no-verify':
      return [unchecked];
    case 'verify-ca':
      return [chainOnly];
    case 'verify-full':
      return [own];
  }
};
