import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildKustomization, type Manifest } from './build-kustomization.ts';
import { findCommandFaults, serviceOfTarget } from './service-commands.ts';

type Variable = { readonly name: string; readonly value?: string; readonly valueFrom?: unknown };

type Container = {
  readonly name: string;
  readonly image: string;
  readonly args?: readonly string[];
  readonly env?: readonly Variable[];
  readonly ports?: readonly { readonly name: string; readonly containerPort: number }[];
  readonly readinessProbe?: object;
  readonly livenessProbe?: object;
  readonly startupProbe?: object;
  readonly resources?: { readonly requests?: object; readonly limits?: { readonly memory?: string } };
  readonly securityContext?: {
    readonly readOnlyRootFilesystem?: boolean;
    readonly allowPrivilegeEscalation?: boolean;
  };
};

type PodSpec = {
  readonly securityContext?: { readonly runAsNonRoot?: boolean };
  readonly terminationGracePeriodSeconds?: number;
  readonly topologySpreadConstraints?: readonly object[];
  readonly containers: readonly Container[];
};

type Labels = Readonly<Record<string, string>>;

type Workload = {
  readonly spec: {
    readonly replicas?: number;
    readonly selector: { readonly matchLabels: Labels };
    readonly template: { readonly metadata: { readonly labels: Labels }; readonly spec: PodSpec };
  };
};

/** The versions of the kinds that are used. An older one was removed from Kubernetes, or will be. */
const versions: Readonly<Record<string, string>> = {
  Service: 'v1',
  ConfigMap: 'v1',
  Deployment: 'apps/v1',
  StatefulSet: 'apps/v1',
  PodDisruptionBudget: 'policy/v1',
  HorizontalPodAutoscaler: 'autoscaling/v2',
  Ingress: 'networking.k8s.io/v1',
};

const isSubset = (part: Labels = {}, whole: Labels = {}): boolean =>
  Object.entries(part).every(([name, value]) => whole[name] === value);

/** A value from a Secret that passes the checks of every setting it is used for. */
const placeholderOf = (name: string): string =>
  name === 'STATE_URL' ? 'redis://state:6379' : 'postgres://user:password@database/app';

const dataOf = (manifests: readonly Manifest[], name: string): Labels | undefined =>
  manifests.find(({ kind, metadata }) => kind === 'ConfigMap' && metadata.name === name)?.['data'] as
    | Labels
    | undefined;

