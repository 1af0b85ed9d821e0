import { createCard } from './picture-card.js';
import { fragmentOf } from './picture-route.js';
import { createRetryTimer } from './retry-timer.js';

const isSame = (one, other) =>
  one.title === other.title && one.alt_text === other.alt_text && one.url === other.url;

// the pictures above the fold on a wide screen; the others are loaded when they come near the viewport
const eagerCount = 8;

/**
 * The grid of pictures and the state of the list below it. `fetchPage(address)` resolves like `listPictures`; the album
 * keeps the pages. They are fetched one at a time, when the end of the list comes near the viewport. During an outage the
 * list retries by itself until the visitor uses the button.
 */
export const createPictureList = ({ firstAddress, fetchPage, album, elements, onPage }) => {
  const { list, added, addedList, below, end, state, reason, tryAgain, announcement } = elements;
  // the links of the cards, in the order of the list
  const shown = [];
  // pictures added before the end of the list was loaded, shown above it: the API lists them at its end
  const addedEarly = [];
  let next = firstAddress;
  let loading;
  // whether the visitor pressed the button, which ends the automatic retries
  let isManualRetry = false;

  const show = (picture) => {
    const loading = shown.length < eagerCount ? 'eager' : 'lazy';
    const { item, link } = createCard(picture, String(shown.length + 1), loading);
    shown.push(link);
    list.append(item);
    return link;
  };

  const showEarly = (picture, key) => {
    const card = createCard(picture, key, 'eager');
    addedEarly.push({ picture, ...card });
    addedList.append(card.item);
    added.hidden = false;
    return card.link;
  };

  /** Removes the early card of a picture that the list contains now. */
  const removeEarly = (picture, link) => {
    const at = addedEarly.findIndex((early) => isSame(early.picture, picture));
    if (at < 0) return;
    const [early] = addedEarly.splice(at, 1);
    if (document.activeElement === early.link) link.focus({ preventScroll: true });
    early.item.remove();
    added.hidden = addedEarly.length === 0;
  };

  const setState = (name, text, problem) => {
    below.dataset.state = name;
    // setting the same text again would make screen readers announce it again
    if (state.textContent !== text) state.textContent = text;
    const lines = problem ? [problem.detail, problem.requestId && `Request ${problem.requestId}`] : [];
    reason.textContent = lines.filter(Boolean).join('\n');
    reason.hidden = !problem;
    tryAgain.hidden = !problem;
  };

  const announce = (count) => {
    const all = next === undefined ? ', all there are' : '';
    const noun = count === 1 ? 'picture' : 'pictures';
    const isFirst = count === shown.length;
    announcement.textContent = isFirst
      ? `${count} ${noun} shown${all}.`
      : `${count} more, ${shown.length} shown${all}.`;
  };

  const takePage = (page) => {
    album.keepPage(shown.length + 1, page);
    for (const picture of page.pictures) removeEarly(picture, show(picture));
    if (shown.length === 0) setState('empty', 'No images available.');
    else {
      setState('shown', '');
      announce(page.pictures.length);
    }
  };

  const load = async () => {
    const page = await fetchPage(next);
    if (page.problem) {
      setState('failed', 'Something went wrong.', page.problem);
      if (page.problem.isUnavailable && !isManualRetry) retryTimer.schedule(page.problem.retryAfterMs);
      return page.problem;
    }
    retryTimer.reset();
    isManualRetry = false;
    next = page.next;
    const before = shown.length;
    const hadFocus = document.activeElement === tryAgain;
    takePage(page);
    if (hadFocus) shown[before]?.focus();
    onPage(page);
    // the observer reports changes only; observing again reports whether the end is still near
    nearEnd.unobserve(end);
    if (next !== undefined) nearEnd.observe(end);
    return undefined;
  };

  const loadNext = () => {
    loading ??= load().finally(() => {
      loading = undefined;
    });
    return loading;
  };

  // a retry leaves the state of the outage on the page, so that reading it or using the button is not interrupted
  const retryTimer = createRetryTimer(() => void loadNext());

  /** Loads the next page, if there is one. A request in progress is shared. Resolves to the problem when that fails. */
  const loadMore = () => {
    if (next === undefined) return Promise.resolve(undefined);
    setState('loading', 'Loading images…');
    return loadNext();
  };

  const nearEnd = new IntersectionObserver(
    (entries) => {
      if (entries.some((entry) => entry.isIntersecting) && below.dataset.state !== 'failed') void loadMore();
    },
    { rootMargin: '900px' },
  );

  tryAgain.addEventListener('click', async () => {
    const before = shown.length;
    isManualRetry = true;
    retryTimer.reset();
    await loadMore();
    // the button had the focus and may be hidden now: focus the first new picture, or the button again
    (tryAgain.hidden ? shown[before] : tryAgain)?.focus();
  });

  return {
    loadMore,
    /** Whether this picture is the first one of the page that `loadMore` loads. */
    isNext: (key) => next !== undefined && key === String(shown.length + 1),
    /** The card of a picture, or the list when it has none. */
    findCard: (key) =>
      shown[Number(key) - 1] ?? addedList.querySelector(`[href="${fragmentOf(key)}"]`) ?? list,
    /** Shows a picture that was just added, and returns its card. */
    add: (picture) => {
      const key = album.keepAdded(picture);
      const isComplete = next === undefined;
      if (isComplete) setState('shown', '');
      announcement.textContent = `${picture.title} was added.`;
      return isComplete ? show(picture) : showEarly(picture, key);
    },
  };
};
