import { defineConfig } from 'vitest/config';

// `unit`: pure and quick, part of `npm run check`. `services`: real servers, keychain and processes, one file at a time.
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: ['{shared,electron,servers,renderer,bin}/**/*.test.ts'],
          exclude: ['**/*.real.test.ts'],
          isolate: false,
        },
      },
      {
        // The whole chain through the command line: up, kill, resume, down.
        test: { name: 'chain', include: ['e2e/**/*.chain.test.ts'], fileParallelism: false, testTimeout: 600_000, hookTimeout: 600_000 },
      },
      {
        test: {
          name: 'services',
          include: ['{electron,servers}/**/*.real.test.ts'],
          fileParallelism: false,
          testTimeout: 120_000,
          hookTimeout: 180_000,
        },
      },
    ],
  },
});
