import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { findCommandFaults } from './service-commands.ts';

/** The keys of a unit by section, each with its values in their order. */
export type Unit = ReadonlyMap<string, ReadonlyMap<string, readonly string[]>>;

/** Parses a unit file. Throws for a line that is neither a section, a comment nor `Key=value`. */
export const parseUnit = (text: string): Unit => {
  const sections = new Map<string, Map<string, string[]>>();
  let keys: Map<string, string[]> | undefined;
  for (const line of text.split('\n').map((one) => one.trim())) {
    if (line === '' || line.startsWith('#')) continue;
    const section = /^\[(\w+)\]$/.exec(line)?.[1];
    if (section !== undefined) {
      keys = new Map();
      sections.set(section, keys);
      continue;
    }
    const [, key = '', value = ''] = /^([A-Z]\w*)=(.*)$/.exec(line) ?? [];
    if (key === '' || !keys) throw new Error(`the line ${JSON.stringify(line)} is no part of a unit`);
    keys.set(key, [...(keys.get(key) ?? []), value]);
  }
  return sections;
};

/** What every service of Tripod is confined by. `systemd-analyze security` counts these. */
const sandbox: Readonly<Record<string, string>> = {
  Type: 'notify',
  NotifyAccess: 'all',
  DynamicUser: 'yes',
  NoNewPrivileges: 'yes',
  ProtectSystem: 'strict',
  ProtectHome: 'yes',
  PrivateTmp: 'yes',
  PrivateDevices: 'yes',
  ProtectKernelModules: 'yes',
  ProtectKernelTunables: 'yes',
  ProtectControlGroups: 'yes',
  RestrictNamespaces: 'yes',
  RestrictSUIDSGID: 'yes',
  LockPersonality: 'yes',
  SystemCallArchitectures: 'native',
};

const readEnvironment = (text: string): Readonly<Record<string, string>> =>
  Object.fromEntries(
    text
      .split('\n')
      .filter((line) => /^[A-Z_]+=/.test(line))
      .map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
  );

/** Returns what is wrong with a unit of a service. `folder` has the files that are installed to /etc/tripod. */
export const findUnitFaults = (unit: Unit, root: string, folder: string): readonly string[] => {
  const faults: string[] = [];
  const service = unit.get('Service');
  if (!unit.get('Unit')?.get('Description')) faults.push('has no description');
  if (!unit.get('Install')?.get('WantedBy')) faults.push('is wanted by nothing');
  if (!service) return faults;
  for (const [key, value] of Object.entries(sandbox)) {
    if (service.get(key)?.at(-1) !== value) faults.push(`must have ${key}=${value}`);
  }
  const [command = ''] = service.get('ExecStart') ?? [];
  const [node = '', script = '', ...args] = command.replaceAll('%i', '8081').split(' ');
  if (node !== '/usr/bin/node' || !existsSync(join(root, script)))
    return [...faults, `runs ${node} ${script}, which is not a service`];
  const name = script.split('/')[1] ?? '';
  const own = service.get('Environment')?.flatMap((line) => line.split(' ')) ?? [];
  const file = service.get('EnvironmentFile')?.[0]?.replace(/^-?\/etc\/tripod\//, '') ?? 'none';
  const configFile = args.includes('--config') ? join(folder, `${name}.json`) : undefined;
  const environment = readEnvironment(
    [...own, existsSync(join(folder, file)) ? readFileSync(join(folder, file), 'utf8') : ''].join('\n'),
  );
  return [
    ...faults,
    ...findCommandFaults({
      service: name,
      args: args.filter((word) => word !== '--config' && !word.startsWith('/etc/tripod/')),
      environment,
      configFile,
    }),
  ];
};

/** Checks every unit of deploy/systemd, and that the target wants units that exist. */
export const checkUnits = (root: string) => {
  const folder = join(root, 'deploy/systemd');
  const files = readdirSync(folder).filter((name) => /\.(service|target)$/.test(name));
  const faults = files.flatMap((name) => {
    const unit = parseUnit(readFileSync(join(folder, name), 'utf8'));
    const wanted = unit.get('Unit')?.get('Wants')?.join(' ').split(' ') ?? [];
    const missing = wanted
      .filter((one) => one.startsWith('tripod-') && !files.includes(one.replace(/@.*\./, '@.')))
      .map((one) => `wants ${one}, which does not exist`);
    return [...findUnitFaults(unit, root, folder), ...missing].map(
      (fault) => `deploy/systemd/${name}: ${fault}`,
    );
  });
  return { what: 'units', looked: files, faults };
};
