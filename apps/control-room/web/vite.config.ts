import vue from '@vitejs/plugin-vue';
import { defineConfig } from 'vite';

export default defineConfig({
  plugins: [vue()],
  base: './',
  build: {
    outDir: 'dist',
    // A font in a data: URL would need `font-src data:` in the Content-Security-Policy of the server.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
});
