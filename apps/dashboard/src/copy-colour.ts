/** Colours that differ in lightness too, each with at least 4.5:1 against the dark text on it. */
const colours = [
  '#f2d5c4',
  '#a8d5ba',
  '#9ec9f0',
  '#f0c36d',
  '#d9b3e6',
  '#f0a8a0',
  '#b8d86b',
  '#8fd3d1',
] as const;

/**
 * Returns the colour of a copy. `api-1` to `api-8` differ, then the colours repeat. Names without a number get the
 * first.
 */
export const colourOf = (copyName: string): string => {
  const number = Number(/(\d+)$/.exec(copyName)?.[1] ?? 1);
  return colours[(number - 1 + colours.length) % colours.length] ?? colours[0];
};

/** Returns the label of a copy in the strip: its number, or the first letter of its name. */
export const shortNameOf = (copyName: string): string =>
  /(\d+)$/.exec(copyName)?.[1] ?? copyName.slice(0, 1).toUpperCase();
