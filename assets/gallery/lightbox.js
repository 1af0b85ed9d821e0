import { createFrame } from './picture-frame.js';
import { watchSwipes } from './swipes.js';

/**
 * One picture at a time, large, over the page. `pictures` is the list it walks through; past the last one
 * shown it loads more, and past the very last it begins again. The address names the picture (#picture-3).
 */
export const createLightbox = ({ dialog, pictures, elements, history }) => {
  const { stage, title, text, place, previous, next, close } = elements;
  let current = 0;
  let opener;

  const rememberInAddress = (hash) => history.replaceState(null, '', hash);

  const preload = (index) => {
    const shown = pictures.findShown(index);
    if (shown) createFrame(shown.picture, 'eager');
  };

  const show = (index) => {
    const shown = pictures.findShown(index);
    if (!shown) return;
    current = index;
    const { picture } = shown;
    stage.replaceChildren(createFrame(picture, 'eager'));
    title.textContent = picture.title;
    text.textContent = picture.alt_text;
    place.textContent = `${index + 1} / ${pictures.count()}${pictures.hasMore() ? '+' : ''}`;
    const isAlone = pictures.count() === 1 && !pictures.hasMore();
    previous.hidden = isAlone;
    next.hidden = isAlone;
    rememberInAddress(`#picture-${index + 1}`);
    preload(index + 1);
  };

  const isBeforeUnloaded = () => current + 1 === pictures.count() && pictures.hasMore();

  const showNext = async () => {
    if (isBeforeUnloaded()) await pictures.loadMore();
    // still so when the page could not be loaded: the page says why, and has the way to try again
    if (dialog.open && !isBeforeUnloaded()) show((current + 1) % pictures.count());
  };

  const showPrevious = () => show((current + pictures.count() - 1) % pictures.count());

  /** Tab goes round inside: a modal dialog alone would let it out to the browser's own controls. */
  const keepFocusInside = (event) => {
    const inside = [...dialog.querySelectorAll('button:not([hidden])')];
    const at = inside.indexOf(document.activeElement);
    const to = (at + (event.shiftKey ? -1 : 1) + inside.length) % inside.length;
    event.preventDefault();
    inside[at < 0 ? 0 : to].focus();
  };

  dialog.addEventListener('keydown', (event) => {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    if (event.key === 'ArrowRight') void showNext();
    else if (event.key === 'ArrowLeft') showPrevious();
    else if (event.key === 'Tab') keepFocusInside(event);
  });
  previous.addEventListener('click', showPrevious);
  next.addEventListener('click', () => void showNext());
  close.addEventListener('click', () => dialog.close());
  dialog.addEventListener('click', (event) => {
    if (event.target === dialog || event.target === stage) dialog.close();
  });
  watchSwipes(stage, { left: () => void showNext(), right: showPrevious, down: () => dialog.close() });
  dialog.addEventListener('close', () => {
    stage.replaceChildren();
    rememberInAddress(`${location.pathname}${location.search}`);
    opener?.focus({ preventScroll: true });
  });

  return {
    /** Opens at a picture; focus returns to that picture's card when it is closed. */
    open: (index) => {
      opener = pictures.findShown(index)?.link;
      if (!opener) return;
      show(index);
      if (!dialog.open) dialog.showModal();
      close.focus();
    },
  };
};
