import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, parseAllDocuments } from 'yaml';

/** An object of Kubernetes, as far as it is looked at here. */
export type Manifest = {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    name: string;
    namespace?: string;
    labels?: Record<string, string>;
  };
  readonly [field: string]: unknown;
};

type JsonPatch = { readonly op: string; readonly path: string; readonly value?: unknown };

type Kustomization = {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace?: string;
  readonly labels?: readonly { readonly pairs: Readonly<Record<string, string>> }[];
  readonly resources?: readonly string[];
  readonly configMapGenerator?: readonly { readonly name: string; readonly files: readonly string[] }[];
  readonly patches?: readonly {
    readonly target: { readonly kind: string; readonly name: string };
    readonly patch: string;
  }[];
};

const fields: ReadonlySet<string> = new Set([
  'apiVersion',
  'kind',
  'namespace',
  'labels',
  'resources',
  'configMapGenerator',
  'patches',
]);

const readManifests = (file: string): readonly Manifest[] =>
  parseAllDocuments(readFileSync(file, 'utf8')).map((document) => {
    if (document.errors.length > 0) throw new Error(`${file}: ${document.errors[0]?.message}`);
    return document.toJS() as Manifest;
  });

/** Adds a value to a list or an object, as RFC 6902 says. Throws for another operation and for a path that is not there. */
const applyPatch = (manifest: Manifest, { op, path, value }: JsonPatch): void => {
  if (op !== 'add') throw new Error(`the operation ${op} is not supported here`);
  const keys = path.split('/').slice(1);
  const last = keys.pop() ?? '';
  let place: unknown = manifest;
  for (const key of keys) {
    place = (place as Record<string, unknown> | undefined)?.[key];
    if (place === undefined)
      throw new Error(`there is no ${path} in ${manifest.kind} ${manifest.metadata.name}`);
  }
  if (Array.isArray(place) && last === '-') place.push(value);
  else (place as Record<string, unknown>)[last] = value;
};

/**
 * Builds a folder with a kustomization.yaml, with the part of kustomize that deploy/kubernetes uses. Throws for a field
 * that it does not know. Names of generated ConfigMaps get no hash, so that they stay readable in messages.
 */
export const buildKustomization = (folder: string): readonly Manifest[] => {
  const kustomization = parse(readFileSync(join(folder, 'kustomization.yaml'), 'utf8')) as Kustomization;
  const unknown = Object.keys(kustomization).filter((field) => !fields.has(field));
  if (unknown.length > 0) throw new Error(`${folder}: ${unknown.join(', ')} is not supported here`);
  const manifests = (kustomization.resources ?? []).flatMap((resource) =>
    /\.ya?ml$/.test(resource)
      ? readManifests(join(folder, resource))
      : buildKustomization(join(folder, resource)),
  );
  for (const { name, files } of kustomization.configMapGenerator ?? []) {
    const data = Object.fromEntries(files.map((file) => [file, readFileSync(join(folder, file), 'utf8')]));
    manifests.push({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, data });
  }
  for (const { target, patch } of kustomization.patches ?? []) {
    const found = manifests.filter(
      ({ kind, metadata }) => kind === target.kind && metadata.name === target.name,
    );
    if (found.length === 0) throw new Error(`${folder}: there is no ${target.kind} ${target.name} to patch`);
    for (const manifest of found) for (const step of parse(patch) as JsonPatch[]) applyPatch(manifest, step);
  }
  for (const { metadata } of manifests) {
    if (kustomization.namespace !== undefined) metadata.namespace = kustomization.namespace;
    for (const { pairs } of kustomization.labels ?? []) metadata.labels = { ...metadata.labels, ...pairs };
  }
  return manifests;
};
