import { createCollection } from '../resource/collection/collection.ts';
import { createCollectionStore } from '../resource/collection/collection-store.ts';
import type { ResourceDefinition } from '../resource/define-resource.ts';
import { createDemoPost } from './demo-post.ts';
import { type Post, postBody, postFormats, postSchema, storedPostSchema } from './post.ts';
import { postErrors } from './post-errors.ts';

/** The posts of the posts lab: `/posts` and `/posts/:id`. */
export const posts: ResourceDefinition = {
  name: 'posts',
  summary: 'Posts, the newest first.',
  errors: postErrors,
  schemas: { Post: postSchema, StoredPost: storedPostSchema },
  formats: postFormats,
  migrations: { folder: new URL('migrations/', import.meta.url) },
  table: 'posts',
  demo: createDemoPost,
  create: ({ database }) => ({
    operations: createCollection<Post, { readonly id: number }>({
      noun: 'post',
      pageSize: 20,
      body: postBody,
      itemSchema: storedPostSchema,
      notFound: postErrors.API_POST_NOT_FOUND,
      store: createCollectionStore<Post>({
        database,
        table: 'posts',
        columns: { title: 'text', body: 'text' },
        // A post has at most 41 KB.
        maxRowsPerInsert: 100,
        invalid: postErrors.API_POST_INVALID,
      }),
    }),
  }),
};
