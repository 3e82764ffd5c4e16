import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vitest/config';

// The hub serves what is built; while developing, everything but the console itself goes to a hub that runs.
const hub = process.env['HUB112_URL'] ?? 'http://127.0.0.1:8112';

export default defineConfig({
  plugins: [svelte()],
  build: {
    target: ['chrome115', 'firefox115'],
    // A policy without `data:` for scripts and styles: everything is a file of its own.
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 1200,
  },
  worker: { format: 'es' },
  server: { proxy: { '/api': hub, '/health': hub, '/openapi.json': hub } },
  test: { include: ['src/**/*.test.ts'], environment: 'node' },
});
