/**
 * The address to load a picture from, or undefined. Only http(s) without credentials is ever put in `src`:
 * the API refuses the rest, but rows may have come into the table another way.
 */
export const findPictureAddress = (url) => {
  if (!URL.canParse(url, document.baseURI)) return undefined;
  const { protocol, username, password, href } = new URL(url, document.baseURI);
  const isWeb = protocol === 'https:' || protocol === 'http:';
  return isWeb && url !== '' && username === '' && password === '' ? href : undefined;
};

/** An element with a class and a text; the text is never read as HTML. */
export const createElement = (name, className, text = '') => {
  const element = document.createElement(name);
  element.className = className;
  element.textContent = text;
  return element;
};

/**
 * A picture in a frame whose size does not depend on it, so nothing on the page moves when it arrives. One
 * that can't be loaded is replaced, for the eye, by its title and description; its img stays, with its alt.
 */
export const createFrame = (picture, loading) => {
  const frame = createElement('div', 'frame');
  const image = document.createElement('img');
  const showStandIn = () => {
    frame.classList.add('is-broken');
    const standIn = createElement('div', 'stand-in');
    standIn.ariaHidden = 'true';
    standIn.append(
      createElement('strong', '', picture.title),
      createElement('span', '', picture.alt_text || "This picture can't be shown."),
    );
    frame.append(standIn);
  };
  image.alt = picture.alt_text || picture.title;
  image.loading = loading;
  image.decoding = 'async';
  image.referrerPolicy = 'no-referrer';
  image.addEventListener('load', () => frame.classList.add('is-loaded'), { once: true });
  image.addEventListener('error', showStandIn, { once: true });
  frame.append(image);
  const address = findPictureAddress(picture.url);
  if (address === undefined) showStandIn();
  else image.src = address;
  return frame;
};
