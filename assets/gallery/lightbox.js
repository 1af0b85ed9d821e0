import { createFrame } from './picture-frame.js';
import { watchSwipes } from './swipes.js';

/** Makes an element reachable by keyboard while its content is larger than it is. */
const watchOverflow = (element, content) => {
  const update = () => {
    if (element.scrollHeight > element.clientHeight) element.tabIndex = 0;
    else element.removeAttribute('tabindex');
  };
  const observer = new ResizeObserver(update);
  for (const one of [element, content]) observer.observe(one);
};

/**
 * A dialog that shows one picture at full size and steps through the album. `load(key)` loads a picture and resolves to
 * the problem when that fails. `onMove(key)` is called when the person moves to another picture, and `onClose(key)` with
 * the last one when the dialog has closed.
 */
export const createLightbox = ({ dialog, album, load, elements, onMove, onClose }) => {
  const { stage, caption, texts, title, text, place, note, previous, next, close } = elements;
  let current;
  let opener;

  const preload = (key) => {
    const picture = album.find(key);
    if (picture) createFrame(picture, 'eager');
  };

  const show = (key) => {
    const picture = album.find(key);
    const hadFocus = document.activeElement;
    current = key;
    stage.replaceChildren(createFrame(picture, 'eager'));
    title.textContent = picture.title;
    text.textContent = picture.alt_text;
    place.textContent = album.describePlace(key);
    note.textContent = '';
    caption.scrollTop = 0;
    previous.hidden = album.keyBefore(key) === undefined;
    next.hidden = album.keyAfter(key) === undefined;
    if (hadFocus?.hidden) close.focus();
    preload(album.keyAfter(key));
  };

  const move = async (keyBeside) => {
    const from = current;
    const wanted = keyBeside(from);
    if (wanted === undefined) return;
    const problem = await load(wanted);
    // the person may have moved or closed the dialog meanwhile
    if (!dialog.open || current !== from) return;
    // loading may have shown that the current picture is the last one
    const to = problem ? wanted : keyBeside(from);
    if (album.find(to)) {
      show(to);
      onMove(to);
    } else if (problem) note.textContent = problem.detail;
  };
  const showNext = () => void move(album.keyAfter);
  const showPrevious = () => void move(album.keyBefore);

  /** Keeps Tab inside the dialog. A modal dialog alone lets the focus move to the browser's controls. */
  const trapFocus = (event) => {
    const places = [...dialog.querySelectorAll('[tabindex="0"], button:not([hidden])')];
    const at = places.indexOf(document.activeElement);
    const to = (at + (event.shiftKey ? -1 : 1) + places.length) % places.length;
    event.preventDefault();
    places[at < 0 ? 0 : to].focus();
  };

  dialog.addEventListener('keydown', (event) => {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    if (event.key === 'ArrowRight') showNext();
    else if (event.key === 'ArrowLeft') showPrevious();
    else if (event.key === 'Tab') trapFocus(event);
  });
  previous.addEventListener('click', showPrevious);
  next.addEventListener('click', showNext);
  close.addEventListener('click', () => dialog.close());
  dialog.addEventListener('click', (event) => {
    if (event.target === dialog || event.target === stage) dialog.close();
  });
  watchSwipes(stage, { left: showNext, right: showPrevious, down: () => dialog.close() });
  watchOverflow(caption, texts);
  dialog.addEventListener('close', () => {
    stage.replaceChildren();
    onClose(current);
    opener?.focus({ preventScroll: true });
  });

  return {
    /** Shows a loaded picture. Closing moves the focus to `focusAfter`, that of the first picture that was opened. */
    open: (key, focusAfter) => {
      show(key);
      if (dialog.open) return;
      opener = focusAfter;
      dialog.showModal();
      close.focus();
    },
    close: () => dialog.close(),
  };
};
