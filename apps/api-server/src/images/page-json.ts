import { largestId } from './image-page.ts';

/** Stands for each quote of the structure, so that it can be told from those of the texts: JSON has it as it is. */
const mark = 0x7f;
const marksOfRow = 12;

const quote = 0x22;
const backslash = 0x5c;
const space = 0x20;

/**
 * Images as one text: making it so costs Postgres half of what JSON does, and all but rare texts need no escaping.
 * What is in front of the first title and behind the last url is left out.
 */
const text = `coalesce(string_agg(
    title || E'\\x7f,\\x7falt_text\\x7f:\\x7f' || coalesce(alt_text, '') || E'\\x7f,\\x7furl\\x7f:\\x7f' || url,
    E'\\x7f},{\\x7ftitle\\x7f:\\x7f' order by id), '') as text`;

/** A page by keyset. */
export const pageTextQuery = {
  name: 'list-images-text',
  text: `select count(*)::int as count, max(id) as last, ${text}
    from (select id, title, alt_text, url from images where id > $1::bigint order by id limit $2::int) page`,
};

/**
 * A page by ranges of ids, a text for each. It costs Postgres a fourth less: one statement is for more images, and for
 * small texts it need not ask the system for memory each time. No limit is needed: a range has no more images than ids.
 */
export const rangesTextQuery = {
  name: 'list-images-ranges',
  text: `select page.* from unnest($1::bigint[], $2::bigint[]) with ordinality as part (after, upto, ordinal),
    lateral (select count(*)::int as count, ${text} from images where id > part.after and id <= part.upto) page
    order by part.ordinal`,
};

const rangesOfPage = 4;

/** The next so many ids in ranges: after which each begins, and with which it ends. */
export const rangesAfter = (after: string, ids: number) => {
  const bounds = Array.from({ length: rangesOfPage + 1 }, (_, at) => {
    const bound = BigInt(after) + BigInt(Math.ceil((ids * at) / rangesOfPage));
    return bound < largestId ? bound : largestId;
  });
  return { after: bounds.slice(0, -1), upto: bounds.slice(1) };
};

/** Puts the quotes in. Says how many marks there were, and whether there was anything that JSON wants escaped. */
const replaceMarks = (bytes: Buffer): { readonly marks: number; readonly plain: boolean } => {
  let marks = 0;
  let plain = true;
  for (let at = 0; at < bytes.length; at += 1) {
    const byte = bytes[at] ?? 0;
    if (byte === mark) {
      marks += 1;
      bytes[at] = quote;
    } else if (byte < space || byte === quote || byte === backslash) plain = false;
  }
  return { marks, plain };
};

const opening = Buffer.from(',{\x7ftitle\x7f:\x7f');
const closing = Buffer.from('\x7f}');

/** Written straight into its place: joined to anything as a text, it would be copied once more. */
const wrap = (texts: readonly string[]): Buffer => {
  const around = opening.length + closing.length;
  const bytes = Buffer.allocUnsafeSlow(
    texts.reduce((sum, inside) => sum + around + Buffer.byteLength(inside), 0),
  );
  let end = 0;
  for (const inside of texts) {
    end += opening.copy(bytes, end);
    end += bytes.write(inside, end);
    end += closing.copy(bytes, end);
  }
  return bytes;
};

/**
 * The texts of so many images → their JSON, byte for byte that of JSON.stringify, with a comma in front of each.
 * Undefined when one of the images has the mark in it: then they can't be told apart.
 */
export const findPageJson = (texts: readonly string[], count: number): Buffer | undefined => {
  const filled = texts.filter((inside) => inside !== '');
  const bytes = wrap(filled);
  const { marks, plain } = replaceMarks(bytes);
  if (marks !== marksOfRow * count) return undefined;
  if (plain) return bytes;
  const escaped = wrap(filled.map((inside) => JSON.stringify(inside).slice(1, -1)));
  replaceMarks(escaped);
  return escaped;
};
