import { type TaggedRepresentation, taggedRepresentationOf } from '../representation.ts';

/** Makes the representation of a list, given its items as compact JSON and an indent. */
export type RepresentList = (json: string, indent: number) => TaggedRepresentation;

/** Items of a list as JSON with the given indent, without the brackets around them. */
export const indentItems = (json: string, indent: number): string =>
  indent === 0 || json === '' ? json : JSON.stringify(JSON.parse(`[${json}]`), null, indent).slice(1, -2);

/** Items of a list → the JSON array with its entity tag. */
export const representList: RepresentList = (json, indent) =>
  taggedRepresentationOf(`[${indentItems(json, indent)}${indent === 0 || json === '' ? '' : '\n'}]`);

/** The same, keeping the last representation of each indent: most often the list has not changed since. */
export const rememberLast = (): RepresentList => {
  const last = new Map<number, { readonly json: string; readonly tagged: TaggedRepresentation }>();
  return (json, indent) => {
    const known = last.get(indent);
    if (known?.json === json) return known.tagged;
    const tagged = representList(json, indent);
    last.set(indent, { json, tagged });
    return tagged;
  };
};
