/** Variables that would lead a stack to a database or a Redis of the user, or change what it serves. */
const leftOut: ReadonlySet<string> = new Set([
  'DATABASE_URL',
  'STATE_URL',
  'WRITE_TOKEN',
  'PORT',
  'HOST',
  'NODE_OPTIONS',
  'NODE_ENV',
  'INIT_CWD',
]);

/** The environment of the stack of an experiment. `compileCache` is a folder for its compiled code. */
export const stackEnvironment = (
  environment: Readonly<Record<string, string | undefined>>,
  compileCache: string,
): Readonly<Record<string, string>> => {
  const kept = Object.entries(environment).flatMap(([name, value]) =>
    value === undefined || leftOut.has(name) ? [] : [[name, value] as const],
  );
  return {
    NODE_COMPILE_CACHE: compileCache,
    ...Object.fromEntries(kept),
    // With it the stack ends when its parent ends in any way.
    npm_lifecycle_event: 'experiment',
  };
};
