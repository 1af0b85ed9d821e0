import { namesOf } from './find-file.ts';
import type { RequestedPath } from './resolve-path.ts';

/** The names under the root as one text, by which a file is known in memory. */
export const keyOf = (path: RequestedPath): string => namesOf(path).join('/');

/** A path that is spelled as only one name could be: unreserved characters, no empty segments, no dot in front. */
const plainPath = /^\/(?:[\w~-][\w.~-]*\/)*(?:[\w~-][\w.~-]*)?$/;

/** The URLs of a file, as they are sent, under which nothing else can be meant. */
export const plainUrlsOf = (key: string, reservedPaths: ReadonlySet<string>): readonly string[] => {
  const url = `/${key}`;
  const urls = /(?:^|\/)index\.html$/.test(key) ? [url, url.slice(0, -'index.html'.length)] : [url];
  return urls.filter((one) => plainPath.test(one) && !reservedPaths.has(one));
};
