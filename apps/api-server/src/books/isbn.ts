const weightedSum = (digits: readonly number[], weightOf: (at: number) => number): number =>
  digits.reduce((sum, digit, at) => sum + digit * weightOf(at), 0);

/**
 * Whether a text is an ISBN-10 or ISBN-13 with the right check digit (ISO 2108). Hyphens may stand between digits; the
 * last character of an ISBN-10 may be X, which stands for 10.
 */
export const isIsbn = (text: string): boolean => {
  if (!/^\d(?:-?\d)*(?:-?[\dX])$/.test(text)) return false;
  const characters = text.replaceAll('-', '');
  if (characters.length !== 10 && characters.length !== 13) return false;
  if (characters.length === 13 && characters.endsWith('X')) return false;
  const digits = [...characters].map((character) => (character === 'X' ? 10 : Number(character)));
  return characters.length === 10
    ? weightedSum(digits, (at) => 10 - at) % 11 === 0
    : weightedSum(digits, (at) => (at % 2 === 0 ? 1 : 3)) % 10 === 0;
};
