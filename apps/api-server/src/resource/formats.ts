/** Text formats by the name that a schema's `format` gives, each with what a text must be, for error messages. */
export type Formats = Readonly<
  Record<string, { readonly test: (text: string) => boolean; readonly detail: string }>
>;

/** Control characters reach terminals, U+0000 can't be stored, and a lone surrogate would be stored as U+FFFD. */
export const isPlainText = (text: string): boolean => text.isWellFormed() && !/\p{Cc}/u.test(text);

/**
 * Whether a text has a character that is seen: blanks, format characters such as U+200B and fillers such as U+3164 are
 * not, nor are the two symbols without ink, U+2800 (braille) and U+1D159 (music).
 */
export const hasVisibleCharacter = (text: string): boolean =>
  /[^\p{White_Space}\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}\u2800\u{1D159}]/u.test(text);

/** Formats that every resource may use. */
export const commonFormats: Formats = {
  'plain-text': {
    test: (text) => isPlainText(text) && hasVisibleCharacter(text),
    detail: 'must not be blank, and must not have control characters or lone surrogates',
  },
  // RFC 9562 4, in either case.
  uuid: {
    test: (text) => /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i.test(text),
    detail: 'must be a UUID',
  },
};
