import { describeSettings } from '@tripod/shared/config/describe-settings';
import type { DocumentedService } from './documented-services.ts';

const introduction = `# Configuration

<!-- Made from the settings of the services by \`pnpm write-docs\`: change those, not this page. -->

A value is taken from the flag, then from the environment, then from the JSON file of \`--config\` (names as in code:
\`--health-interval-ms\` is \`healthIntervalMs\`), then from the default. All bad values are listed at once, each in one
line, and the exit code is 2; unknown flags and keys are refused. A dash marks a spelling that does not exist. Relative
paths hold from where the command was typed, in a config file from that file. Secrets have no flag, because arguments
are visible in process lists.
`;

/** docs/configuration.md: a table for each service. */
export const renderConfiguration = (services: readonly DocumentedService[]): string => {
  const sections = services.map(
    ({ command, about, settings }) =>
      `## ${command}\n\n\`pnpm ${command}\`: ${about}\n\n${describeSettings(settings)}\n`,
  );
  return [introduction, ...sections].join('\n');
};
