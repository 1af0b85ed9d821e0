// .mjs, so that Jest imports it as it is: a .ts globalSetup is transpiled to CommonJS
export { default } from './global-setup.ts';
