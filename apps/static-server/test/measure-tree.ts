import { measureTree } from './support/tree-load.ts';

// 20,000 files, 5.6 GB: too much for each run of the tests.
const { files, whole, idleMb, peakMb, limitMb } = await measureTree({
  files: 20_000,
  maxMemoryMb: 256,
  clients: 32,
});
const shown = (value: number): string => `${value.toFixed(0)} MiB`;
console.log(`${files} files, ${whole} of them whole; ${shown(idleMb)} resident when ready`);
console.log(`at most ${shown(peakMb)} of ${shown(limitMb)}: ${peakMb <= limitMb ? 'holds' : 'too much'}`);
if (whole !== files || peakMb > limitMb) process.exitCode = 1;
