import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { findProcess } from '@tripod/shared/os/process-table';
import { freePorts } from '@tripod/testing/free-port';
import { waitFor } from '@tripod/testing/wait-for';
import { type AnyService, defineService } from '../../src/definition/service-definition.ts';
import { copiesSetting, stackPort } from '../../src/definition/stack-settings.ts';
import { fixtureFile } from '../support/fixture-services.ts';
import { prepareFixtureStack } from '../support/fixture-stack.ts';
import { useStacks } from '../support/run-fixture-stack.ts';
import { useTempFolders } from '../support/temp-folder.ts';

const startStack = useStacks();
// After the hook above: hooks run in this order, and the folders must outlive what uses them.
const makeFolder = useTempFolders();

const listenScript = (port: number): string =>
  `require('node:net').createServer().listen(${port}, '127.0.0.1'); console.log(process.env.GREETING)`;

/** A shell command with replicas, which is ready when its port accepts connections. */
const echo = defineService({
  name: 'echo',
  description: 'The echo server',
  settings: () => ({
    echoCopies: copiesSetting(2, 'How many copies of the echo server to start'),
    echoPort: stackPort(7000, 'Port of the first copy of the echo server'),
  }),
  ports: ['echoPort'],
  replicas: 'echoCopies',
  run: {
    type: 'process',
    command: ({ port }) => ({
      type: 'binary',
      file: '/bin/sh',
      args: ['-c', `exec "${process.execPath}" -e "${listenScript(port)}"`],
    }),
  },
  environment: ({ urlOf }) => ({ GREETING: `hello from ${urlOf('registry')}` }),
  needs: ['registry'],
  readiness: () => ({ type: 'tcp' }),
  stopGraceMs: 4000,
});

/** A service of ours that needs the first one. */
const reader = defineService({
  name: 'reader',
  description: 'The reader',
  settings: () => ({ readerPort: stackPort(7100, 'Port of the reader') }),
  ports: ['readerPort'],
  run: {
    type: 'process',
    command: ({ name, port }) => ({
      type: 'node',
      file: fixtureFile,
      args: ['--name', name, '--port', `${port}`],
    }),
  },
  needs: ['echo'],
  stopGraceMs: 4000,
  addresses: ({ url }) => [['Reader', url]],
});

const crasherScript = `trap 'echo reloaded' HUP; echo now serving; sleep 600 & while :; do wait; done`;

/** A service that is ready by a log line, crashes on request, and reads its configuration again on SIGHUP. */
const crasher = defineService({
  name: 'crasher',
  description: 'The crasher',
  settings: () => ({}),
  ports: [],
  run: {
    type: 'process',
    command: () => ({ type: 'binary', file: '/bin/sh', args: ['-c', crasherScript] }),
    reloadSignal: 'SIGHUP',
  },
  needs: [],
  readiness: () => ({ type: 'log-line', pattern: /now serving/ }),
  stopGraceMs: 4000,
});

/** A service that another process runs. */
const registry = defineService({
  name: 'registry',
  description: 'The registry',
  settings: () => ({}),
  ports: [],
  run: {
    type: 'joined',
    join: async () => ({
      url: 'memory://registry',
      status: async () => ({ running: true, port: 7200 }),
      whyFixed: 'registry is run by somebody else',
      leave: () => Promise.resolve(),
    }),
  },
  needs: [],
  stopGraceMs: 0,
});

const madeUp: readonly AnyService[] = [reader, echo, crasher, registry];

const start = async (change: Readonly<Record<string, unknown>> = {}) => {
  const [readerPort = 0, echoPort = 0] = await freePorts(6);
  const names = madeUp.map(({ name }) => name);
  const config = { services: names, readerPort, echoPort, echoCopies: 2, ...change };
  const fixture = await prepareFixtureStack(makeFolder(), config, madeUp);
  return { ...(await startStack(fixture)), shown: fixture.shown, readerPort, echoPort };
};

