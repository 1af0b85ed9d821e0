const reads = /^\s*(?:select|with|values|table|show)\b/i;
const withClause = /^\s*with\b/i;
/** `for update` and `for no key update` lock rows and change none. */
const writesInside =
  /\b(?:insert\s+into|delete\s+from|merge\s+into)\b|(?<!\bfor\s+(?:no\s+key\s+)?)\bupdate\b/i;
const begins = /^\s*(?:begin|start)\b/i;
const commits = /^\s*(?:commit|end)\b/i;
const controls = /^\s*(?:begin|start|commit|end|rollback|abort|savepoint|release)\b/i;

/**
 * Whether a statement may change data, judged by its words. A function that a SELECT calls is taken for one that does
 * not.
 */
export const mayWrite = (text: string): boolean =>
  !reads.test(text) || (withClause.test(text) && writesInside.test(text));

export const beginsTransaction = (text: string): boolean => begins.test(text);

export const commitsTransaction = (text: string): boolean => commits.test(text);

/** Whether a statement only begins, ends or divides a transaction. */
export const controlsTransaction = (text: string): boolean => controls.test(text);
