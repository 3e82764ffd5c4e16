import { defineConfig } from 'vitest/config';
import { Again } from './tests/world/again.ts';

// Tests in a real browser against a real hub: one after the other, for the machine is small.
export default defineConfig({
  test: {
    include: [process.env['CONSOLE_SCREENSHOTS'] === '1' ? 'tests/*screenshots.ts' : process.env['CONSOLE_MEASURE'] === '1' ? 'tests/measure.ts' : 'tests/*.test.ts'],
    environment: 'node',
    fileParallelism: false,
    // A condition that holds ends its wait at once: a long limit costs only where something is wrong.
    testTimeout: 240_000,
    expect: { poll: { timeout: 30_000 } },
    hookTimeout: 180_000,
    // Once again, and named in the report: a real fault fails twice.
    retry: 1,
    reporters: ['default', new Again()],
  },
});
