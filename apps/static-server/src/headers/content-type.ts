import { types as registeredTypes } from 'mime-types';

/** What browsers need, or the registry says today, where `mime-types` has an older type or none. */
const overrides: Readonly<Record<string, string>> = {
  cjs: 'text/javascript',
  cur: 'image/x-icon',
  // RFC 9639.
  flac: 'audio/flac',
  // Windows saves JPEG files under this name.
  jfif: 'image/jpeg',
  m4v: 'video/mp4',
  tgz: 'application/gzip',
  // RFC 6350.
  vcf: 'text/vcard',
  // RFC 9512.
  yaml: 'application/yaml',
  yml: 'application/yaml',
};

const token = "[!#$%&'*+.^_`|~\\w-]+";
const parameter = `; *${token}=(?:${token}|"[\\x20\\x21\\x23-\\x7e]*")`;

/** `md=text/markdown; charset=utf-8`. */
const rulePattern = new RegExp(`^\\.?([\\w+-]+)=(${token}/${token}(?:${parameter})*)$`);

/** Describes what is wrong with the values of `--content-type`; empty when all are valid. */
export const contentTypeProblems = (rules: readonly string[]): readonly string[] =>
  rules
    .filter((rule) => !rulePattern.test(rule))
    .map((rule) => `must be EXT=TYPE, such as heif=image/heif, and has ${JSON.stringify(rule)}`);

const textPattern = /^text\/|^[\w/.+-]+[/+](?:json|xml|yaml)(?:;|$)|^application\/(?:sql|toml)(?:;|$)/;

/** Without a charset, browsers guess an old encoding for text. */
const withCharset = (type: string): string =>
  textPattern.test(type) && !/;\s*charset=/i.test(type) ? `${type}; charset=utf-8` : type;

/** Returns the Content-Type of a file by the extension of its name, in any letter case. */
export type ContentTypeOf = (name: string) => string;

/**
 * Creates the lookup of content types: `rules` (EXT=TYPE each, as `--content-type` takes them) before the media types
 * registered with IANA. An unknown extension is `application/octet-stream`.
 */
export const createContentTypes = (rules: readonly string[]): ContentTypeOf => {
  const own = new Map(Object.entries(overrides));
  for (const rule of rules) {
    const [, extension = '', type = ''] = rulePattern.exec(rule) ?? [];
    own.set(extension.toLowerCase(), type);
  }
  return (name) => {
    const dot = name.lastIndexOf('.');
    const extension = dot === -1 ? '' : name.slice(dot + 1).toLowerCase();
    return withCharset(own.get(extension) ?? registeredTypes[extension] ?? 'application/octet-stream');
  };
};

/**
 * Whether a browser may run scripts in a file of this type when it opens it: such files get a
 * Content-Security-Policy.
 */
export const isDocument = (contentType: string): boolean =>
  /^(?:text\/html|[\w/]*[/+]xml)\b/.test(contentType);

/**
 * Whether gzip and brotli make files of this type smaller: text, and binary formats without compression of their own.
 */
export const isCompressible = (contentType: string): boolean =>
  /^text\/|; *charset=|^(?:application\/wasm|font\/[ot]tf|image\/(?:bmp|x-icon|vnd\.microsoft\.icon|tiff))$/.test(
    contentType,
  );
