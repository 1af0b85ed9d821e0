/** A larger number is not sent to the API, which looks up positions of up to a million. */
const numberPattern = /^[1-9]\d{0,5}$/;

/**
 * The pictures that have been loaded, by key: the number of a picture in the list (`3`), or `new-1` for one that was just
 * added and whose number is not known. The list keeps its pages here. A picture far behind them is loaded with the page
 * around it, so that a link to it does not load everything before it.
 */
export const createAlbum = ({ fetchPage, addressAt, pageSize }) => {
  const pictures = new Map();
  const loading = new Map();
  let addedCount = 0;
  let last = 0;
  // known once the last page was loaded
  let total;

  const numberOf = (key) => (numberPattern.test(key) ? Number(key) : undefined);

  /** Keeps a page whose first picture has this number. */
  const keepPage = (first, page) => {
    page.pictures.forEach((picture, at) => {
      pictures.set(String(first + at), picture);
    });
    const end = first + page.pictures.length - 1;
    // an empty page may be far behind the last picture
    const isEnd = page.next === undefined && (page.pictures.length > 0 || end === last);
    last = Math.max(last, end);
    if (isEnd) total = last;
  };

  const fetchPageAt = async (first) => {
    const page = await fetchPage(addressAt(first));
    if (page.problem) return page.problem;
    // an API that does not know positions answers with its whole list
    if (page.pictures.length <= pageSize) keepPage(first, page);
    return undefined;
  };

  return {
    keepPage,
    find: (key) => pictures.get(key),

    /** Keeps a picture that was just added, and returns its key. */
    keepAdded: (picture) => {
      addedCount += 1;
      const key = total === undefined ? `new-${addedCount}` : String(total + 1);
      pictures.set(key, picture);
      if (total !== undefined) {
        total += 1;
        last = total;
      }
      return key;
    },

    /** Loads the page around a picture, if that can exist. Resolves to the problem when that fails. */
    load: (key) => {
      const number = numberOf(key);
      if (number === undefined || pictures.has(key)) return Promise.resolve(undefined);
      const first = number - ((number - 1) % pageSize);
      if (total !== undefined && first > total + 1) return Promise.resolve(undefined);
      const request = loading.get(first) ?? fetchPageAt(first).finally(() => loading.delete(first));
      loading.set(first, request);
      return request;
    },

    /** The key of the next picture: behind the last one the first. Undefined when there is no other. */
    keyAfter: (key) => {
      const number = numberOf(key);
      if (number === undefined || total === 1) return undefined;
      return total !== undefined && number >= total ? '1' : String(number + 1);
    },

    /** The key of the picture before: that of the first one is the last, once that is known. */
    keyBefore: (key) => {
      const number = numberOf(key);
      if (number === undefined || total === 1) return undefined;
      if (number > 1) return String(number - 1);
      return total === undefined ? undefined : String(total);
    },

    /** `3 / 12`, or `3 / 60+` while there are more pictures than have been loaded. */
    describePlace: (key) =>
      numberOf(key) === undefined ? '' : `${key} / ${total === undefined ? `${last}+` : total}`,
  };
};
