import { createAddForm } from './gallery/add-picture.js';
import { findImagesAddress } from './gallery/api-address.js';
import { addPicture, listPictures } from './gallery/images-api.js';
import { createLightbox } from './gallery/lightbox.js';
import { createPictureList } from './gallery/picture-list.js';
import { samplePictures } from './gallery/sample-pictures.js';

const pageSize = 60;

const byId = (id) => document.getElementById(id);

const isSample = new URLSearchParams(location.search).has('sample');
const imagesAddress = new URL(findImagesAddress(location), location.href);
const firstAddress = new URL(imagesAddress);
firstAddress.searchParams.set('limit', String(pageSize));

const pictures = createPictureList({
  firstAddress: firstAddress.href,
  fetchPage: isSample ? () => Promise.resolve({ pictures: samplePictures, servedBy: '' }) : listPictures,
  elements: {
    list: byId('pictures'),
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
  },
  onOpen: (index) => lightbox.open(index),
});

const lightbox = createLightbox({
  dialog: byId('lightbox'),
  pictures,
  history,
  elements: {
    stage: byId('stage'),
    title: byId('lightbox-title'),
    text: byId('lightbox-text'),
    place: byId('lightbox-place'),
    previous: byId('previous'),
    next: byId('next'),
    close: byId('close'),
  },
});

byId('add').hidden = isSample;
createAddForm({
  opener: byId('add'),
  dialog: byId('add-dialog'),
  form: byId('add-form'),
  error: byId('add-error'),
  cancel: byId('add-cancel'),
  send: (picture) => addPicture(imagesAddress.href, picture),
  onAdded: pictures.add,
});

/** Opens the picture of the URL fragment (#picture-75), and loads the pages up to it. */
const openLinkedPicture = async () => {
  const [, number] = /^#picture-([1-9]\d{0,6})$/.exec(location.hash) ?? [];
  await pictures.loadMore();
  if (number === undefined) return;
  let before = 0;
  while (pictures.count() < Number(number) && pictures.hasMore() && pictures.count() > before) {
    before = pictures.count();
    await pictures.loadMore();
  }
  lightbox.open(Number(number) - 1);
};

void openLinkedPicture();
