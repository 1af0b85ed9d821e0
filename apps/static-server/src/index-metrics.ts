import type { Metrics } from '@tripod/shared/metrics/metrics';
import type { FileIndex } from './file-index.ts';

/** Adds what is in memory to the metrics of the process. */
export const registerIndex = (metrics: Metrics, index: FileIndex): void => {
  metrics.gauge('static_files_in_memory', 'Files that are answered from memory.', () => [
    { value: index.files },
  ]);
  metrics.gauge('static_memory_bytes', 'Memory that files take, their codings and headers included.', () => [
    { value: index.usedBytes },
  ]);
};
