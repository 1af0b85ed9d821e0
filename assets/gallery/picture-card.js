import { createElement, createFrame, createText } from './picture-frame.js';
import { fragmentOf } from './picture-route.js';

/** Creates the list item of a picture, and returns it with the link that opens the picture. */
export const createCard = (picture, key, loading) => {
  const link = createElement('a', 'card');
  link.href = fragmentOf(key);
  link.setAttribute('aria-haspopup', 'dialog');
  link.append(createFrame(picture, loading), createText('div', 'title', picture.title));
  const item = document.createElement('li');
  item.append(link);
  return { item, link };
};
