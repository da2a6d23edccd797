import { availableParallelism } from 'node:os';

import { defineConfig } from 'vitest/config';

const PAYLOAD_EQUALITY = './impl/broadcast/testing/payload-equality.ts';

// Two projects: what a developer runs on every save, and what takes the state spaces apart.
// A test file is slow when its name ends in `.slow.test.ts`.
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'fast',
          include: ['{impl,conformance,benchmarks}/**/*.test.ts'],
          exclude: ['**/*.slow.test.ts', '**/node_modules/**'],
          setupFiles: [PAYLOAD_EQUALITY],
          testTimeout: 30_000,
          // One on each of two cores: most of what they do is computing. With more, one core is left.
          maxWorkers: Math.max(2, availableParallelism() - 1),
          sequence: { groupOrder: 0 },
        },
      },
      {
        test: {
          name: 'slow',
          include: ['{impl,conformance,benchmarks}/**/*.slow.test.ts'],
          setupFiles: [PAYLOAD_EQUALITY],
          testTimeout: 600_000,
          // One after the other: they start processes of their own, and threads.
          maxWorkers: 1,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
