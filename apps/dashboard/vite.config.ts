import vue from '@vitejs/plugin-vue';
import { defineConfig } from 'vite';

export default defineConfig({
  plugins: [vue()],
  // Relative addresses: the page works below any prefix.
  base: './',
  build: {
    outDir: 'dist',
    // A font in a data: URL would need `font-src data:` in the Content-Security-Policy of the static server.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
});
