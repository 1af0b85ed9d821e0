import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import type { RawResponse } from '@tripod/testing/raw-http';

/** Returns the text of a body, decoded from its Content-Encoding. */
export const decode = ({ headers, body }: RawResponse): string => {
  const bytes = Buffer.from(body, 'latin1');
  if (headers['content-encoding'] === 'br') return brotliDecompressSync(bytes).toString();
  return headers['content-encoding'] === 'gzip' ? gunzipSync(bytes).toString() : bytes.toString();
};
