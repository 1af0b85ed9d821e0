import { checkComposeFiles } from './check-compose.ts';
import { checkDockerfile } from './check-dockerfile.ts';
import { checkKubernetes } from './check-kubernetes.ts';
import { checkUnits } from './check-units.ts';

/** What one check looked at, and what it found to be wrong. */
export type DeploymentCheck = {
  readonly what: string;
  readonly looked: readonly string[];
  readonly faults: readonly string[];
};

/** Checks everything in deploy/ that can be checked without a container engine, a cluster and systemd. */
export const checkDeployment = (root: string): readonly DeploymentCheck[] => [
  checkDockerfile(root),
  checkComposeFiles(root),
  checkKubernetes(root),
  checkUnits(root),
];
