/** Shown instead of a value that is not known. A zero would be a measurement. */
export const missing = '–';

const whole = new Intl.NumberFormat('en');
const oneDigit = new Intl.NumberFormat('en', { minimumFractionDigits: 1, maximumFractionDigits: 1 });

type Value = number | null | undefined;
const isKnown = (value: Value): value is number =>
  value !== undefined && value !== null && Number.isFinite(value);

/** A whole number with separators, such as `4,212`. */
export const formatCount = (value: Value): string =>
  isKnown(value) ? whole.format(Math.round(value)) : missing;

/** Events per second: with one digit below 10, so that a slow stream is not 0. */
export const formatRate = (value: Value): string => {
  if (!isKnown(value)) return missing;
  return value === 0 || value >= 10 ? whole.format(Math.round(value)) : oneDigit.format(value);
};

/** Milliseconds with their unit; from one second on in seconds. */
export const formatMs = (value: Value): string => {
  if (!isKnown(value)) return missing;
  if (value >= 1000) return `${oneDigit.format(value / 1000)} s`;
  return `${value < 10 ? oneDigit.format(value) : whole.format(Math.round(value))} ms`;
};

/** A share from 0 to 1 as a percentage. */
export const formatPercent = (share: Value): string => {
  if (!isKnown(share)) return missing;
  const percent = share * 100;
  return `${percent > 0 && percent < 1 ? oneDigit.format(percent) : whole.format(Math.round(percent))} %`;
};

/** Bytes as kB, MB or GB. */
export const formatBytes = (bytes: Value): string => {
  if (!isKnown(bytes)) return missing;
  if (bytes < 1000) return `${Math.round(bytes)} B`;
  if (bytes < 1e6) return `${oneDigit.format(bytes / 1e3)} kB`;
  if (bytes < 1e9) return `${whole.format(Math.round(bytes / 1e6))} MB`;
  return `${oneDigit.format(bytes / 1e9)} GB`;
};

/** Milliseconds as `m:ss`, or `h:mm:ss` from an hour on. */
export const formatElapsed = (ms: Value): string => {
  if (!isKnown(ms)) return missing;
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const two = (value: number): string => String(value).padStart(2, '0');
  const minutes = Math.floor(seconds / 60);
  return minutes < 60
    ? `${minutes}:${two(seconds % 60)}`
    : `${Math.floor(minutes / 60)}:${two(minutes % 60)}:${two(seconds % 60)}`;
};

/** The time of day of a moment in epoch milliseconds, such as `14:03:09`. */
export const formatTimeOfDay = (epochMs: Value): string =>
  isKnown(epochMs) ? new Date(epochMs).toLocaleTimeString('en-GB') : missing;

/** Milliseconds of a run time as Locust writes it: `90s`, `3m`, `1h30m`. */
export const formatRunTime = (ms: number): string => {
  const seconds = Math.round(ms / 1000);
  const parts = [
    [Math.floor(seconds / 3600), 'h'],
    [Math.floor(seconds / 60) % 60, 'm'],
    [seconds % 60, 's'],
  ] as const;
  return (
    parts
      .filter(([count]) => count > 0)
      .map(([count, unit]) => `${count}${unit}`)
      .join('') || '0s'
  );
};

/** Milliseconds of a run time such as `90`, `90s`, `3m`, `1h30m`; undefined when it can't be read or is zero. */
export const findRunTimeMs = (text: string): number | undefined => {
  const trimmed = text.trim();
  if (/^\d+$/.test(trimmed)) return Number(trimmed) * 1000 || undefined;
  const match = /^(?:(\d+)h)?\s*(?:(\d+)m)?\s*(?:(\d+)s)?$/.exec(trimmed);
  if (!match || trimmed === '') return undefined;
  const [, hours = 0, minutes = 0, seconds = 0] = match;
  return (Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds)) * 1000 || undefined;
};
