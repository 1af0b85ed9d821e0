import { figureTitles } from '../definition/figures.ts';
import type { Goal } from '../definition/goal.ts';
import type { Load } from '../definition/load.ts';
import { type LoadReport, ratiosOf, valuesOf } from '../measure/report-load.ts';
import { summarise } from '../measure/statistics.ts';
import { formatNumber } from '../text/format-number.ts';

export type GoalReport = {
  /** Load, contestants and figure. */
  readonly line: string;
  /** "≥ 0.85" or "≤ 200 MB". */
  readonly goal: string;
  /** Median of the rounds. Undefined when it was not measured. */
  readonly reached: number | undefined;
  /** "ok", "missed by 7 %", "not measured". */
  readonly verdict: string;
};

const limitOf = (goal: Goal): number => ('atLeast' in goal ? goal.atLeast : goal.atMost);

/** Distance from the limit, as a share of it. 0 or less means that the goal was reached. */
const missOf = (goal: Goal, reached: number): number =>
  ('atLeast' in goal ? limitOf(goal) - reached : reached - limitOf(goal)) / limitOf(goal);

const verdictOf = (goal: Goal, reached: number | undefined): string => {
  if (reached === undefined) return 'not measured';
  const miss = missOf(goal, reached);
  if (miss <= 0) return 'ok';
  const percent = miss * 100;
  return `missed by ${percent < 1 ? 'under 1' : Math.round(percent)} %`;
};

const reachedBy = ({ contestant, figure, against }: Goal, report: LoadReport | undefined) => {
  if (!report) return undefined;
  const values =
    against === undefined
      ? valuesOf(report.rounds, figure, contestant)
      : ratiosOf(report.rounds, figure, { of: contestant, by: against });
  return values.length === 0 ? undefined : summarise(values).median;
};

const lineOf = ({ load, contestant, figure, against }: Goal, loads: readonly Load[]): string => {
  const about = loads.find(({ name }) => name === load)?.about ?? load;
  const who = against === undefined ? contestant : `${contestant} ÷ ${against}`;
  return `${about}: ${who}, ${figureTitles[figure]}`;
};

/** Compares medians with goals. Goals of loads or contestants that did not take part are left out. */
export const judgeGoals = (goals: readonly Goal[], reports: readonly LoadReport[]): readonly GoalReport[] =>
  goals
    .filter((goal) => reports.some(({ load }) => load.name === goal.load))
    .map((goal) => {
      const reached = reachedBy(
        goal,
        reports.find(({ load }) => load.name === goal.load),
      );
      return {
        line: lineOf(
          goal,
          reports.map(({ load }) => load),
        ),
        goal: `${'atLeast' in goal ? '≥' : '≤'} ${formatNumber(limitOf(goal))}`,
        reached,
        verdict: verdictOf(goal, reached),
      };
    });
