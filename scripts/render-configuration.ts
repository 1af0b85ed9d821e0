import { describeSettings } from '@tripod/shared/config/describe-settings';
import type { DocumentedService, StackProgram } from './documented-services.ts';

const introduction = `# Configuration

<!-- Generated from the settings of the services by \`pnpm write-docs\`: edit those, not this page. -->

A flag overrides the environment, the environment overrides the JSON file of \`--config\`, and the file overrides the default.
Names in the file are those in code: \`--health-interval-ms\` is \`healthIntervalMs\`. All bad values are listed at once, one per
line, with exit code 2; unknown flags and keys are refused. \`--help\` (\`-h\`) shows the settings on the terminal,
\`--version\` the version of a server. A dash means that the spelling does not exist. Relative paths are relative to the working
directory of the command, in a config file to that file. Secrets have no flag, because arguments are visible in process lists.
`;

const otherVariables = `## Other variables

| variable | meaning |
|---|---|
| \`NODE_ENV\` | \`production\`: an API copy requires \`DATABASE_URL\` and does not start the embedded Postgres |
| \`NODE_OPTIONS\` | options of Node itself; with a \`--max-old-space-size\` an API copy answers 503 before its heap is full |
| \`NOTIFY_SOCKET\` | set by systemd for a unit with \`Type=notify\`: a service tells it when it is ready |
| \`NO_COLOR\` | any value: no colours on a terminal |
| \`CHROMIUM_PATH\` | path of the browser for the tests, instead of the one from npm |
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
    .filter(({ long }) => command.name() !== 'up' && long !== '--state-dir' && long !== '--lab')
    .map(({ flags, description }) => `\`${flags}\` ${description}`);
  return `| \`pnpm stack ${words.join(' ')}\` | ${[command.description(), ...options].join('; ')} |`;
};

const commandTable = (program: StackProgram): string => `## stack

\`pnpm stack\`: commands for the running stack. Each but \`labs\` takes \`--state-dir\`, as above, and \`--lab\`, the
lab whose stack is meant. Without both it is the lab that runs.

| command | meaning |
|---|---|
${program.commands.map(commandRow).join('\n')}
`;

/** Renders docs/reference/configuration.md: a table for each service, and one for the commands of the stack. */
export const renderConfiguration = (services: readonly DocumentedService[], stack: StackProgram): string => {
  const sections = services.map(({ command, about, settings, commands = {} }) => {
    const further = Object.entries(commands).map(
      ([name, what]) => `\`pnpm ${command} ${name}\`: ${what}.\n\n`,
    );
    return `## ${command}\n\n\`pnpm ${command}\`: ${about}\n\n${further.join('')}${describeSettings(settings)}\n`;
  });
  return [introduction, ...sections, commandTable(stack), otherVariables].join('\n');
};