describe('a stack of services that it does not know by name', () => {
  it('starts each service after those that it needs, and lists them all in ps', async () => {
    const { report, shown, readerPort, echoPort } = await start();
    const { processes, url, scalable, addresses } = await report();
    expect(processes.map(({ name, port, state }) => `${name} ${port} ${state}`)).toEqual([
      `reader ${readerPort} ready`,
      `echo-1 ${echoPort} ready`,
      `echo-2 ${echoPort + 1} ready`,
      'crasher undefined ready',
      'registry 7200 ready',
    ]);
    const [uptime = 0, ...echoes] = processes.map(({ uptimeMs = 0 }) => uptimeMs);
    expect(Math.min(...echoes.slice(0, 2))).toBeGreaterThanOrEqual(uptime);
    expect(url).toBe(`http://127.0.0.1:${readerPort}`);
    expect([scalable, addresses]).toEqual([['echo'], [['Reader', url]]]);
    expect(shown.join('')).toContain('hello from memory://registry');
  });

  it('scales a shell command up and down', async () => {
    const { ask, report, progress } = await start();
    await ask({ command: 'scale', name: 'echo', count: 3 });
    await ask({ command: 'scale', name: 'echo', count: 1 });
    expect((await report()).processes.filter(({ service }) => service === 'echo')).toHaveLength(1);
    expect(progress.filter((line) => line.startsWith('echo-3'))).toEqual([
      expect.stringMatching(/^echo-3: starting on port \d+$/),
      'echo-3: ready',
      'echo-3: stopping',
      'echo-3: stopped',
      'echo-3: removed',
    ]);
    await expect(ask({ command: 'scale', name: 'reader', count: 2 })).rejects.toThrow(
      'reader is always one process and cannot be scaled.',
    );
  });

  it('restarts a process that crashes, and one that is asked to restart', async () => {
    const { ask, report, shown } = await start();
    const find = async (name: string) => {
      const found = (await report()).processes.find((process) => process.name === name);
      if (!found) throw new Error(`ps shows no ${name}`);
      return found;
    };
    const { pid = 0 } = await find('crasher');
    process.kill(pid, 'SIGKILL');
    await waitFor('the restart', async () => {
      const row = await find('crasher');
      return row.state === 'ready' && row.pid !== pid;
    });
    expect(shown.join('')).toContain('crasher died (signal SIGKILL) and restarts in 0.2 s');
    const before = await find('echo-1');
    await ask({ command: 'restart', name: 'echo' });
    const after = await find('echo-1');
    expect([after.pid === before.pid, after.port, after.restarts]).toEqual([false, before.port, 0]);
  });

  it('makes a service read its configuration again by its signal, and restarts none that has no signal', async () => {
    const { ask, progress, shown } = await start();
    await ask({ command: 'reload', name: 'crasher' });
    expect(progress).toEqual(['crasher: was sent SIGHUP to read its configuration']);
    await waitFor('the line', () => shown.some((line) => line.includes('"reloaded"')));
    await expect(ask({ command: 'reload', name: 'echo-1' })).rejects.toThrow(
      'echo cannot read its configuration while it runs; restart it with: pnpm stack restart echo',
    );
  });

  it('does not change a joined service, and says why', async () => {
    const { ask } = await start();
    await expect(ask({ command: 'kill', name: 'registry' })).rejects.toThrow(
      'registry is run by somebody else, so this command cannot change it; it can change reader, echo-1, echo-2, crasher.',
    );
  });

  it('starts only the chosen services, with the flags that a config file adds', async () => {
    const { report } = await start({
      services: ['reader'],
      serviceFlags: { reader: { name: 'renamed', poolSize: 5, metrics: false } },
    });
    const { processes } = await report();
    expect(processes.map(({ name }) => name)).toEqual(['reader']);
    const { command } = findProcess(processes[0]?.pid ?? 0) ?? {};
    expect(command).toContain(`${join('fixtures', 'service.ts')} --name reader`);
    expect(command).toContain('--name renamed --pool-size 5 --no-metrics');
  });
});
