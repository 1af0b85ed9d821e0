import { hash } from 'node:crypto';

/** A JSON text, ready to be sent any number of times. */
export type Representation = {
  readonly body: string;
  readonly bytes: number;
  /** A text of ASCII alone goes out faster as latin1, byte by byte the same. */
  readonly encoding: 'latin1' | 'utf8';
};

/** One with its strong entity tag: the same for the same body, whichever copy made it. */
export type TaggedRepresentation = Representation & { readonly tag: string };

export const representationOf = (body: string): Representation => {
  const bytes = Buffer.byteLength(body);
  return { body, bytes, encoding: bytes === body.length ? 'latin1' : 'utf8' };
};

export const entityTagOf = (body: string): string => `"${hash('sha256', body, 'base64url').slice(0, 27)}"`;

export const taggedRepresentationOf = (body: string): TaggedRepresentation => ({
  ...representationOf(body),
  tag: entityTagOf(body),
});
