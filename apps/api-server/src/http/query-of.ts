/** The query of a request target. Express's own parsers hide that a name was given twice. */
export const queryOf = (url = ''): URLSearchParams => {
  const start = url.indexOf('?');
  return new URLSearchParams(start === -1 ? '' : url.slice(start + 1));
};
