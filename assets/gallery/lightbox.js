import { createFrame } from './picture-frame.js';
import { watchSwipes } from './swipes.js';

/**
 * A dialog that shows one picture at full size. `pictures` is the list to step through: after the last loaded picture it
 * loads the next page, and after the last page it starts again. The URL fragment is the position (#picture-3).
 */
export const createLightbox = ({ dialog, pictures, elements, history }) => {
  const { stage, title, text, place, previous, next, close } = elements;
  let current = 0;
  let opener;

  const replaceUrl = (url) => history.replaceState(null, '', url);

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
    const isOnly = pictures.count() === 1 && !pictures.hasMore();
    previous.hidden = isOnly;
    next.hidden = isOnly;
    replaceUrl(`#picture-${index + 1}`);
    preload(index + 1);
  };

  const isLastLoaded = () => current + 1 === pictures.count() && pictures.hasMore();

  const showNext = async () => {
    if (isLastLoaded()) await pictures.loadMore();
    // still true when loading failed; the list then shows the reason and the button to try again
    if (dialog.open && !isLastLoaded()) show((current + 1) % pictures.count());
  };

  const showPrevious = () => show((current + pictures.count() - 1) % pictures.count());

  /** Keeps Tab inside the dialog. A modal dialog alone lets the focus move to the browser's controls. */
  const trapFocus = (event) => {
    const buttons = [...dialog.querySelectorAll('button:not([hidden])')];
    const at = buttons.indexOf(document.activeElement);
    const to = (at + (event.shiftKey ? -1 : 1) + buttons.length) % buttons.length;
    event.preventDefault();
    buttons[at < 0 ? 0 : to].focus();
  };

  dialog.addEventListener('keydown', (event) => {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    if (event.key === 'ArrowRight') void showNext();
    else if (event.key === 'ArrowLeft') showPrevious();
    else if (event.key === 'Tab') trapFocus(event);
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
    replaceUrl(`${location.pathname}${location.search}`);
    opener?.focus({ preventScroll: true });
  });

  return {
    /** Opens the picture at `index`. Closing returns the focus to the card of that picture. */
    open: (index) => {
      opener = pictures.findShown(index)?.link;
      if (!opener) return;
      show(index);
      if (!dialog.open) dialog.showModal();
      close.focus();
    },
  };
};
