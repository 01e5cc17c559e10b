import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { defineConfig } from 'playwright/test';

/** A Chromium that is on this machine: one that is named, one on PATH, or Playwright's own. */
function chromium(): string | undefined {
  const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
  const onPath = (process.env.PATH ?? '').split(delimiter).flatMap((folder) => names.map((name) => join(folder, name)));
  return [process.env.SEALDECK_TEST_CHROMIUM, ...onPath].find((path) => path !== undefined && existsSync(path));
}

const executablePath = chromium();
const root = process.getuid?.() === 0;

const launchOptions = {
  // Without a UTF-8 locale Chromium finds no dropped file whose name is not ASCII.
  env: { LANG: 'C.UTF-8', ...process.env } as Record<string, string>,
  ...(executablePath === undefined ? {} : { executablePath }),
  args: [
    ...(root ? ['--no-sandbox'] : []),
    '--disable-gpu',
    '--disable-quic',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
    '--no-first-run',
  ],
};

export default defineConfig({
  testDir: '.',
  testMatch: '*.spec.ts',
  outputDir: '../test-results/window',
  workers: 1,
  timeout: 240_000,
  expect: { timeout: 30_000 },
  forbidOnly: Boolean(process.env.CI),
  projects: [
    {
      name: 'browser',
      use: {
        viewport: { width: 1280, height: 800 },
        trace: 'off',
        screenshot: 'only-on-failure',
        launchOptions,
      },
    },
    { name: 'desktop', use: { viewport: { width: 1280, height: 800 }, launchOptions } },
  ],
});
