import { spawn, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { checkout } from '@tripod/testing/spawn-node';
import { waitFor } from '@tripod/testing/wait-for';
import { type RunningStack, runStack } from '../support/run-stack.ts';

/** Lines of the README's shell blocks that begin with this program. */
const linesOf = (program: string): readonly string[] => {
  const readme = readFileSync(join(checkout, 'README.md'), 'utf8');
  const blocks = [...readme.matchAll(/```sh\n([\s\S]*?)```/g)].map(([, block = '']) => block);
  return blocks.flatMap((block) => block.split('\n')).filter((line) => line.startsWith(`${program} `));
};

const isInstalled = (program: string): boolean => {
  const installed = spawnSync('sh', ['-c', `command -v ${program}`]).status === 0;
  if (!installed && process.env['CI'] === 'true')
    throw new Error(`${program} is not installed, and CI must not skip`);
  return installed;
};

const curl = isInstalled('curl') ? describe : describe.skip;
const ab = isInstalled('ab') ? describe : describe.skip;

let stack: RunningStack;
beforeAll(async () => {
  stack = await runStack();
}, 240_000);
afterAll(async () => {
  await stack?.stop();
});

/** Runs a line as it stands in the README, against this stack instead of the one on 8080. */
const run = (line: string): Promise<{ readonly code: number | null; readonly output: string }> =>
  new Promise((resolve) => {
    const here = line
      .replaceAll('127.0.0.1:8080', new URL(stack.url).host)
      .replaceAll('127.0.0.1:8090', new URL(stack.adminUrl).host);
    const child = spawn('bash', ['-c', here], { cwd: checkout, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    const gather = (piece: Buffer): void => {
      output += piece.toString();
    };
    child.stdout.on('data', gather);
    child.stderr.on('data', gather);
    child.once('close', (code) => resolve({ code, output }));
  });

const copiesThatAnswered = (): ReadonlySet<string> =>
  new Set(
    [...stack.output().matchAll(/"name":"(api-\d)","message":"GET \/images\.json"/g)].map(
      ([, name = '']) => name,
    ),
  );

curl('the curl lines of the README', () => {
  it('are the ones this test knows', () => {
    expect(linesOf('curl')).toHaveLength(3);
  });

  it('list the images, indented', async () => {
    const [line = ''] = linesOf('curl');
    const { code, output } = await run(line);
    expect(code).toBe(0);
    expect(output).toContain('\n  {\n    "title": "Sunset",');
  });

  it('add an image, which is then in the list', async () => {
    const [list = '', add = ''] = linesOf('curl');
    const added = await run(add);
    expect(added.code).toBe(0);
    expect(added.output).toContain('{"title":"Cat","alt_text":"A cool cat",');
    expect((await run(list)).output).toContain('"title": "Cat"');
  });

  it('show the pools of the proxy', async () => {
    const { output } = await run(linesOf('curl')[2] ?? '');
    expect(output).toContain('"name":"api"');
  });
});

ab('the ab lines of the README', () => {
  const whole = (output: string, requests: number): void => {
    expect(output).toMatch(new RegExp(`Complete requests: +${requests}\\n`));
    expect(output).toMatch(/Failed requests: +0\n/);
    expect(output).not.toContain('Non-2xx responses');
  };

  it('spread ten requests over the three copies', async () => {
    const { code, output } = await run(linesOf('ab')[0] ?? '');
    expect(code).toBe(0);
    whole(output, 10);
    await waitFor('a line of each copy', () => copiesThatAnswered().size === 3);
  });

  it.each(['', '-k '])('lose no request of 5000 while a copy is killed (ab %s)', async (keepAlive) => {
    const line = (linesOf('ab')[1] ?? '').replace('ab ', `ab ${keepAlive}`);
    await waitFor('a copy to kill', async () =>
      /"name":"api-2"[^\n]*"state":"ready"/.test((await stack.command('ps')).output),
    );
    const answered = (): number => stack.output().split('"GET /images.json"').length;
    const before = answered();
    const load = run(line);
    await waitFor('the load to begin', () => answered() > before + 200);
    const { code, output } = await stack.command('kill', 'api-2');
    expect({ code, output }).toMatchObject({ code: 0 });
    whole((await load).output, 5000);
  });
});
