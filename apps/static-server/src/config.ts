import { configFileSetting, portSetting, serviceSettings } from '@tripod/shared/config/service-settings';
import type { ConfigOf, Settings } from '@tripod/shared/config/settings';
import { cacheControlProblems } from './cache-control.ts';
import { maxFileBytes } from './file-store.ts';

/**
 * What the gallery needs: its own scripts and styles, pictures from anywhere, and the API, also on its own port
 * 8081 of whatever hostname the page was opened with.
 */
const defaultCsp =
  "default-src 'self'; script-src 'self'; img-src 'self' https: http: data:; connect-src 'self' *:8081; " +
  "base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

/** Every setting of the static-server: `--help`, the environment, the config file and the docs come from here. */
export const staticServerSettings = {
  path: {
    type: 'string',
    minLength: 1,
    path: true,
    // PATH means something else to every system.
    environment: false,
    placeholder: 'folder',
    shape: 'a folder',
    description: 'Folder whose files are served; must be given',
  },
  port: portSetting(8082),
  host: serviceSettings.host,
  csp: {
    type: 'string',
    pattern: '^[\\x21-\\x7e]([\\x20-\\x7e]*[\\x21-\\x7e])?$',
    default: defaultCsp,
    placeholder: 'policy',
    shape: 'a Content-Security-Policy in one line of ASCII, or off',
    description: 'Content-Security-Policy of pages and SVG images; off sends none',
  },
  cacheControl: {
    type: 'array',
    // A value of Cache-Control may hold commas.
    separator: ';',
    items: { type: 'string' },
    problems: cacheControlProblems,
    placeholder: 'pattern=value',
    shape: 'PATTERN=VALUE[;PATTERN=VALUE…], such as *.css=max-age=3600',
    description:
      'Cache-Control of the files that a pattern fits: by name (*.css) or, with a slash, by path (/images/**); the first that fits counts',
  },
  spa: {
    type: 'boolean',
    default: false,
    description:
      'Answer paths without an extension that are no files with index.html, for an application to route',
  },
  maxMemoryMb: {
    type: 'integer',
    minimum: 0,
    maximum: 65_536,
    default: 256,
    placeholder: 'MiB',
    description: `Memory for files, in MiB; what does not fit, or is larger than ${maxFileBytes / 1024 / 1024} MiB, is read from the disk each time`,
  },
  drainDelayMs: serviceSettings.drainDelayMs,
  logFormat: serviceSettings.logFormat,
  metrics: serviceSettings.metrics,
  config: configFileSetting,
} as const satisfies Settings;

export type StaticServerConfig = ConfigOf<typeof staticServerSettings>;
