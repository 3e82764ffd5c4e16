import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vitest/config';
import { weigh } from './weigh.ts';

// The hub serves what is built; while developing, everything but the console itself goes to a hub that runs.
const hub = process.env['HUB112_URL'] ?? 'http://127.0.0.1:8112';

export default defineConfig({
  plugins: [svelte(), weigh()],
  build: {
    target: ['chrome115', 'firefox115'],
    // A policy without `data:` for scripts and styles: everything is a file of its own.
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 1200,
    // The library of the map is a file of its own: a screen without a map does not wait for it.
    rolldownOptions: { output: { advancedChunks: { groups: [{ name: 'map-library', test: /node_modules\/(maplibre-gl|@maplibre)/ }] } } },
  },
  worker: { format: 'es' },
  server: { proxy: { '/api': hub, '/health': hub, '/openapi.json': hub } },
  // Some go through every file of the console: a busy machine takes its time over them.
  test: { include: ['src/**/*.test.ts'], environment: 'node', testTimeout: 30_000 },
});
