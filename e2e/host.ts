import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { _electron, test as base, expect, type Page } from 'playwright/test';
import { processesNaming } from './processes.ts';

const root = resolve(import.meta.dirname, '..');

export interface Place {
  /** Everything of the test lies below it: data folder and stacks. */
  folder: string;
  data: string;
  env: Record<string, string>;
}

interface Fixtures {
  place: Place;
  /** A window of the host under test, on the empty first screen. */
  window: Page;
  openWindow: (page: Page) => Promise<void>;
}

/** A new one-time address from the entry script, as `npm start -- --no-open --json` prints it. */
export function address(place: Place): Promise<string> {
  return new Promise((done, fail) => {
    const child = spawn(process.execPath, [join(root, 'bin', 'start.js'), '--no-open', '--json', '--data', place.data], {
      cwd: root,
      env: { ...process.env, ...place.env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let out = '';
    let errors = '';
    child.stdout.on('data', (chunk: Buffer) => {
      out += String(chunk);
      const line = out.split('\n').find((text) => text.startsWith('{'));
      if (line !== undefined) done((JSON.parse(line) as { url: string }).url);
    });
    child.stderr.on('data', (chunk: Buffer) => (errors += String(chunk)));
    child.on('exit', (code) => fail(new Error(`npm start ended with ${code}: ${errors}`)));
  });
}

/** A real Electron, when there is one: its folder by ELECTRON_OVERRIDE_DIST_PATH or the installed package's. */
function electronFolder(): string | undefined {
  const folders = [process.env.ELECTRON_OVERRIDE_DIST_PATH, join(root, 'node_modules', 'electron', 'dist')];
  return folders.find(
    (folder) => folder !== undefined && existsSync(join(folder, process.platform === 'win32' ? 'electron.exe' : 'electron')),
  );
}

export const test = base.extend<Fixtures>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the fixture's needs from this pattern
  place: async ({}, use, info) => {
    if (info.project.name === 'desktop')
      base.skip(electronFolder() === undefined, 'no Electron binary on this machine (ELECTRON_OVERRIDE_DIST_PATH)');
    const folder = await mkdtemp(join(tmpdir(), 'sealdeck-window-'));
    await use({ folder, data: join(folder, 'data'), env: { LANG: 'C.UTF-8', SEALDECK_LANG: 'en' } });
    // What the test started ends with it: servers are detached and outlive the engine by design.
    for (const { pid } of processesNaming(folder)) process.kill(pid, 'SIGKILL');
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  },
  openWindow: async ({ place }, use) => {
    await use(async (page) => {
      await page.goto(await address(place));
    });
  },
  window: async ({ place, openWindow, browser }, use, info) => {
    if (info.project.name === 'desktop') {
      const binary = join(electronFolder() ?? '', process.platform === 'win32' ? 'electron.exe' : 'electron');
      const app = await _electron.launch({
        executablePath: binary,
        args: [root, '--data', place.data],
        env: definedOnly({ ...process.env, ...place.env }),
      });
      await use(await app.firstWindow());
      await app.close();
      return;
    }
    const page = await browser.newPage();
    await openWindow(page);
    await use(page);
    await page.close();
  },
});
export { expect };

function definedOnly(env: NodeJS.ProcessEnv): Record<string, string> {
  return Object.fromEntries(Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined));
}
