import type { Image } from './image.ts';

/** The pictures of assets/images, which need no internet. A gallery begins with them where demo rows are wanted. */
export const demoImages: readonly Image[] = [
  {
    title: 'Fox',
    alt_text: 'A red fox sitting on a hill of dry grass in the evening light, its tail curled round its feet',
    url: '/images/fox.svg',
  },
  {
    title: 'Whale and calf',
    alt_text: 'A humpback whale and her calf swimming through rays of light in a blue-green sea',
    url: '/images/whale.svg',
  },
  {
    title: 'Dunes',
    alt_text: 'Four camels crossing the crest of a sand dune under a low sun',
    url: '/images/dunes.svg',
  },
  {
    title: 'Heron',
    alt_text: 'A heron standing in still red water among bulrushes, a large pale sun behind it',
    url: '/images/heron.svg',
  },
  {
    title: 'Mountain lake',
    alt_text: 'Purple mountain ridges and dark firs mirrored in a calm lake at dawn',
    url: '/images/ridges.svg',
  },
  {
    title: 'Owl',
    alt_text: 'An owl with round yellow eyes on a branch in front of the full moon',
    url: '/images/owl.svg',
  },
  {
    title: 'Pines',
    alt_text: 'A forest of pines rising out of mist under a thin moon',
    url: '/images/pines.svg',
  },
  {
    title: 'Penguins',
    alt_text:
      'Two penguins with a grey chick between them on the ice, under green and violet northern lights',
    url: '/images/penguins.svg',
  },
  {
    title: 'Stag',
    alt_text: 'The dark outline of a stag with wide antlers on a hill, in front of a large setting sun',
    url: '/images/deer.svg',
  },
  {
    title: 'Giraffes',
    alt_text: 'Three giraffes and two flat-topped trees, dark against a red evening sky',
    url: '/images/savanna.svg',
  },
  {
    title: 'Evening sail',
    alt_text:
      'A low sun over a calm sea, its light a golden path on the water, with a small sailing boat beside it',
    url: '/images/sunset.svg',
  },
];

/** The pictures in their order, again and again. */
export const createDemoImage = (number: number): Image => {
  const image = demoImages[number % demoImages.length];
  if (image === undefined) throw new RangeError(`${number} is not the number of a picture`);
  return image;
};
