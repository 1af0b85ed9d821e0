import { createGroupCommit } from '@tripod/shared/async/group-commit';
import { maxRowsPerGroup, maxWaitingRows, type Visit, type VisitCounters } from './state-store.ts';

/** A visit that is to be counted: in the claimed session if it is known, otherwise in a new one with the other id. */
export type IncomingVisit = { readonly claimedId: string | undefined; readonly newId: string };

export type VisitGroupOptions = {
  /** Counts all of them in one step. Returns one visit for each, in the same order. */
  readonly countAll: (incoming: readonly IncomingVisit[]) => Promise<readonly Visit[]>;
  readonly createUuid: () => string;
  /** What a visit is refused with when too many wait. */
  readonly busy: () => Error;
};

const uuid = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/;

/** Visits that arrive while others are being counted go out together in the next statement. */
export const createVisitGroup = ({ countAll, createUuid, busy }: VisitGroupOptions): VisitCounters => {
  const count = createGroupCommit<IncomingVisit, Visit>({
    insert: async (incoming) => {
      const visits = await countAll(incoming);
      return (ordinal) => visits[ordinal];
    },
    isRowFault: () => false,
    maxRows: maxRowsPerGroup,
    maxWaiting: maxWaitingRows,
    refusal: busy,
    unconfirmed: () => new Error('the state store returned fewer visits than it was given'),
  });
  return {
    visit: (claimedId) =>
      count({
        claimedId: claimedId !== undefined && uuid.test(claimedId) ? claimedId : undefined,
        newId: createUuid(),
      }),
  };
};
