import type { Post } from './post.ts';

const sentences = [
  'The load balancer chooses an upstream for each request.',
  'A copy that does not answer is ejected until it has answered some active checks.',
  'Requests in flight are finished before a copy stops.',
  'A write is answered after its commit.',
  'Lists are read in pages, each of which begins where the last one ended.',
];

/** A post of 20 to 40 sentences: about 2 KB. */
export const createDemoPost = (number: number, random: () => number): Post => ({
  title: `Post ${number + 1}`,
  body: Array.from(
    { length: 20 + Math.floor(random() * 21) },
    () => sentences[Math.floor(random() * sentences.length)],
  ).join(' '),
});
