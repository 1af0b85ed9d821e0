import { createHmac, randomBytes, scrypt, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';

const scryptBytes = promisify<string, Buffer, number, Buffer>(scrypt);
const hashBytes = 32;

/** A password as `scrypt:SALT:HASH`, both in base64, with the cost of Node (N = 16384, r = 8, p = 1). */
const scryptPattern = /^scrypt:([A-Za-z0-9+/_-]{16,128}={0,2}):([A-Za-z0-9+/_-]{43}=?)$/;

/** Whether a text is a password: plain, or in the form that `hashPassword` returns. */
export const isPassword = (text: string): boolean =>
  text.startsWith('scrypt:') ? scryptPattern.test(text) : text.length > 0 && text.length <= 256;

/** Returns `scrypt:SALT:HASH`, which stands for a password in a config file. */
export const hashPassword = async (password: string): Promise<string> => {
  const salt = randomBytes(16);
  const hash = await scryptBytes(password, salt, hashBytes);
  return `scrypt:${salt.toString('base64')}:${hash.toString('base64')}`;
};

/** Whether the password is right: at once, or by a function to call when it takes long to find out. */
export type PasswordCheck = boolean | (() => Promise<boolean>);

/** Checks the passwords of one user. */
export type PasswordVerifier = (password: string) => PasswordCheck;

/** Passwords that were found wrong, for each user. */
const maxRejected = 256;

/** Of this process: digests of passwords are compared in constant time and mean nothing outside of it. */
const key = randomBytes(32);
const digestOf = (password: string): Buffer => createHmac('sha256', key).update(password).digest();

const createScryptVerifier = (salt: Buffer, expected: Buffer): PasswordVerifier => {
  let accepted: Buffer | undefined;
  const rejected = new Set<string>();
  return (password) => {
    const digest = digestOf(password);
    if (accepted && timingSafeEqual(digest, accepted)) return true;
    const name = digest.toString('base64');
    if (rejected.has(name)) return false;
    return async () => {
      const isRight = timingSafeEqual(await scryptBytes(password, salt, hashBytes), expected);
      if (isRight) accepted = digest;
      else {
        const [oldest] = rejected;
        if (rejected.size >= maxRejected && oldest !== undefined) rejected.delete(oldest);
        rejected.add(name);
      }
      return isRight;
    };
  };
};

/** Creates the verifier of a password for which `isPassword` returns true. */
export const createPasswordVerifier = (stored: string): PasswordVerifier => {
  const [, salt, hash] = scryptPattern.exec(stored) ?? [];
  if (salt !== undefined && hash !== undefined)
    return createScryptVerifier(Buffer.from(salt, 'base64'), Buffer.from(hash, 'base64'));
  const expected = digestOf(stored);
  return (password) => timingSafeEqual(digestOf(password), expected);
};

/** Creates a verifier that takes as long as that of `stored`, for a user that is not known, and accepts nothing. */
export const createRefusingVerifier = (stored: string): PasswordVerifier => {
  const isSlow = stored.startsWith('scrypt:');
  if (isSlow) return createScryptVerifier(randomBytes(16), randomBytes(hashBytes));
  const expected = randomBytes(32);
  return (password) => timingSafeEqual(digestOf(password), expected) && false;
};
