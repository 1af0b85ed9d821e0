import { books } from './books/books.ts';
import { images } from './images/images.ts';
import { jobs } from './jobs/jobs.ts';
import { keys } from './keys/keys.ts';
import { people } from './people/people.ts';
import { posts } from './posts/posts.ts';
import type { ResourceDefinition } from './resource/define-resource.ts';
import { visits } from './visits/visits.ts';

/** Every resource that a copy can serve. The only list: adding one is a folder and a line here. */
export const resources: readonly ResourceDefinition[] = [images, books, people, posts, visits, keys, jobs];

/** The resources with these names, in the order of the list. */
export const selectResources = (names: readonly string[]): readonly ResourceDefinition[] =>
  resources.filter(({ name }) => names.includes(name));
