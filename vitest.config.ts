import { resolve } from 'node:path';
import { defineConfig } from 'vitest/config';

// Electron's program is not there when tests run: what imports it gets the stand-in of its surface.
const alias = { electron: resolve(import.meta.dirname, 'electron/hosts/desktop/electronStandIn.ts') };

// `unit`: pure and quick, part of `npm run check`. `services`: real servers, keychain and processes, two files at a time,
// since they wait more than they work; each has its own ports.
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          alias,
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
          alias,
          include: ['{electron,servers}/**/*.real.test.ts'],
          setupFiles: ['electron/ownPorts.testSupport.ts'],
          maxWorkers: 2,
          sequence: { groupOrder: 1 },
          testTimeout: 120_000,
          hookTimeout: 180_000,
        },
      },
    ],
  },
});
