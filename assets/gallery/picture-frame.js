import { explainLoadFailure } from './load-failure.js';

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

/** Creates an element for text of a person, whose first strong letter decides the direction. */
export const createText = (name, className, text) => {
  const element = createElement(name, className, text);
  element.dir = 'auto';
  return element;
};

/** Creates what a frame shows in place of a picture that failed to load: that, the reason and the description. */
const createFallback = ({ alt_text: description }, address) => {
  const fallback = createElement('div', 'fallback');
  const reason = createElement('span', 'fallback-reason');
  const text = createText('span', 'fallback-text', description);
  // screen readers get it from the img
  text.ariaHidden = 'true';
  fallback.append(createElement('strong', '', "This picture can't be shown."), reason, text);
  void explainLoadFailure(address).then((sentence) => {
    reason.textContent = sentence;
  });
  return fallback;
};

/**
 * Creates a picture in a frame of fixed size, so that the layout does not shift when the picture is loaded. If that fails,
 * the frame says why.
 */
export const createFrame = (picture, loading) => {
  const frame = createElement('div', 'frame');
  const image = document.createElement('img');
  const address = findPictureAddress(picture.url);
  const showFallback = () => {
    frame.classList.add('is-broken');
    frame.append(createFallback(picture, address));
  };
  image.alt = picture.alt_text || picture.title;
  image.loading = loading;
  image.decoding = 'async';
  image.referrerPolicy = 'no-referrer';
  image.addEventListener('load', () => frame.classList.add('is-loaded'), { once: true });
  image.addEventListener('error', showFallback, { once: true });
  frame.append(image);
  if (address === undefined) showFallback();
  else image.src = address;
  return frame;
};
