/**
 * The URL to load a picture from, or undefined. Only http and https without credentials are used: the API refuses others,
 * but rows may have been inserted into the table in another way.
 */
export const findPictureAddress = (url) => {
  if (!URL.canParse(url, document.baseURI)) return undefined;
  const { protocol, username, password, href } = new URL(url, document.baseURI);
  const isWeb = protocol === 'https:' || protocol === 'http:';
  return isWeb && url !== '' && username === '' && password === '' ? href : undefined;
};

/** Creates an element with a class and a text, which is never parsed as HTML. */
export const createElement = (name, className, text = '') => {
  const element = document.createElement(name);
  element.className = className;
  element.textContent = text;
  return element;
};

/**
 * Creates a picture in a frame of fixed size, so that the layout does not shift when the picture is loaded. If that fails,
 * its title and description are shown; screen readers still get the img with its alt.
 */
export const createFrame = (picture, loading) => {
  const frame = createElement('div', 'frame');
  const image = document.createElement('img');
  const showFallback = () => {
    frame.classList.add('is-broken');
    const fallback = createElement('div', 'fallback');
    fallback.ariaHidden = 'true';
    fallback.append(
      createElement('strong', '', picture.title),
      createElement('span', '', picture.alt_text || "This picture can't be shown."),
    );
    frame.append(fallback);
  };
  image.alt = picture.alt_text || picture.title;
  image.loading = loading;
  image.decoding = 'async';
  image.referrerPolicy = 'no-referrer';
  image.addEventListener('load', () => frame.classList.add('is-loaded'), { once: true });
  image.addEventListener('error', showFallback, { once: true });
  frame.append(image);
  const address = findPictureAddress(picture.url);
  if (address === undefined) showFallback();
  else image.src = address;
  return frame;
};
