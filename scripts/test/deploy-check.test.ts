import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { buildKustomization, type Manifest } from '../deploy/build-kustomization.ts';
import { findComposeFaults, parseCompose, sumBudget } from '../deploy/check-compose.ts';
import { checkDeployment } from '../deploy/check-deployment.ts';
import { findDockerfileFaults } from '../deploy/check-dockerfile.ts';
import { findManifestFaults } from '../deploy/check-kubernetes.ts';
import { findUnitFaults, parseUnit } from '../deploy/check-units.ts';

const root = join(import.meta.dirname, '../..');

describe('the files of deploy/', () => {
  it.each(checkDeployment(root).map(({ what, looked, faults }) => [what, looked, faults] as const))(
    'are free of faults: %s',
    (_what, looked, faults) => {
      expect(faults).toEqual([]);
      expect(looked.length).toBeGreaterThanOrEqual(5);
    },
  );
});

describe('the check of Compose files', () => {
  const folder = join(root, 'deploy/compose');
  const service = (more: string): string =>
    `name: tripod-x
services:
  app:
    build: { context: ../.., dockerfile: deploy/Dockerfile, target: api-server }
    read_only: true
    deploy: { resources: { limits: { cpus: "0.5", memory: 1G } } }
${more}`;
  const faultsOf = (text: string) => findComposeFaults(folder, parseCompose(text), undefined);

  it.each([
    ['    environment: { DATABSE_URL: x }', 'app: api-server does not read the variable DATABSE_URL'],
    ['    environment: { PORT: "x" }', 'app: PORT must be a whole number from 0 to 65535, and is "x"'],
    [
      '    command: ["--prot", "1"]',
      "app: The command line is wrong: unknown option '--prot' (Did you mean --port?). See api-server --help",
    ],
    [
      '    depends_on: { db: { condition: service_healthy } }',
      'app: depends on db, which is no service of this file',
    ],
    ['    volumes: ["./nothing:/x:ro"]', 'app: mounts ./nothing, which does not exist'],
    ['    ports: ["1:1", "127.0.0.1:1:2"]', 'port 1 is published twice'],
  ])('finds the fault in %s', (more, fault) => {
    expect(faultsOf(service(more))).toEqual([fault]);
  });

  it('finds a service without health check, and one that does not wait for health', () => {
    const text = `${service('    depends_on: { db: { condition: service_started } }')}
  db: { image: x, deploy: { resources: { limits: { cpus: "1", memory: 1M } } } }`;
    expect(faultsOf(text)).toEqual(['app: must depend on db by service_healthy', 'db: has no health check']);
  });

  it('compares the sum of the limits, times the copies, with the budget of the lab', () => {
    const file = parseCompose(service('    scale: 2'));
    expect(sumBudget(file)).toEqual({ cpus: 1, memoryMb: 2048 });
    expect(findComposeFaults(folder, file, { cpus: 1.5, memoryMb: 2048 })).toEqual([
      'the limits add up to 1 CPUs and 2048 MB; the budget of the lab is 1.5 CPUs and 2048 MB',
    ]);
  });
});

describe('the check of the Dockerfile', () => {
  it.each([
    ['# syntax=docker/dockerfile:1', 'must not name a front end, which would have to be loaded'],
    ['FROM node:latest AS x', 'FROM node:latest is neither a stage nor a build argument'],
    ['ARG NODE_IMAGE=node:latest', 'ARG NODE_IMAGE must name a version of its image'],
    ['COPY nothing /x', 'COPY names nothing, which does not exist'],
    ['RUN apt-get update && apt-get install -y x', 'RUN leaves the lists of apt in the image'],
    ['MAINTAINER x', 'MAINTAINER is not an instruction that this file uses'],
  ])('finds the fault in %s', (text, fault) => {
    expect(findDockerfileFaults(text, root, [])).toEqual([fault]);
  });

  it('finds an image that runs as root, without a health check', () => {
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is the notation of a Dockerfile.
    const text = 'ARG NODE_IMAGE=node:24\nFROM ${NODE_IMAGE} AS x\nUSER root\nENTRYPOINT node x';
    expect(findDockerfileFaults(text, root, ['x'])).toEqual([
      'the image x has not a USER by a number that is not 0',
      "the image x has not a HEALTHCHECK by the service's own command",
      'the image x has not an ENTRYPOINT in the form of a list',
      'the image x has not the labels of the Open Containers Initiative',
      'the image x has not an absolute WORKDIR',
    ]);
  });
});

describe('the check of manifests', () => {
  const gallery = (): Manifest[] =>
    structuredClone(buildKustomization(join(root, 'deploy/kubernetes/gallery'))) as Manifest[];

  it('finds no fault in the gallery, which has its own namespace, files and resources of the API', () => {
    const manifests = gallery();
    expect(findManifestFaults(manifests)).toEqual([]);
    expect(new Set(manifests.map(({ metadata }) => metadata.namespace))).toEqual(new Set(['tripod-gallery']));
    expect(JSON.stringify(manifests)).toContain('{"name":"RESOURCES","value":"images"}');
  });

  it('finds what is missing when a PodDisruptionBudget and a ConfigMap are taken away', () => {
    const manifests = gallery().filter(
      ({ kind, metadata }) =>
        kind !== 'ConfigMap' && !(kind === 'PodDisruptionBudget' && metadata.name === 'app'),
    );
    expect(findManifestFaults(manifests)).toEqual([
      'StatefulSet app has no PodDisruptionBudget',
      'Deployment proxy has a config file that no ConfigMap holds',
    ]);
  });

  it('finds a Service and an autoscaler that lead to nothing', () => {
    const manifests = gallery().filter(
      ({ kind, metadata }) => !(kind === 'StatefulSet' && metadata.name === 'app'),
    );
    expect(findManifestFaults(manifests)).toEqual([
      'Service app selects no pods',
      'HorizontalPodAutoscaler app scales StatefulSet app, which is not there',
    ]);
  });
});

describe('the check of units', () => {
  const folder = join(root, 'deploy/systemd');

  it('finds missing sandboxing and a flag that does not exist', () => {
    const unit = parseUnit(
      '[Unit]\nDescription=x\n[Service]\nType=notify\nExecStart=/usr/bin/node apps/worker/bin/worker.js --nmae %i\n[Install]\nWantedBy=x',
    );
    const faults = findUnitFaults(unit, root, folder);
    expect(faults).toContain('must have ProtectSystem=strict');
    expect(faults.at(-1)).toContain("unknown option '--nmae'");
  });

  it('refuses a line that is no part of a unit', () => {
    expect(() => parseUnit('[Unit]\nwhat')).toThrow('the line "what" is no part of a unit');
  });
});
