/** The two pictures of `?sample`, which shows the gallery without an API. */
export const samplePictures = [
  {
    title: 'Sunset',
    alt_text:
      'A low sun over a calm sea, its light a golden path on the water, with a small sailing boat beside it',
    url: '/images/sunset.svg',
  },
  {
    title: 'Fox',
    alt_text: 'A red fox sitting on a hill of dry grass in the evening light, its tail curled round its feet',
    url: '/images/fox.svg',
  },
];
