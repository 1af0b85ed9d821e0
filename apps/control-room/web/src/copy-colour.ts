const colours = 8;

/** The order of copies on the page: api-2 before api-10. */
export const compareNames = (a: string, b: string): number => a.localeCompare(b, 'en', { numeric: true });

const numberOf = (copyName: string): number => Math.max(1, Number(/(\d+)$/.exec(copyName)?.[1] ?? 1));

/**
 * Returns the CSS variable of the colour of a copy. The first eight differ, then the colours repeat with dashes (see
 * `dashOf`); the name of the copy stands beside the colour everywhere.
 */
export const colourOf = (copyName: string): string =>
  `var(--copy-${((numberOf(copyName) - 1) % colours) + 1})`;

/** The dashes of the line of a copy, in pixels; empty for a solid line. */
export const dashOf = (copyName: string): number[] => (numberOf(copyName) > colours ? [5, 4] : []);

/** Resolves a CSS colour, also with variables, to one that a canvas takes. */
export const resolveColour = (element: Element, colour: string): string => {
  const probe = element.ownerDocument.createElement('span');
  probe.style.color = colour;
  element.append(probe);
  const resolved = getComputedStyle(probe).color;
  probe.remove();
  return resolved;
};
