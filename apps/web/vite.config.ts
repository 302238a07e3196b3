import { defineConfig } from 'vite';

/** Everything is a file of our own, nothing inline: the page lives under `default-src 'self'; connect-src 'self' ws: wss:`. */
export default defineConfig({
  resolve: { tsconfigPaths: true },
  build: {
    outDir: '../../dist/apps/web',
    emptyOutDir: true,
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
});
