import type { Person } from './person.ts';

const technologies = ['C', 'Go', 'Java', 'Node', 'PHP', 'Postgres', 'Python', 'Ruby', 'Rust', 'TypeScript'];

/** A person whose nickname is random, so that another run does not find it taken. */
export const createDemoPerson = (number: number, random: () => number): Person => ({
  apelido: `p${number + 1}-${random().toString(36).slice(2, 12)}`,
  nome: `Person ${number + 1}`,
  nascimento: `${1950 + Math.floor(random() * 55)}-0${1 + Math.floor(random() * 9)}-1${Math.floor(random() * 10)}`,
  stack: technologies.filter(() => random() < 0.3),
});
