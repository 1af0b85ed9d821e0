import {
  defaultTextOf,
  describeShape,
  hasFlag,
  hasVariable,
  type Setting,
  type Settings,
  typedEnvironmentOf,
  typedFlagOf,
} from './settings.ts';

const cell = (text: string): string => text.replaceAll('|', '\\|');

const fallbackOf = (setting: Setting): string => {
  const text = defaultTextOf(setting);
  return text === '' ? '–' : `\`${cell(text)}\``;
};

const flagCell = (name: string, setting: Setting): string =>
  setting.type === 'structure'
    ? `– (\`${name}\` in a file)`
    : hasFlag(setting)
      ? `\`${typedFlagOf(name, setting)}\``
      : '–';

/** Renders the settings as the Markdown table of docs/reference/configuration.md, one row per setting. */
export const describeSettings = (settings: Settings): string => {
  const rows = Object.entries(settings).map(([name, setting]) => {
    const variable = !hasVariable(setting) ? '–' : `\`${typedEnvironmentOf(name, setting)}\``;
    const cells = [
      flagCell(name, setting),
      variable,
      fallbackOf(setting),
      cell(describeShape(setting)),
      cell(setting.description),
    ];
    return `| ${cells.join(' | ')} |`;
  });
  return ['| flag | environment | default | value | meaning |', '|---|---|---|---|---|', ...rows].join('\n');
};
