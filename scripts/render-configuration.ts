import { describeSettings } from '@tripod/shared/config/describe-settings';
import type { DocumentedService, StackProgram } from './documented-services.ts';

const introduction = `# Configuration

<!-- Made from the settings of the services by \`pnpm write-docs\`: change those, not this page. -->

A value is taken from the flag, then from the environment, then from the JSON file of \`--config\` (names as in code:
\`--health-interval-ms\` is \`healthIntervalMs\`), then from the default. All bad values are listed at once, each in one
line, and the exit code is 2; unknown flags and keys are refused. \`--help\` (\`-h\`) shows all this on the terminal,
\`--version\` the version of a server. A dash marks a spelling that does not exist. Relative paths hold from where the
command was typed, in a config file from that file. Secrets have no flag, because arguments are visible in process lists.
`;

const otherVariables = `## Other variables

| variable | meaning |
|---|---|
| \`NODE_ENV\` | \`production\`: an API copy wants \`DATABASE_URL\` instead of starting a Postgres of its own |
| \`NO_COLOR\` | any value: log lines on a terminal without colours |
| \`CHROMIUM_PATH\` | the browser that the tests drive, instead of the one from npm |
| \`CI\` | \`true\`: a test whose tool is missing fails instead of being skipped |
`;

const commandRow = (command: StackProgram): string => {
  const words = [
    command.name(),
    ...command.registeredArguments.map((argument) =>
      argument.name().replace(/^\w+$/, (name) => name.toUpperCase()),
    ),
  ];
  const options = command.options
    .filter(({ long }) => command.name() !== 'up' && long !== '--state-dir')
    .map(({ flags, description }) => `\`${flags}\` ${description}`);
  return `| \`pnpm stack ${words.join(' ')}\` | ${[command.description(), ...options].join('; ')} |`;
};

const commandTable = (program: StackProgram): string => `## stack

\`pnpm stack\`: Commands for the stack that runs. Each takes \`--state-dir\`, as above.

| command | meaning |
|---|---|
${program.commands.map(commandRow).join('\n')}
`;

/** docs/reference/configuration.md: a table for each service, and one of the commands of the stack. */
export const renderConfiguration = (services: readonly DocumentedService[], stack: StackProgram): string => {
  const sections = services.map(({ command, about, settings, commands = {} }) => {
    const further = Object.entries(commands).map(
      ([name, what]) => `\`pnpm ${command} ${name}\`: ${what}.\n\n`,
    );
    return `## ${command}\n\n\`pnpm ${command}\`: ${about}\n\n${further.join('')}${describeSettings(settings)}\n`;
  });
  return [introduction, ...sections, commandTable(stack), otherVariables].join('\n');
};
