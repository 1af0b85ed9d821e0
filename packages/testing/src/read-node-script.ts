import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Returns the arguments of `node` in the root script NAME: its options, and the file as an absolute path. Throws when
 * the script has another form.
 */
export const readNodeScript = (checkout: string, name: string): readonly string[] => {
  const { scripts } = JSON.parse(readFileSync(join(checkout, 'package.json'), 'utf8')) as {
    readonly scripts?: Readonly<Record<string, string>>;
  };
  const script = scripts?.[name];
  const [, options = '', file = ''] = /^node((?: -\S+)*) ([^\s-]\S*)$/.exec(script ?? '') ?? [];
  if (file === '')
    throw new Error(`the script ${name} in package.json is not \`node OPTIONS FILE\`: ${script}`);
  return [...options.split(' ').filter(Boolean), join(checkout, file)];
};
