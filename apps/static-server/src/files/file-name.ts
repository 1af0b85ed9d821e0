import { isUtf8 } from 'node:buffer';

/**
 * File names are bytes; strings are Unicode. A byte that is not part of valid UTF-8 becomes the lone surrogate
 * U+DC00 + byte (Python's "surrogateescape", PEP 383), which no valid UTF-8 decodes to. So each name has exactly one
 * string, and `encodeFileName` finds its bytes again.
 */
const escapeBase = 0xdc00;

/** The string of a name or path that the file system gave as bytes. */
export const decodeFileName = (bytes: Buffer): string => {
  if (isUtf8(bytes)) return bytes.toString('utf8');
  let name = '';
  for (let at = 0; at < bytes.length; ) {
    const length = [1, 2, 3, 4].find((count) => isUtf8(bytes.subarray(at, at + count)));
    name +=
      length === undefined
        ? String.fromCharCode(escapeBase + (bytes[at] ?? 0))
        : bytes.toString('utf8', at, at + length);
    at += length ?? 1;
  }
  return name;
};

const encodeCharacter = (character: string): Buffer =>
  character.isWellFormed() ? Buffer.from(character) : Buffer.of(character.charCodeAt(0) - escapeBase);

/** The path for the file system: the string itself, or its bytes when they are not UTF-8. */
export const encodeFileName = (name: string): string | Buffer =>
  name.isWellFormed() ? name : Buffer.concat(Array.from(name, encodeCharacter));
