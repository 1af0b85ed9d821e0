import type { ResourceDefinition } from '../resource/define-resource.ts';
import { createDemoImage, demoImages } from './demo-images.ts';
import { imageFormats, imageSchema, listedImageSchema } from './image.ts';
import { imageErrors } from './image-errors.ts';
import { createImageOperations } from './image-operations.ts';
import { createImageStore } from './image-store.ts';

/** The images of the gallery. */
export const images: ResourceDefinition = {
  name: 'images',
  summary: 'The images of the gallery, a list in insertion order.',
  errors: imageErrors,
  schemas: { Image: imageSchema, ListedImage: listedImageSchema },
  formats: imageFormats,
  // Its first migration is older than the prefix of resources.
  migrations: { folder: new URL('migrations/', import.meta.url), unprefixed: ['0001-images'] },
  table: 'images',
  demo: createDemoImage,
  firstRows: { migration: '0001-images', table: 'images', rows: demoImages },
  create: ({ database }) => ({ operations: createImageOperations(createImageStore(database)) }),
};
