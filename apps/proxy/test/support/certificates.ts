import { join } from 'node:path';

/**
 * The path of a certificate or key for tests: `one` is for one.test, localhost and 127.0.0.1, `two` for two.test and its
 * subdomains, `renewed` for one.test. They are valid for a hundred years.
 */
export const certificateFile = (name: string): string => join(import.meta.dirname, 'certificates', name);
