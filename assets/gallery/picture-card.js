import { createElement, createFrame } from './picture-frame.js';

// the pictures above the fold on a wide screen; the others are loaded when they come near the viewport
const eagerCount = 8;

/** Creates the list item of the picture at `index`, and returns it with the link that opens the picture. */
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
