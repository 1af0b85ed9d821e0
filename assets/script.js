import { createAddForm } from './gallery/add-picture.js';
import { createAlbum } from './gallery/album.js';
import { findImagesAddress } from './gallery/api-address.js';
import { addPicture, listPictures } from './gallery/images-api.js';
import { createLightbox } from './gallery/lightbox.js';
import { createNotice } from './gallery/notice.js';
import { createPictureList } from './gallery/picture-list.js';
import { createPictureRoute } from './gallery/picture-route.js';
import { samplePictures } from './gallery/sample-pictures.js';

const pageSize = 60;

const byId = (id) => document.getElementById(id);

const isSample = new URLSearchParams(location.search).has('sample');
const imagesAddress = isSample ? location.href : await findImagesAddress();

/** The address of the page of pictures that begins with this one, from 1. */
const addressAt = (position) => {
  const address = new URL(imagesAddress);
  address.searchParams.set('limit', String(pageSize));
  if (position > 1) address.searchParams.set('position', String(position));
  return address.href;
};

const fetchPage = isSample ? () => Promise.resolve({ pictures: samplePictures, servedBy: '' }) : listPictures;

const album = createAlbum({ fetchPage, addressAt, pageSize });

const list = createPictureList({
  firstAddress: addressAt(1),
  fetchPage,
  album,
  elements: {
    list: byId('pictures'),
    added: byId('added'),
    addedList: byId('added-pictures'),
    below: byId('below'),
    end: byId('end'),
    state: byId('state'),
    reason: byId('reason'),
    tryAgain: byId('try-again'),
    announcement: byId('announcement'),
  },
  onPage: ({ servedBy }) => {
    if (servedBy)
      byId('colophon').textContent = `Tripod, an image gallery. This list was served by ${servedBy}.`;
    if (isListed) return;
    isListed = true;
    void showPicture(route.key());
  },
});

const loadPicture = (key) => (list.isNext(key) ? list.loadMore() : album.load(key));

const lightbox = createLightbox({
  dialog: byId('lightbox'),
  album,
  load: loadPicture,
  elements: {
    stage: byId('stage'),
    caption: byId('caption'),
    texts: byId('lightbox-texts'),
    title: byId('lightbox-title'),
    text: byId('lightbox-text'),
    place: byId('lightbox-place'),
    note: byId('lightbox-note'),
    previous: byId('previous'),
    next: byId('next'),
    close: byId('close'),
  },
  onMove: (key) => route.move(key),
  onClose: (key) => {
    if (route.key() === key) route.close();
  },
});

const notice = createNotice({
  box: byId('notice'),
  text: byId('notice-text'),
  dismiss: byId('notice-dismiss'),
  focusAfter: byId('pictures'),
});

// the first page shows whether the API answers, so a linked picture is loaded after it
let isListed = false;

/** Shows the picture of the URL, or the list when `key` is undefined. */
const showPicture = async (key) => {
  notice.hide();
  if (key === undefined) {
    lightbox.close();
    return;
  }
  const problem = await loadPicture(key);
  // the person may have gone back meanwhile
  if (route.key() !== key) return;
  if (album.find(key)) {
    lightbox.open(key, list.findCard(key));
    return;
  }
  lightbox.close();
  notice.show(
    problem
      ? `Picture ${key} can't be shown. ${problem.detail}`
      : `There is no picture ${key} in this gallery.`,
  );
};

const route = createPictureRoute({
  window,
  onChange: (key) => {
    if (isListed) void showPicture(key);
  },
});

byId('add').hidden = isSample;
createAddForm({
  opener: byId('add'),
  dialog: byId('add-dialog'),
  form: byId('add-form'),
  error: byId('add-error'),
  cancel: byId('add-cancel'),
  send: (picture) => addPicture(imagesAddress, picture),
  onAdded: list.add,
});

void list.loadMore();
