import { configFileSetting, portSetting, serviceSettings } from '@tripod/shared/config/service-settings';
import type { ConfigOf, Settings } from '@tripod/shared/config/settings';
import { apiUrlPattern } from './answer/page-config.ts';
import { cacheControlProblems } from './headers/cache-control.ts';
import { contentTypeProblems } from './headers/content-type.ts';
import { maxCachedFileBytes } from './memory/file-cache.ts';

/** What the gallery needs: its own scripts and styles, pictures from any site, and the API on this origin. */
const defaultCsp =
  "default-src 'self'; script-src 'self'; img-src 'self' https: http: data:; connect-src 'self'; " +
  "base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

/**
 * The settings of the static-server. Flags, environment variables, the config file, `--help` and the docs derive from
 * them.
 */
export const staticServerSettings = {
  path: {
    type: 'string',
    minLength: 1,
    path: true,
    // The variable PATH has another meaning in every shell.
    environment: false,
    placeholder: 'folder',
    shape: 'a folder',
    description: 'Folder to serve; required',
  },
  port: portSetting(8082),
  host: serviceSettings.host,
  csp: {
    type: 'string',
    pattern: '^[\\x21-\\x7e]([\\x20-\\x7e]*[\\x21-\\x7e])?$',
    default: defaultCsp,
    placeholder: 'policy',
    shape: 'a Content-Security-Policy in one line of ASCII, or off',
    description:
      'Content-Security-Policy of pages and SVG images; off sends none. The default also allows the API of --api-url',
  },
  apiUrl: {
    type: 'string',
    pattern: apiUrlPattern,
    placeholder: 'address',
    shape: 'a URL such as http://localhost:8081, a path such as /api/, or a port such as :8081',
    description:
      'Address of the API, which pages read from /config.json. A port is that port of the hostname of the page, and /api/ for a page behind a proxy. Default: the file config.json of the folder',
  },
  cacheControl: {
    type: 'array',
    // A Cache-Control value may hold commas.
    separator: ';',
    items: { type: 'string' },
    problems: cacheControlProblems,
    placeholder: 'pattern=value',
    shape: 'PATTERN=VALUE[;PATTERN=VALUE…], such as *.css=max-age=3600',
    description:
      'Cache-Control of files that match a pattern: by name (*.css) or, with a slash, by path (/images/**); the first match wins',
  },
  contentType: {
    type: 'array',
    items: { type: 'string' },
    problems: contentTypeProblems,
    placeholder: 'ext=type',
    shape: 'EXT=TYPE[,EXT=TYPE…], such as heif=image/heif',
    description:
      'Content type of files with this extension, in addition to those registered with IANA, or instead',
  },
  spa: {
    type: 'boolean',
    default: false,
    description:
      'Answer paths that are no files with index.html, for an application to route: paths without an extension, and others when the client asks for HTML',
  },
  maxMemoryMb: {
    type: 'integer',
    minimum: 0,
    maximum: 65_536,
    default: 256,
    placeholder: 'MiB',
    description: `Memory for files, in MiB; files that do not fit, or are larger than ${maxCachedFileBytes / 1024 / 1024} MiB, are read from the disk each time`,
  },
  drainDelayMs: serviceSettings.drainDelayMs,
  logFormat: serviceSettings.logFormat,
  metrics: serviceSettings.metrics,
  profile: serviceSettings.profile,
  config: configFileSetting,
} as const satisfies Settings;

export type StaticServerConfig = ConfigOf<typeof staticServerSettings>;
