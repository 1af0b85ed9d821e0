import type { Sample } from './sample.ts';

const barWidth = 40;

/** The live block of a terminal: three lines of at most 80 columns. */
export const renderProgress = (sample: Sample, durationMs: number): readonly string[] => {
  const { elapsedSeconds, users, requests, requestsPerSecond, responseTimeMs, failed } = sample;
  const done = Math.min(barWidth, Math.round((elapsedSeconds * 1000 * barWidth) / durationMs));
  const bar = `${'█'.repeat(done)}${'·'.repeat(barWidth - done)}`;
  const { p50, p95, p99 } = responseTimeMs;
  return [
    `${bar} ${elapsedSeconds.toFixed(0)} of ${(durationMs / 1000).toFixed(0)} s`,
    `${users} users   ${requestsPerSecond.toFixed(0)} requests/s   ${requests} requests   ${failed} failed`,
    `p50 ${p50.toFixed(1)} ms   p95 ${p95.toFixed(1)} ms   p99 ${p99.toFixed(1)} ms`,
  ];
};

/** The escape sequences that replace a block of this many lines. */
export const clearLines = (count: number): string => (count === 0 ? '' : `\u001B[${count}A\r\u001B[J`);
