/** A duration with three digits that matter. Without a value, a dash. */
export const formatMs = (ms: number | undefined): string => {
  if (ms === undefined) return '–';
  return ms < 10 ? ms.toFixed(2) : ms < 1000 ? ms.toFixed(1) : ms.toFixed(0);
};

export const formatCount = (count: number): string => Math.round(count).toLocaleString('en-US');

export const percentileNames = ['p50', 'p90', 'p95', 'p99', 'p99.9', 'max'] as const;
