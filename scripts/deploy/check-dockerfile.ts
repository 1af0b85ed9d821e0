import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

type Instruction = { readonly name: string; readonly rest: string };
type Stage = { readonly name: string; readonly from: string; readonly instructions: readonly Instruction[] };

/** The images that are run; every other stage is a part of the build. */
export const imageTargets = ['proxy', 'api-server', 'static-server', 'worker', 'sessions-page'] as const;

const readInstructions = (text: string): readonly Instruction[] =>
  text
    .replace(/^\s*#.*$/gm, '')
    .replace(/\\\n/g, ' ')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .map((line) => {
      const [name = '', ...rest] = line.split(/\s+/);
      return { name, rest: rest.join(' ') };
    });

const readStages = (instructions: readonly Instruction[]): readonly Stage[] => {
  const stages: (Stage & { instructions: Instruction[] })[] = [];
  for (const instruction of instructions) {
    if (instruction.name !== 'FROM') {
      stages.at(-1)?.instructions.push(instruction);
      continue;
    }
    const [from = '', , name = ''] = instruction.rest.split(' ');
    stages.push({ name, from, instructions: [] });
  }
  return stages;
};

/** A stage with those that it is built from, the base first. */
const lineage = (stages: readonly Stage[], name: string): readonly Stage[] => {
  const stage = stages.find((one) => one.name === name);
  return stage ? [...lineage(stages, stage.from), stage] : [];
};

const known: ReadonlySet<string> = new Set(
  ['ARG', 'FROM', 'ENV', 'RUN', 'WORKDIR', 'COPY', 'LABEL', 'USER', 'EXPOSE'].concat([
    'HEALTHCHECK',
    'ENTRYPOINT',
    'CMD',
    'STOPSIGNAL',
  ]),
);

const imageRules: readonly (readonly [string, (rest: string) => boolean, string])[] = [
  ['USER', (rest) => /^[1-9]\d*(:[1-9]\d*)?$/.test(rest), 'a USER by a number that is not 0'],
  ['HEALTHCHECK', (rest) => rest.includes('"healthcheck"'), "a HEALTHCHECK by the service's own command"],
  ['ENTRYPOINT', (rest) => rest.startsWith('['), 'an ENTRYPOINT in the form of a list'],
  [
    'LABEL',
    (rest) => rest.includes('org.opencontainers.image.title'),
    'the labels of the Open Containers Initiative',
  ],
  ['WORKDIR', (rest) => rest.startsWith('/'), 'an absolute WORKDIR'],
];

/** Returns what is wrong with a Dockerfile. `root` is the folder that COPY reads; `targets` are the images in it. */
export const findDockerfileFaults = (
  text: string,
  root: string,
  targets: readonly string[],
): readonly string[] => {
  const faults: string[] = [];
  if (/^#\s*(syntax|escape)=/im.test(text))
    faults.push('must not name a front end, which would have to be loaded');
  const instructions = readInstructions(text);
  for (const { name, rest } of instructions) {
    if (!known.has(name)) faults.push(`${name} is not an instruction that this file uses`);
    if (name === 'COPY') {
      const words = rest.split(' ');
      if (words.some((word) => word.startsWith('--from='))) continue;
      for (const source of words.slice(0, -1))
        if (!existsSync(join(root, source))) faults.push(`COPY names ${source}, which does not exist`);
    }
    if (name === 'RUN' && /apt-get install/.test(rest) && !/rm -rf \/var\/lib\/apt\/lists/.test(rest))
      faults.push('RUN leaves the lists of apt in the image');
    if (name === 'RUN' && /\bsudo\b|\bcurl\b.*\|\s*(ba)?sh/.test(rest))
      faults.push(`RUN ${rest} is not safe`);
  }
  const stages = readStages(instructions);
  const names = new Set(stages.map(({ name }) => name));
  for (const { from } of stages) {
    if (!names.has(from) && !/^\$\{\w+_IMAGE\}$/.test(from))
      faults.push(`FROM ${from} is neither a stage nor a build argument`);
  }
  for (const { rest } of instructions.filter(({ name }) => name === 'ARG')) {
    const [name = '', image = ''] = rest.split('=');
    if (name.endsWith('_IMAGE') && (!/:[\w.-]+$/.test(image) || image.endsWith(':latest')))
      faults.push(`ARG ${name} must name a version of its image`);
  }
  for (const target of targets) {
    const all = lineage(stages, target).flatMap((stage) => stage.instructions);
    if (all.length === 0) faults.push(`there is no stage ${target}`);
    for (const [name, holds, what] of imageRules) {
      const last = all.filter((one) => one.name === name).at(-1);
      if (!last || !holds(last.rest)) faults.push(`the image ${target} has not ${what}`);
    }
    if (all.some(({ name }) => name === 'RUN'))
      faults.push(`the image ${target} must not run commands; its build stage does`);
  }
  return faults;
};

/** Checks deploy/Dockerfile. */
export const checkDockerfile = (root: string) => ({
  what: 'images',
  looked: imageTargets,
  faults: findDockerfileFaults(readFileSync(join(root, 'deploy/Dockerfile'), 'utf8'), root, imageTargets).map(
    (fault) => `deploy/Dockerfile: ${fault}`,
  ),
});
