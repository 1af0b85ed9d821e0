import type { ExperimentVerdict } from './wire.ts';

/** What a person expects of an experiment before it runs. */
export const guesses = [
  { id: 'none', title: 'Nothing fails' },
  { id: 'few', title: 'A few fail' },
  { id: 'many', title: 'Many fail' },
] as const;

export type Guess = (typeof guesses)[number]['id'];

const fewAtMost = 20;

/** Compares a guess with what our proxy showed. Without a guess there is only the result. */
export const judgeGuess = ({ balancers }: ExperimentVerdict, guess: Guess | undefined): string => {
  const [first] = balancers;
  if (first === undefined) return 'No load balancer was tried.';
  const { failed } = first;
  const shown: Guess = failed === 0 ? 'none' : failed <= fewAtMost ? 'few' : 'many';
  const result =
    failed === 1
      ? '1 request failed'
      : `${failed === 0 ? 'No' : failed.toLocaleString('en')} requests failed`;
  const by = `with ${first.balancer}`;
  if (guess === undefined) return `${result} ${by}.`;
  return `${result} ${by}. ${guess === shown ? 'That is what you expected.' : `You expected: ${guesses.find(({ id }) => id === guess)?.title.toLowerCase()}.`}`;
};