const checkContainer = (container: Container, manifests: readonly Manifest[]): readonly string[] => {
  const { name, image, args = [], env = [], securityContext, resources } = container;
  const faults: string[] = [];
  if (!container.readinessProbe) faults.push('has no readiness probe');
  if (container.ports && !(container.livenessProbe && container.startupProbe))
    faults.push('has no liveness or startup probe');
  if (!resources?.requests || !resources.limits?.memory) faults.push('has no requests or no limit of memory');
  if (!securityContext?.readOnlyRootFilesystem || securityContext.allowPrivilegeEscalation !== false)
    faults.push('must have a read-only root file system and no way to more rights');
  const service = serviceOfTarget(image.replace(/^tripod-/, ''));
  const folder = mkdtempSync(join(tmpdir(), 'tripod-deploy-check-'));
  try {
    const config = args.includes('--config') ? dataOf(manifests, name)?.[`${name}.json`] : undefined;
    const configFile = config === undefined ? undefined : join(folder, `${name}.json`);
    if (configFile !== undefined) writeFileSync(configFile, config ?? '');
    else if (args.includes('--config')) faults.push('has a config file that no ConfigMap holds');
    faults.push(
      ...findCommandFaults({
        service,
        args: args.filter((word) => word !== '--config' && !word.startsWith('/etc/tripod/')),
        environment: Object.fromEntries(env.map((one) => [one.name, one.value ?? placeholderOf(one.name)])),
        configFile,
      }),
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
  return faults;
};

const checkWorkload = (manifest: Manifest, manifests: readonly Manifest[]): readonly string[] => {
  const { spec } = manifest as unknown as Workload;
  const pod = spec.template.spec;
  const { labels } = spec.template.metadata;
  const faults: string[] = [];
  if (!isSubset(spec.selector.matchLabels, labels)) faults.push('selects other pods than its own');
  if (!pod.securityContext?.runAsNonRoot) faults.push('must not run as root');
  if ((pod.terminationGracePeriodSeconds ?? 0) < 20) faults.push('has too little time to drain');
  if (!pod.topologySpreadConstraints?.length) faults.push('is not spread over nodes');
  const budget = manifests.find(
    ({ kind, spec: own }) =>
      kind === 'PodDisruptionBudget' &&
      isSubset((own as { selector: { matchLabels: Labels } }).selector.matchLabels, labels),
  );
  if (!budget) faults.push('has no PodDisruptionBudget');
  return [...faults, ...pod.containers.flatMap((container) => checkContainer(container, manifests))];
};

/** Services are found by their ports, targets of autoscalers by kind and name. */
const checkReferences = (manifest: Manifest, manifests: readonly Manifest[]): readonly string[] => {
  const spec = manifest['spec'] as {
    readonly selector?: Labels;
    readonly ports?: readonly { readonly targetPort: string }[];
    readonly scaleTargetRef?: { readonly kind: string; readonly name: string };
    readonly maxReplicas?: number;
  };
  if (manifest.kind === 'Service') {
    const pods = manifests
      .filter(({ kind }) => kind === 'Deployment' || kind === 'StatefulSet')
      .map((one) => (one as unknown as Workload).spec.template)
      .filter(({ metadata }) => isSubset(spec.selector, metadata.labels));
    const names = pods.flatMap((pod) =>
      pod.spec.containers.flatMap(({ ports = [] }) => ports.map((p) => p.name)),
    );
    if (pods.length === 0) return ['selects no pods'];
    return (spec.ports ?? [])
      .filter(({ targetPort }) => !names.includes(targetPort))
      .map(({ targetPort }) => `has no port ${targetPort} to lead to`);
  }
  const target = spec?.scaleTargetRef;
  if (manifest.kind !== 'HorizontalPodAutoscaler' || !target) return [];
  return manifests.some(({ kind, metadata }) => kind === target.kind && metadata.name === target.name)
    ? []
    : [`scales ${target.kind} ${target.name}, which is not there`];
};

/** Returns what is wrong with the objects of one lab, without a cluster. */
export const findManifestFaults = (manifests: readonly Manifest[]): readonly string[] =>
  manifests.flatMap((manifest) => {
    const { kind, apiVersion, metadata } = manifest;
    const faults: string[] = [];
    if (versions[kind] !== apiVersion) faults.push(`has the version ${apiVersion}, not ${versions[kind]}`);
    if (!metadata.namespace) faults.push('has no namespace');
    if (kind === 'Deployment' || kind === 'StatefulSet') faults.push(...checkWorkload(manifest, manifests));
    faults.push(...checkReferences(manifest, manifests));
    return faults.map((fault) => `${kind} ${metadata.name} ${fault}`);
  });

/** The labs that can be applied: the folders beside the base. */
export const findOverlays = (root: string): readonly string[] =>
  readdirSync(join(root, 'deploy/kubernetes')).filter((name) => name !== 'base');

/** Checks every lab of deploy/kubernetes. */
export const checkKubernetes = (root: string) => {
  const overlays = findOverlays(root);
  const faults = overlays.flatMap((lab) =>
    findManifestFaults(buildKustomization(join(root, 'deploy/kubernetes', lab))).map(
      (fault) => `deploy/kubernetes/${lab}: ${fault}`,
    ),
  );
  return { what: 'kustomizations', looked: overlays, faults };
};
