/** A status or a range of them, as in `--health-statuses`: `200-399`, `401`. */
export const statusRangePattern = '^[1-5]\\d\\d(?:-[1-5]\\d\\d)?$';

/** Parses ranges that match the pattern. */
export const parseStatusRanges = (ranges: readonly string[]): ((status: number) => boolean) => {
  const parsed = ranges.map((range) => {
    const [from = '', to = from] = range.split('-');
    return { from: Number(from), to: Number(to) };
  });
  return (status) => parsed.some(({ from, to }) => status >= from && status <= to);
};
