import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * What follows `node` in the command behind `pnpm NAME`: the options that the script in package.json gives it, and the file as
 * an absolute path. Throws when the script is anything but that.
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
