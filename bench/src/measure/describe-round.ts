import { figureNames, figureTitles } from '../definition/figures.ts';
import { formatNumber } from '../text/format-number.ts';
import { figuresOf } from './measure-once.ts';
import type { Round } from './report-load.ts';

/** Returns one line of progress: the first figure of each contestant, or why its round is void. */
export const describeRound = (round: Round, names: readonly string[]): string =>
  names
    .map((name) => {
      const outcome = round[name];
      const figures = figuresOf(outcome);
      if (!figures) return `${name} void (${outcome && 'void' in outcome ? outcome.void : 'not measured'})`;
      const figure = figureNames.find((one) => figures[one] !== undefined);
      return figure === undefined
        ? name
        : `${name} ${formatNumber(figures[figure] ?? 0)} ${figureTitles[figure]}`;
    })
    .join(', ');
