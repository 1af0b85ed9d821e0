export { endProcess as default } from './end-process.ts';
