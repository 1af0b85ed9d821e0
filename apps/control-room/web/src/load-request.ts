import { findRunTimeMs } from './format.ts';

/** The fields of the load form as typed. */
export type LoadForm = {
  users: string;
  spawnRate: string;
  runTime: string;
  /** Whether requests come at a rate, whatever the answers do. */
  isOpenModel: boolean;
  rate: string;
  scenario: string;
  maxP99: string;
  maxFailed: string;
};

export type LoadSettings = {
  readonly scenario: string;
  readonly model:
    | { readonly kind: 'closed'; readonly users: number; readonly spawnRate: number }
    | { readonly kind: 'open'; readonly rate: number };
  readonly runTimeMs: number;
  readonly maxP99Ms?: number;
  readonly maxFailed?: number;
};

export type LoadProblems = Partial<
  Record<'users' | 'spawnRate' | 'runTime' | 'rate' | 'maxP99' | 'maxFailed', string>
>;

const maxUsers = 10_000;
const maxRate = 100_000;
const maxRunTimeMs = 86_400_000;

const numberOf = (text: string): number => (text.trim() === '' ? Number.NaN : Number(text));
const isWholeUpTo = (value: number, min: number, max: number): boolean =>
  Number.isInteger(value) && value >= min && value <= max;

/** Checks the form. Returns the settings, or a sentence for each field that is wrong. */
export const readLoadForm = (
  form: LoadForm,
): { readonly settings: LoadSettings } | { readonly problems: LoadProblems } => {
  const problems: LoadProblems = {};
  const users = numberOf(form.users);
  const spawnRate = numberOf(form.spawnRate);
  const rate = numberOf(form.rate);
  const runTimeMs = findRunTimeMs(form.runTime);
  const maxP99Ms = numberOf(form.maxP99);
  const maxFailed = numberOf(form.maxFailed);
  if (form.isOpenModel) {
    if (!(rate > 0 && rate <= maxRate)) problems.rate = 'Type a rate from 1 to 100,000 requests a second.';
  } else {
    if (!isWholeUpTo(users, 1, maxUsers)) problems.users = 'Type a number of users from 1 to 10,000.';
    if (!(spawnRate > 0 && spawnRate <= maxUsers)) problems.spawnRate = 'Type a rate from 0.1 to 10,000.';
  }
  if (runTimeMs === undefined || runTimeMs > maxRunTimeMs)
    problems.runTime = 'Type a time up to 24h, such as 90s, 3m or 1h30m.';
  if (form.maxP99.trim() !== '' && !(maxP99Ms > 0)) problems.maxP99 = 'Type milliseconds, or leave it empty.';
  if (form.maxFailed.trim() !== '' && !isWholeUpTo(maxFailed, 0, Number.MAX_SAFE_INTEGER))
    problems.maxFailed = 'Type a whole number, or leave it empty.';
  if (Object.keys(problems).length > 0 || runTimeMs === undefined) return { problems };
  return {
    settings: {
      scenario: form.scenario,
      model: form.isOpenModel ? { kind: 'open', rate } : { kind: 'closed', users, spawnRate },
      runTimeMs,
      ...(Number.isNaN(maxP99Ms) ? {} : { maxP99Ms }),
      ...(Number.isNaN(maxFailed) ? {} : { maxFailed }),
    },
  };
};

/** The line below the form that says what "Start swarming" will do. */
export const describeLoad = (form: LoadForm, host: string): string =>
  form.isOpenModel
    ? `Sends ${form.rate || '…'} requests a second to ${host} for ${form.runTime || '…'}, however slow the answers are.`
    : `Starts ${form.users || '…'} users on ${host}, ${form.spawnRate || '…'} more each second, for ${form.runTime || '…'}. Each waits for its answer.`;
