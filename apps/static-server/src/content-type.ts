const text = (subtype: string): string => `text/${subtype}; charset=utf-8`;

/** By extension. Charset on whatever is read as text, for without it old encodings are guessed. */
const types: Readonly<Record<string, string>> = {
  html: text('html'),
  htm: text('html'),
  css: text('css'),
  // RFC 9239.
  js: text('javascript'),
  mjs: text('javascript'),
  cjs: text('javascript'),
  txt: text('plain'),
  text: text('plain'),
  log: text('plain'),
  ini: text('plain'),
  md: text('markdown'),
  csv: text('csv'),
  tsv: text('tab-separated-values'),
  ics: text('calendar'),
  vcf: text('vcard'),
  vtt: text('vtt'),
  yaml: 'application/yaml; charset=utf-8',
  yml: 'application/yaml; charset=utf-8',
  json: 'application/json; charset=utf-8',
  map: 'application/json; charset=utf-8',
  jsonld: 'application/ld+json; charset=utf-8',
  geojson: 'application/geo+json; charset=utf-8',
  webmanifest: 'application/manifest+json; charset=utf-8',
  xml: 'application/xml; charset=utf-8',
  xhtml: 'application/xhtml+xml; charset=utf-8',
  atom: 'application/atom+xml; charset=utf-8',
  rss: 'application/rss+xml; charset=utf-8',
  svg: 'image/svg+xml; charset=utf-8',
  apng: 'image/apng',
  avif: 'image/avif',
  bmp: 'image/bmp',
  gif: 'image/gif',
  ico: 'image/x-icon',
  jpeg: 'image/jpeg',
  jpg: 'image/jpeg',
  jxl: 'image/jxl',
  png: 'image/png',
  tif: 'image/tiff',
  tiff: 'image/tiff',
  webp: 'image/webp',
  otf: 'font/otf',
  ttf: 'font/ttf',
  woff: 'font/woff',
  woff2: 'font/woff2',
  aac: 'audio/aac',
  flac: 'audio/flac',
  m4a: 'audio/mp4',
  mp3: 'audio/mpeg',
  oga: 'audio/ogg',
  ogg: 'audio/ogg',
  opus: 'audio/ogg',
  wav: 'audio/wav',
  weba: 'audio/webm',
  m4v: 'video/mp4',
  mov: 'video/quicktime',
  mp4: 'video/mp4',
  ogv: 'video/ogg',
  webm: 'video/webm',
  gz: 'application/gzip',
  pdf: 'application/pdf',
  tar: 'application/x-tar',
  wasm: 'application/wasm',
  zip: 'application/zip',
};

/** The media type of a file, by the extension of its name in any case; bytes of an unknown one are only bytes. */
export const contentTypeOf = (name: string): string => {
  const dot = name.lastIndexOf('.');
  const extension = dot === -1 ? '' : name.slice(dot + 1).toLowerCase();
  return Object.hasOwn(types, extension) ? (types[extension] ?? '') : 'application/octet-stream';
};

/** Whether a browser may run scripts in it when it is opened by itself: what a Content-Security-Policy is for. */
export const isDocument = (contentType: string): boolean =>
  /^(?:text\/html|[\w/]*[/+]xml)\b/.test(contentType);

/** Whether gzip and brotli make it smaller: text, and the few formats of bytes that hold no compressed data. */
export const isCompressible = (contentType: string): boolean =>
  /^text\/|charset=utf-8$|^(?:application\/wasm|font\/[ot]tf|image\/(?:bmp|x-icon|tiff))$/.test(contentType);
