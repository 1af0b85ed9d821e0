import { type FigureName, type Figures, figureNames } from '../definition/figures.ts';
import type { Load } from '../definition/load.ts';
import { figuresOf, type Outcome } from './measure-once.ts';
import { type Summary, summarise } from './statistics.ts';

/** The results of one round by contestant. */
export type Round = Readonly<Record<string, Outcome>>;

export type FigureReport = {
  readonly figure: FigureName;
  readonly own: Summary;
  /** Ratio to the peer in the same round. */
  readonly ratio?: Summary;
};

export type ContestantReport = {
  readonly name: string;
  readonly figures: readonly FigureReport[];
  /** Reasons of the void rounds. */
  readonly voids: readonly string[];
};

export type LoadReport = {
  readonly load: Load;
  readonly peer: string;
  readonly rounds: readonly Round[];
  readonly contestants: readonly ContestantReport[];
};

const figureOf = (round: Round, name: string, figure: FigureName): number | undefined =>
  figuresOf(round[name])?.[figure];

/** Ratios of two contestants, from the rounds in which both have the figure. */
export const ratiosOf = (
  rounds: readonly Round[],
  figure: FigureName,
  { of, by }: { readonly of: string; readonly by: string },
): readonly number[] =>
  rounds.flatMap((round) => {
    const own = figureOf(round, of, figure);
    const others = figureOf(round, by, figure);
    return own === undefined || others === undefined || others === 0 ? [] : [own / others];
  });

/** Figures of a contestant from the valid rounds. */
export const valuesOf = (rounds: readonly Round[], figure: FigureName, name: string): readonly number[] =>
  rounds.flatMap((round) => figureOf(round, name, figure) ?? []);

const hasFigure = (figures: Figures | undefined, figure: FigureName): boolean =>
  figures?.[figure] !== undefined;

const reportContestant = (rounds: readonly Round[], name: string, peer: string): ContestantReport => {
  const measured = figureNames.filter((figure) =>
    rounds.some((round) => hasFigure(figuresOf(round[name]), figure)),
  );
  return {
    name,
    figures: measured.map((figure) => {
      const ratios = name === peer ? [] : ratiosOf(rounds, figure, { of: name, by: peer });
      const own = summarise(valuesOf(rounds, figure, name));
      return { figure, own, ...(ratios.length === 0 ? {} : { ratio: summarise(ratios) }) };
    }),
    voids: rounds.flatMap((round, index) => {
      const outcome = round[name];
      return outcome && 'void' in outcome ? [`round ${index + 1}: ${outcome.void}`] : [];
    }),
  };
};

/** Computes medians and spreads. A ratio is taken within its round, under the same conditions. */
export const reportLoad = (
  load: Load,
  rounds: readonly Round[],
  { names, peer }: { readonly names: readonly string[]; readonly peer: string },
): LoadReport => ({
  load,
  peer,
  rounds,
  contestants: names.map((name) => reportContestant(rounds, name, peer)),
});
