/**
 * Returns the same text as a flat string. V8 keeps a concatenated string as a tree and walks it on every write, so a
 * text that is written often is worth one copy. For characters up to U+00FF.
 */
export const flatten = (text: string): string => Buffer.from(text, 'latin1').toString('latin1');
