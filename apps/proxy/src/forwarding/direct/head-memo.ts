const maxEntries = 1000;
const maxTextLength = 2048;

/**
 * Remembers what a pure function made of a text. Browsers and load tools send the same head again and again. When it is
 * full it starts anew: cheaper than keeping an order, and as good for what repeats. `mayKeep` false leaves an entry
 * out: heads with credentials stay no longer than their request.
 */
export const createHeadMemo = <T>(
  make: (text: string) => T,
  mayKeep: (made: T) => boolean,
): ((text: string) => T) => {
  let kept = new Map<string, T>();
  return (text) => {
    const known = kept.get(text);
    if (known !== undefined) return known;
    const made = make(text);
    if (text.length <= maxTextLength && mayKeep(made)) {
      if (kept.size >= maxEntries) kept = new Map();
      kept.set(text, made);
    }
    return made;
  };
};
