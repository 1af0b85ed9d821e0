const prefix = '#picture-';

const readKey = ({ hash }) => {
  if (!hash.startsWith(prefix)) return undefined;
  try {
    return decodeURIComponent(hash.slice(prefix.length));
  } catch {
    return hash.slice(prefix.length);
  }
};

/** The URL fragment of a picture. */
export const fragmentOf = (key) => `${prefix}${key}`;

/**
 * Keeps the open picture in the URL fragment (#picture-3). Below the history entry of a picture there is always one of the
 * list, so that Back closes the picture. `onChange(key)` is called when the person follows or types a link or uses Back or
 * Forward; the key is undefined for the list.
 */
export const createPictureRoute = ({ window, onChange }) => {
  const { history, location } = window;
  // number of entries between the current one and that of the list; a reload keeps history.state
  let depth = history.state?.depth ?? 0;

  const replace = (url) => history.replaceState({ depth }, '', url);

  if (readKey(location) !== undefined && depth === 0) {
    const { href } = location;
    replace(`${location.pathname}${location.search}`);
    depth = 1;
    history.pushState({ depth }, '', href);
  }

  window.addEventListener('popstate', ({ state }) => {
    const key = readKey(location);
    // a followed or typed link makes an entry without a state
    if (state === null) depth = key === undefined ? 0 : depth + 1;
    else depth = state.depth;
    if (state === null && key !== undefined) replace(location.href);
    onChange(key);
  });

  return {
    key: () => readKey(location),
    /** Replaces the key in the URL when another picture is shown in the open lightbox. */
    move: (key) => replace(fragmentOf(key)),
    /** Goes back to the entry of the list. */
    close: () => {
      if (readKey(location) !== undefined) history.go(-depth);
    },
  };
};
