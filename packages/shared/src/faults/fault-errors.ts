import { defineErrors } from '../errors/define-errors.ts';

export const faultErrors = defineErrors({
  FAULT_INJECTED: {
    status: 500,
    title: 'This failure was asked for',
    meaning:
      'A person armed `pnpm stack fail` for this copy; nothing was done. It ends with `pnpm stack heal`, or with the process.',
  },
});
