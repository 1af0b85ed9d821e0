/**
 * The same text in one piece. A string put together from others is kept as a tree, which whoever writes it walks anew;
 * what is written often is worth this one copy. For characters up to U+00FF.
 */
export const flatten = (text: string): string => Buffer.from(text, 'latin1').toString('latin1');
