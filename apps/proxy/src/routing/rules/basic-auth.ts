import { AppError } from '@tripod/shared/errors/app-error';
import {
  createPasswordVerifier,
  createRefusingVerifier,
  isPassword,
  type PasswordCheck,
  type PasswordVerifier,
} from './password.ts';
import type { RequestGuard } from './request-guard.ts';
import { ruleErrors } from './rule-errors.ts';

/** The users of a route: each name with its password, plain or as `scrypt:SALT:HASH`. */
export type BasicAuth = { readonly realm?: string; readonly users: Readonly<Record<string, string>> };

/** Slow checks that wait for the one under way. A check takes a processor for about 50 ms. */
const maxWaiting = 16;

type Fault = { readonly pointer: string; readonly problem: string };

/**
 * Returns what is wrong with a value of `basicAuth`, with pointers relative to it. No text holds a password, which is
 * why this is no JSON Schema.
 */
export const basicAuthFaults = (value: unknown): readonly Fault[] => {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return [{ pointer: '', problem: 'must be an object with a realm and users' }];
  const { realm = '', users, ...more } = value as Record<string, unknown>;
  const faults: Fault[] = Object.keys(more).map((name) => ({
    pointer: `/${name}`,
    problem: 'is not a setting',
  }));
  if (typeof realm !== 'string' || !/^[ !\x23-\x5b\x5d-\x7e]{0,100}$/.test(realm))
    faults.push({
      pointer: '/realm',
      problem: 'must be a text of at most 100 ASCII characters without quotes',
    });
  const entries = typeof users === 'object' && users !== null ? Object.entries(users) : [];
  if (Array.isArray(users) || entries.length === 0)
    faults.push({ pointer: '/users', problem: 'must be an object with one user or more' });
  for (const [name, password] of entries) {
    const pointer = `/users/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`;
    if (!/^[^:\p{Cc}]{1,100}$/u.test(name))
      faults.push({ pointer, problem: 'must be a name of 1 to 100 characters without a colon' });
    if (typeof password !== 'string' || !isPassword(password))
      faults.push({
        pointer,
        problem: 'must be a password, or scrypt:SALT:HASH as proxy hash-password prints it (value not shown)',
      });
  }
  return faults;
};

type Credentials = { readonly name: string; readonly password: string };

/** Parses `Basic BASE64` (RFC 7617); undefined for anything else. */
const findCredentials = (header: string | undefined): Credentials | undefined => {
  const [, encoded] = /^basic +([A-Za-z0-9+/_-]{1,2048}={0,2})$/i.exec(header ?? '') ?? [];
  if (encoded === undefined) return undefined;
  const text = Buffer.from(encoded, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  return colon === -1 ? undefined : { name: text.slice(0, colon), password: text.slice(colon + 1) };
};

/**
 * Creates a guard that admits the users of a route and refuses all others (401). A plain password is compared in
 * constant time. A scrypt hash is computed once for each password, one at a time, off the event loop; the result is
 * kept, so that neither users nor guesses burn the processor.
 */
export const createBasicAuth = ({ realm = '', users }: BasicAuth): RequestGuard => {
  const verifiers = new Map<string, PasswordVerifier>(
    Object.entries(users).map(([name, password]) => [name, createPasswordVerifier(password)]),
  );
  const stored = Object.values(users);
  const verifyUnknown = createRefusingVerifier(
    stored.find((password) => password.startsWith('scrypt:')) ?? '',
  );
  const refusal = (): AppError =>
    new AppError(ruleErrors.PROXY_CREDENTIALS_REQUIRED, {
      headers: { 'WWW-Authenticate': `Basic realm="${realm}", charset="UTF-8"` },
    });
  let last: Promise<unknown> = Promise.resolve();
  let waiting = 0;
  const checkLater = (check: () => PasswordCheck): Promise<void> => {
    if (waiting >= maxWaiting)
      throw new AppError(ruleErrors.PROXY_PASSWORD_CHECKS_BUSY, { headers: { 'Retry-After': '1' } });
    waiting += 1;
    const run = async (): Promise<void> => {
      waiting -= 1;
      // Asked again: an earlier request with the same password may have found out meanwhile.
      const result = check();
      if (!(typeof result === 'boolean' ? result : await result())) throw refusal();
    };
    const done = last.then(run);
    last = done.catch(() => undefined);
    return done;
  };
  return ({ headers }) => {
    const credentials = findCredentials(headers.findHeader('authorization'));
    if (!credentials) throw refusal();
    const verify = verifiers.get(credentials.name) ?? verifyUnknown;
    const check = (): PasswordCheck => verify(credentials.password);
    const result = check();
    if (result === true) return undefined;
    if (result === false) throw refusal();
    return checkLater(check);
  };
};
