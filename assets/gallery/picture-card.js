import { createElement, createFrame } from './picture-frame.js';

// pictures above the fold on a wide screen: fetched at once, the rest when they come near
const eagerCount = 8;

/** The list item of the picture at `index`, and the link in it that opens the picture. */
export const createCard = (picture, index) => {
  const link = createElement('a', 'card');
  link.href = `#picture-${index + 1}`;
  link.setAttribute('aria-haspopup', 'dialog');
  link.append(
    createFrame(picture, index < eagerCount ? 'eager' : 'lazy'),
    createElement('div', 'title', picture.title),
  );
  const item = document.createElement('li');
  item.append(link);
  return { item, link };
};
