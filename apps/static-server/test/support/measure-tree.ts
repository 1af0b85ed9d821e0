import { measureTree } from './tree-load.ts';

// 20,000 files of 5.6 GB take too long for the test suite.
const { files, whole, idleMb, peakMb, limitMb } = await measureTree({
  files: 20_000,
  maxMemoryMb: 256,
  clients: 32,
});
const shown = (value: number): string => `${value.toFixed(0)} MiB`;
console.log(`${files} files, ${whole} received completely; ${shown(idleMb)} resident when ready`);
console.log(
  `at most ${shown(peakMb)} of ${shown(limitMb)}: ${peakMb <= limitMb ? 'within the limit' : 'too much'}`,
);
if (whole !== files || peakMb > limitMb) process.exitCode = 1;
