import { describe, expect, it } from '@jest/globals';
import { AppError } from '@tripod/shared/errors/app-error';
import { basicAuthFaults, createBasicAuth } from '../../../src/routing/rules/basic-auth.ts';
import { hashPassword } from '../../../src/routing/rules/password.ts';
import { makeRequest } from '../../support/make-pool.ts';

const basic = (credentials: string): string => `Basic ${Buffer.from(credentials).toString('base64')}`;

/** The status of a refusal, or 0 for an admitted request; `waited` when the password was not known before. */
const outcomeOf = async (guard: ReturnType<typeof createBasicAuth>, authorization?: string) => {
  const request = makeRequest(authorization === undefined ? {} : { lines: { authorization } });
  let waited = false;
  try {
    const pending = guard(request);
    waited = pending !== undefined;
    await pending;
    return { status: 0, waited };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return { status: error.status, waited, challenge: error.headers['WWW-Authenticate'] };
  }
};

describe('createBasicAuth', () => {
  const challenge = 'Basic realm="The lab", charset="UTF-8"';
  const plain = createBasicAuth({ realm: 'The lab', users: { ann: 'secret', bö: 'pass:wörd' } });

  it.each(['ann:secret', 'bö:pass:wörd'])('admits %s at once', async (credentials) => {
    expect(await outcomeOf(plain, basic(credentials))).toEqual({ status: 0, waited: false });
  });

  it.each([
    undefined,
    '',
    'Bearer x',
    'Basic',
    'Basic ***',
    basic('ann'),
    basic('ann:'),
    basic('ann:secret '),
    basic('ann:Secret'),
    basic('eve:secret'),
    basic('__proto__:secret'),
    `${basic('ann:secret')}, ${basic('ann:secret')}`,
  ])('refuses %j with 401 and a challenge', async (header) => {
    expect(await outcomeOf(plain, header)).toEqual({ status: 401, waited: false, challenge });
  });

  it('computes a scrypt hash once for a right password and once for a wrong one', async () => {
    const guard = createBasicAuth({ users: { ann: await hashPassword('secret') } });
    for (const [credentials, status] of [
      ['ann:secret', 0],
      ['ann:wrong', 401],
    ] as const) {
      expect(await outcomeOf(guard, basic(credentials))).toMatchObject({ status, waited: true });
      expect(await outcomeOf(guard, basic(credentials))).toMatchObject({ status, waited: false });
    }
  });

  it('takes as long for a user that is not known as for one that is', async () => {
    const guard = createBasicAuth({ users: { ann: await hashPassword('secret') } });
    expect(await outcomeOf(guard, basic('eve:secret'))).toMatchObject({ status: 401, waited: true });
  });

  it('lets 16 passwords wait at most, and answers 503 to further ones', async () => {
    const guard = createBasicAuth({ users: { ann: await hashPassword('secret') } });
    const outcomes = await Promise.all(
      Array.from({ length: 20 }, (_, n) => outcomeOf(guard, basic(`ann:guess ${n}`))),
    );
    const statuses = outcomes.map(({ status }) => status);
    expect(statuses.filter((status) => status === 401)).toHaveLength(16);
    expect(statuses.filter((status) => status === 503)).toHaveLength(4);
    expect(await outcomeOf(guard, basic('ann:secret'))).toMatchObject({ status: 0 });
  });
});

describe('basicAuthFaults', () => {
  it('finds nothing in users with plain and hashed passwords', async () => {
    expect(basicAuthFaults({ realm: 'x', users: { a: 'b', c: await hashPassword('d') } })).toEqual([]);
  });

  it.each([
    [null, ''],
    [[], ''],
    ['ann:geheim', ''],
    [{}, '/users'],
    [{ users: {} }, '/users'],
    [{ users: ['geheim'] }, '/users'],
    [{ users: { ann: '' } }, '/users/ann'],
    [{ users: { ann: 'scrypt:geheim' } }, '/users/ann'],
    [{ users: { ann: ['geheim'] } }, '/users/ann'],
    [{ users: { 'a:b': 'geheim' } }, '/users/a:b'],
    [{ users: { ann: 'geheim' }, realm: 'a"b' }, '/realm'],
    [{ users: { ann: 'geheim' }, other: 1 }, '/other'],
  ])('finds the fault of %j and does not show the password', (value, pointer) => {
    const faults = basicAuthFaults(value);
    expect(faults.map((fault) => fault.pointer)).toEqual([pointer]);
    expect(JSON.stringify(faults)).not.toContain('geheim');
  });
});
