import { join } from 'node:path';

/** The path of the command of one of our apps. */
export const binOf = (checkout: string, app: string): string =>
  join(checkout, 'apps', app, 'bin', `${app}.js`);

/**
 * As in the scripts of package.json: with large answers V8 would otherwise let several times more garbage accumulate.
 */
export const smallYoungHeap: readonly string[] = ['--max-semi-space-size=8'];

/** Arguments of every server behind the load balancer. Flags that are not given keep the defaults of the service. */
export const innerServerArgs: readonly string[] = ['--host', 'localhost', '--log-format', 'json'];
