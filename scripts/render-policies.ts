import { selectionPolicies } from '@tripod/proxy/balancing/policies/policy-table';
import type { PolicyDefinition } from '@tripod/proxy/balancing/selection-policy';

const begin = '<!-- selection policies: written by pnpm write-docs -->';
const end = '<!-- end of selection policies -->';

const renderOptions = ({ options }: PolicyDefinition): string =>
  Object.entries(options)
    .map(([name, { description, default: value }]) => `\`${name}\`: ${description}; default \`${value}\``)
    .join('<br>') || '–';

const renderTable = (): string => {
  const rows = Object.entries<PolicyDefinition>(selectionPolicies).map(
    ([name, policy]) => `| \`${name}\` | ${policy.summary} | ${renderOptions(policy)} |`,
  );
  return ['| policy | what it does | options |', '|---|---|---|', ...rows].join('\n');
};

/** Returns the page with its table of selection policies as the code has them. Throws when the markers are missing. */
export const renderPolicies = (page: string): string => {
  const [from, to] = [page.indexOf(begin), page.indexOf(end)];
  if (from === -1 || to < from) throw new Error(`the page lacks the lines "${begin}" and "${end}"`);
  return `${page.slice(0, from)}${begin}\n${renderTable()}\n${page.slice(to)}`;
};
