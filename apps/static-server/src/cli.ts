import { type CommandLine, parseCommandLine } from '@tripod/shared/config/command-line';
import { runCli } from '@tripod/shared/process/run-cli';
import { staticServerSettings } from './config.ts';
import { startStaticServer } from './start.ts';

const commandLine = {
  name: 'static-server',
  description: 'Serves the files of a folder.',
  settings: staticServerSettings,
  examples: [
    'static-server --path assets --port 8082',
    'static-server --path assets --host 0.0.0.0 --csp off',
    'static-server --config static-server.json',
  ],
} satisfies CommandLine;

await runCli({
  ...commandLine,
  settings: staticServerSettings,
  start: (config, context) => {
    // The configuration holds the absolute path; a person wants to read what they typed.
    const { path: typed } = parseCommandLine(commandLine, process.argv.slice(2)).flags;
    return startStaticServer(config, context, typeof typed === 'string' ? typed : config.path);
  },
});
