/** Text formats by the name that a schema's `format` gives, each with what a text must be, for error messages. */
export type Formats = Readonly<
  Record<string, { readonly test: (text: string) => boolean; readonly detail: string }>
>;

/** Control characters reach terminals, U+0000 can't be stored, and a lone surrogate would be stored as U+FFFD. */
export const isPlainText = (text: string): boolean => text.isWellFormed() && !/\p{Cc}/u.test(text);

/** Formats that every resource may use. */
export const commonFormats: Formats = {
  'plain-text': {
    test: (text) => isPlainText(text) && /\S/.test(text),
    detail: 'must not be blank, and must not have control characters or lone surrogates',
  },
  // RFC 9562 4, in either case.
  uuid: {
    test: (text) => /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i.test(text),
    detail: 'must be a UUID',
  },
};
