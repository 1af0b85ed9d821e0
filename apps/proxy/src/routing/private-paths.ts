/** A path as a lenient server would read it: without percent signs, case and slashes at the end. */
export const plainPath = (path: string): string => {
  const decoded = path.replace(/%([2-7][0-9a-f])/gi, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
  return decoded.length > 1 ? decoded.replace(/\/+$/, '').toLowerCase() : decoded;
};

/** Whether a path is one of these, which are plain already, in any spelling. */
export const isPrivate = (path: string, privatePaths: readonly string[]): boolean =>
  privatePaths.includes(plainPath(path));
