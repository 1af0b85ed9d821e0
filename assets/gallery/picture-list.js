import { createCard } from './picture-card.js';
import { createRetryTimer } from './retry-timer.js';

const isSame = (one, other) =>
  one.title === other.title && one.alt_text === other.alt_text && one.url === other.url;

/**
 * The grid of pictures and the state of the list below it. `fetchPage(address)` resolves like `listPictures`. Pages are
 * fetched one at a time, when the end of the list comes near the viewport. During an outage the list retries by itself
 * until the visitor uses the button.
 */
export const createPictureList = ({ firstAddress, fetchPage, elements, onPage, onOpen }) => {
  const { list, below, end, state, reason, tryAgain, announcement } = elements;
  const shown = [];
  // pictures added on this page before the end of the list was loaded: the API lists them again, at the end
  const addedEarly = [];
  let next = firstAddress;
  let loading;
  // whether the visitor pressed the button, which ends the automatic retries
  let isManualRetry = false;

  const show = (picture) => {
    const { item, link } = createCard(picture, shown.length);
    const entry = { picture, link };
    link.addEventListener('click', (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      onOpen(shown.indexOf(entry));
    });
    shown.push(entry);
    list.append(item);
    return entry;
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

  const announce = (added) => {
    const all = next === undefined ? ', all there are' : '';
    const noun = added === 1 ? 'picture' : 'pictures';
    const isFirst = added === shown.length;
    announcement.textContent = isFirst
      ? `${added} ${noun} shown${all}.`
      : `${added} more, ${shown.length} shown${all}.`;
  };

  const takePage = (pictures) => {
    let added = 0;
    for (const picture of pictures) {
      const repeated = addedEarly.findIndex((early) => isSame(early, picture));
      if (repeated >= 0) addedEarly.splice(repeated, 1);
      else {
        show(picture);
        added += 1;
      }
    }
    if (shown.length === 0) setState('empty', 'No images available.');
    else {
      setState('shown', '');
      announce(added);
    }
  };

  const load = async () => {
    const page = await fetchPage(next);
    if (page.problem) {
      setState('failed', 'Something went wrong.', page.problem);
      if (page.problem.isUnavailable && !isManualRetry) retryTimer.schedule(page.problem.retryAfterMs);
      return;
    }
    retryTimer.reset();
    isManualRetry = false;
    next = page.next;
    const before = shown.length;
    const hadFocus = document.activeElement === tryAgain;
    takePage(page.pictures);
    if (hadFocus) shown[before]?.link.focus();
    onPage(page);
    // the observer reports changes only; observing again reports whether the end is still near
    nearEnd.unobserve(end);
    if (next !== undefined) nearEnd.observe(end);
  };

  const loadNext = () => {
    loading ??= load().finally(() => {
      loading = undefined;
    });
    return loading;
  };

  // a retry leaves the state of the outage on the page, so that reading it or using the button is not interrupted
  const retryTimer = createRetryTimer(() => void loadNext());

  /** Loads the next page, if there is one. A request in progress is shared. */
  const loadMore = () => {
    if (next === undefined) return Promise.resolve();
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
    (tryAgain.hidden ? shown[before]?.link : tryAgain)?.focus();
  });

  return {
    loadMore,
    hasMore: () => next !== undefined,
    count: () => shown.length,
    findShown: (index) => shown[index],
    /** Shows a picture that was just added at the end of the list, and returns its link. */
    add: (picture) => {
      if (next === undefined) setState('shown', '');
      else addedEarly.push(picture);
      const { link } = show(picture);
      announcement.textContent = `${picture.title} was added.`;
      return link;
    },
  };
};
