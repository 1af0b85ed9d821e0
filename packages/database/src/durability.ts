import { AppError } from '@tripod/shared/errors/app-error';
import { databaseErrors } from './error-table.ts';

/** Asks whether the server answers, and whether what it confirms stays written when it, or its machine, dies. */
export const durabilityQuery = `select current_setting('fsync') as fsync,
  current_setting('full_page_writes') as full_page_writes,
  current_setting('synchronous_commit') as synchronous_commit`;

/** The settings that let it lose what it has confirmed: `fsync, synchronous_commit off`; undefined when there are none. */
export const findDurabilityRisk = (settings: Readonly<Record<string, string>>): string | undefined => {
  const off = Object.keys(settings).filter((name) => settings[name] === 'off');
  return off.length === 0 ? undefined : `${off.join(', ')} off`;
};

/** 503 without Retry-After: only a person can mend it. */
export const durabilityOff = (): AppError =>
  new AppError(databaseErrors.API_DURABILITY_OFF, {
    detail: 'The database may lose what it confirms, so nothing is written to it.',
  });
