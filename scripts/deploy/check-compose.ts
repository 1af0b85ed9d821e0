import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { parse } from 'yaml';
import { findCommandFaults, serviceOfTarget } from './service-commands.ts';

type Health = { readonly test?: readonly string[] };
type Limits = { readonly cpus?: string; readonly memory?: string };

type ComposeService = {
  readonly image?: string;
  readonly build?: { readonly context: string; readonly dockerfile: string; readonly target?: string };
  readonly command?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly volumes?: readonly string[];
  readonly ports?: readonly string[];
  readonly labels?: Readonly<Record<string, string>>;
  readonly depends_on?: Readonly<Record<string, { readonly condition?: string }>>;
  readonly healthcheck?: Health;
  readonly scale?: number;
  readonly read_only?: boolean;
  readonly network_mode?: string;
  readonly deploy?: { readonly resources?: { readonly limits?: Limits } };
};

export type ComposeFile = {
  readonly name?: string;
  readonly services: Readonly<Record<string, ComposeService>>;
};

export type Budget = { readonly cpus: number; readonly memoryMb: number };

/** Parses a Compose file, with its anchors and merges, and with the defaults of its variables (`${PORT:-8080}`). */
export const parseCompose = (text: string): ComposeFile => {
  const parsed = parse(text, { merge: true }) as ComposeFile;
  const expanded = JSON.stringify(parsed).replace(/\$\{\w+:-([^}]*)\}/g, '$1');
  return JSON.parse(expanded) as ComposeFile;
};

/** Load generators are no part of the system, so they don't count. */
const isLoad = ({ labels }: ComposeService): boolean => labels?.['tripod.role'] === 'load';

const megabytesOf = (memory: string): number => {
  const [, amount = '', unit] = /^(\d+)([MG])$/.exec(memory) ?? [];
  return amount === '' ? Number.NaN : Number(amount) * (unit === 'G' ? 1024 : 1);
};

/** Sums the limits of all services, times their copies, without load generators. NaN when one has no limit. */
export const sumBudget = ({ services }: ComposeFile): Budget => {
  let cpus = 0;
  let memoryMb = 0;
  for (const service of Object.values(services).filter((one) => !isLoad(one))) {
    const { cpus: own, memory } = service.deploy?.resources?.limits ?? {};
    cpus += Number(own) * (service.scale ?? 1);
    memoryMb += megabytesOf(memory ?? '') * (service.scale ?? 1);
  }
  return { cpus: Math.round(cpus * 1000) / 1000, memoryMb };
};

/** The host path of a bind mount, or undefined for a volume. */
const boundPath = (volume: string): string | undefined =>
  volume.startsWith('.') ? volume.split(':')[0] : undefined;

const checkService = (folder: string, name: string, service: ComposeService, file: ComposeFile): string[] => {
  const faults: string[] = [];
  const add = (what: string): void => void faults.push(`${name}: ${what}`);
  const { build, healthcheck, depends_on: needs = {}, volumes = [] } = service;
  const ours = build?.dockerfile === 'deploy/Dockerfile';
  if (!ours && !build && !healthcheck?.test) add('has no health check');
  for (const [needed, { condition }] of Object.entries(needs)) {
    if (!file.services[needed]) add(`depends on ${needed}, which is no service of this file`);
    if (condition !== 'service_healthy') add(`must depend on ${needed} by service_healthy`);
  }
  for (const volume of volumes) {
    const path = boundPath(volume);
    if (path !== undefined && !existsSync(resolve(folder, path))) add(`mounts ${path}, which does not exist`);
  }
  if (build && !existsSync(resolve(folder, build.context, build.dockerfile)))
    add(`is built by ${build.dockerfile}, which does not exist`);
  if (!isLoad(service) && Number.isNaN(megabytesOf(service.deploy?.resources?.limits?.memory ?? '')))
    add('has no limit of memory');
  if (!isLoad(service) && !service.deploy?.resources?.limits?.cpus) add('has no limit of CPUs');
  if (!ours || !build) return faults;
  if (service.read_only !== true) add('must have a read-only root file system');
  const mounted = volumes.find((volume) => volume.includes(':/etc/tripod/'))?.split(':')[0];
  for (const fault of findCommandFaults({
    service: serviceOfTarget(build.target ?? ''),
    args: service.command?.filter((word) => word !== '--config' && !word.startsWith('/etc/tripod/')) ?? [],
    environment: service.environment ?? {},
    configFile: mounted === undefined ? undefined : resolve(folder, mounted),
  }))
    add(fault);
  return faults;
};

/** The host port of `8080:80` and `127.0.0.1:8081:8080`. */
const hostPort = (port: string): string => port.split(':').at(-2) ?? port;

/** Returns what is wrong with one Compose file, without a container engine. `folder` is where the file is. */
export const findComposeFaults = (
  folder: string,
  file: ComposeFile,
  budget: Budget | undefined,
): readonly string[] => {
  const faults = Object.entries(file.services).flatMap(([name, service]) =>
    checkService(folder, name, service, file),
  );
  if (!/^tripod-[a-z]+$/.test(file.name ?? ''))
    faults.push('the project has no name that begins with tripod-');
  const ports = Object.values(file.services).flatMap(({ ports: own = [] }) => own.map(hostPort));
  for (const port of ports.filter((one, index) => ports.indexOf(one) !== index))
    faults.push(`port ${port} is published twice`);
  const sum = sumBudget(file);
  if (budget && (sum.cpus !== budget.cpus || sum.memoryMb !== budget.memoryMb)) {
    faults.push(
      `the limits add up to ${sum.cpus} CPUs and ${sum.memoryMb} MB; the budget of the lab is ${budget.cpus} CPUs and ${budget.memoryMb} MB`,
    );
  }
  return faults;
};

const budgetOf = (root: string, project: string | undefined): Budget | undefined => {
  const lab = join(root, 'labs', project?.replace('tripod-', '') ?? '', 'lab.json');
  return existsSync(lab) ? (JSON.parse(readFileSync(lab, 'utf8')) as { budget?: Budget }).budget : undefined;
};

/** Checks every file of deploy/compose. */
export const checkComposeFiles = (root: string) => {
  const folder = join(root, 'deploy/compose');
  const files = readdirSync(folder).filter((name) => name.endsWith('.yaml'));
  const faults = files.flatMap((name) => {
    const path = join(folder, name);
    const file = parseCompose(readFileSync(path, 'utf8'));
    return findComposeFaults(dirname(path), file, budgetOf(root, file.name)).map(
      (fault) => `deploy/compose/${name}: ${fault}`,
    );
  });
  return { what: 'Compose files', looked: files, faults };
};
