import type { Scenario, User } from '@tripod/load/scenario';

const languages = ['C#', 'Node', 'Oracle', 'Postgres', 'Rust', 'Go', 'Ruby', 'PHP', 'Python', 'Clojure'];

const letters = (user: User, length: number): string =>
  Array.from({ length }, () => String.fromCharCode(97 + Math.floor(user.random() * 26))).join('');

const createPerson = async (user: User): Promise<void> => {
  const json = {
    apelido: `${user.number}${letters(user, 16)}`,
    nome: `Pessoa ${letters(user, 8)}`,
    nascimento: '1990-01-01',
    stack: user.random() < 0.2 ? null : languages.filter(() => user.random() < 0.3),
  };
  user.tally('asked');
  const { status, header } = await user.ask({ method: 'POST', path: '/pessoas', json });
  if (status !== 201) return;
  user.tally('created');
  // Another copy may answer: a person who was confirmed must be there at once.
  await user.ask({ path: header('location') ?? '', name: '/pessoas/:id', status: 200 });
};

const searchPeople = (user: User) =>
  user.ask({ path: `/pessoas?t=${letters(user, 2)}`, name: '/pessoas?t=', status: 200 });

const searchWithoutTerm = (user: User) =>
  user.ask({ path: '/pessoas', name: '/pessoas without t', status: 400 });

const countPeople = async (user: User): Promise<number> =>
  Number((await user.ask({ path: '/contagem-pessoas' })).body);

/** The mix of the contest: creations that are read back by their Location, searches, and invalid searches. */
export const scenario: Scenario = {
  title: 'The load of the contest',
  tasks: [
    { name: 'create', weight: 60, run: createPerson },
    { name: 'search', weight: 10, run: searchPeople },
    { name: 'invalid search', weight: 4, run: searchWithoutTerm },
  ],
  prepare: countPeople,
  check: async (user, { created = 0, asked = 0 }, before) => {
    const stored = (await countPeople(user)) - Number(before);
    return [
      {
        name: 'every confirmed person is stored, and stored once',
        // A creation whose answer was lost may have been stored, too.
        holds: stored >= created && stored <= asked,
        detail: `${created} confirmed, ${stored} stored`,
        lost: Math.max(0, created - stored),
        repeated: Math.max(0, stored - asked),
      },
    ];
  },
};
