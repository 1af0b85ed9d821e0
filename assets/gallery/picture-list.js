import { createAskAgain } from './ask-again.js';
import { createCard } from './picture-card.js';

const isSame = (one, other) =>
  one.title === other.title && one.alt_text === other.alt_text && one.url === other.url;

/**
 * The grid of pictures and the state of the list below it. `fetchPage(address)` answers as `listPictures` does;
 * pages are asked for one at a time, each when the end of the list comes near the screen. In an outage it asks again
 * by itself, until the person does.
 */
export const createPictureList = ({ firstAddress, fetchPage, elements, onPage, onOpen }) => {
  const { list, below, end, state, reason, tryAgain, announcement } = elements;
  const shown = [];
  // added here while the end of the list was not loaded yet: the API will list them once more, as its last
  const addedEarly = [];
  let next = firstAddress;
  let loading;
  // from then on it is the person who asks
  let isTriedByHand = false;

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
    // the same text set once more would be announced once more
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
      if (page.problem.isAway && !isTriedByHand) askAgain.later(page.problem.retryAfterMs);
      return;
    }
    askAgain.stop();
    isTriedByHand = false;
    next = page.next;
    const before = shown.length;
    const hidesFocus = document.activeElement === tryAgain;
    takePage(page.pictures);
    if (hidesFocus) shown[before]?.link.focus();
    onPage(page);
    // an observer reports changes only: asked anew, it says whether the end is still near
    nearEnd.unobserve(end);
    if (next !== undefined) nearEnd.observe(end);
  };

  const loadNext = () => {
    loading ??= load().finally(() => {
      loading = undefined;
    });
    return loading;
  };

  // what is shown of the outage stays until it is over: who reads it, or is at the button, is not disturbed
  const askAgain = createAskAgain(() => void loadNext());

  /** Loads the next page, if there is one; a page that is on its way is waited for, not asked for twice. */
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
    isTriedByHand = true;
    askAgain.stop();
    await loadMore();
    // the button went away under the person's focus: on to what it brought, or back to it
    (tryAgain.hidden ? shown[before]?.link : tryAgain)?.focus();
  });

  return {
    loadMore,
    hasMore: () => next !== undefined,
    count: () => shown.length,
    findShown: (index) => shown[index],
    /** Shows a picture that was just added, as the last of those shown. */
    add: (picture) => {
      if (next === undefined) setState('shown', '');
      else addedEarly.push(picture);
      const { link } = show(picture);
      announcement.textContent = `${picture.title} was added.`;
      return link;
    },
  };
};
