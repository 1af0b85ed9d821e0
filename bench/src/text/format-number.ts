/** Formats a number with its significant digits: 48,231 · 332 · 9.81 · 0.213. */
export const formatNumber = (value: number): string =>
  new Intl.NumberFormat(
    'en',
    value >= 100 ? { maximumFractionDigits: 0 } : { maximumSignificantDigits: 3 },
  ).format(value);
