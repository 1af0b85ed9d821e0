import { hash } from 'node:crypto';

/** A JSON text, ready to be sent any number of times. */
export type Representation = {
  readonly body: string;
  readonly bytes: number;
  /** ASCII text is written faster as latin1, with the same bytes. */
  readonly encoding: 'latin1' | 'utf8';
};

/** A representation with its strong entity tag, which every copy computes alike for the same body. */
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
