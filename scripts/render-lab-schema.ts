import { resources } from '@tripod/api-server/resources';
import { createLabSchema } from '@tripod/stack/labs/lab-schema';
import { upSettings } from '@tripod/stack/settings';

/** labs/lab.schema.json. Only here are both the settings of the stack and the names of the resources known. */
export const renderLabSchema = (): string => {
  const settings = upSettings('.');
  const names = resources.map(({ name }) => name).join('|');
  const described = Object.fromEntries(
    Object.entries(settings).map(([name, setting]) => [
      name,
      name === 'resources'
        ? ({ ...setting, items: { type: 'string', pattern: `^(?:${names})$` } } as const)
        : setting,
    ]),
  );
  return `${JSON.stringify(createLabSchema(described), undefined, 2)}\n`;
};
