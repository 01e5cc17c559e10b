import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { app, BrowserWindow, dialog, nativeTheme } from 'electron';
import { explain } from '../../../shared/messages.ts';
import { isAppError } from '../../../shared/rpc/errors.ts';
import type { Language } from '../../../shared/text.ts';
import { createApp } from '../../app.ts';
import { defaultDataFolder, prepareDataFolder } from '../../platform/engineFolder.ts';
import { isCommand, runCli } from '../cli/cli.ts';
import { defaultIdleMs } from '../engine/engine.ts';
import { runEngine } from '../engine/runEngine.ts';
import { declareScheme, serveScheme } from './appScheme.ts';
import { type DesktopEngine, openDesktopEngine } from './desktopEngine.ts';
import { confirmQuit } from './dialogs.ts';
import { acceptPipes, refuseStrangers } from './ipcPipe.ts';
import { lockedSession, openHardenedWindow } from './window.ts';

declare const SEALDECK_VERSION: string;
declare const SEALDECK_BUILD: string;

const here = import.meta.dirname;
const windowFolder = join(here, 'window');
const preload = join(here, 'preload.cjs');
const build = { version: SEALDECK_VERSION, build: SEALDECK_BUILD };
/** Packed, the program is the app; unpacked, Electron's first argument is the folder of the app. */
const argv = process.argv.slice(app.isPackaged ? 1 : 2);
const trialMs = 15_000;

if (argv[0] === '--engine') {
  withoutDisplay();
  void runEngine(argv.slice(1), { windowFolder, ...build, exit: (code) => app.exit(code) });
} else if (isCommand(argv[0]) || argv[0] === '--help' || argv[0] === '--version') {
  withoutDisplay();
  const args = app.isPackaged ? ['--engine'] : [resolve(here, '..'), '--engine'];
  void runCli(argv, { env: process.env, streams: process, engine: { file: process.execPath, args }, ...build }).then((code) =>
    app.exit(code),
  );
} else {
  app.enableSandbox();
  declareScheme();
  refuseStrangers();
  void (argv.includes('--trial') ? trial() : desktop());
}

/** The engine and the commands show nothing, so a machine without a display can run them. */
function withoutDisplay(): void {
  app.disableHardwareAcceleration();
  if (process.platform === 'linux') app.commandLine.appendSwitch('ozone-platform', 'headless');
  if (process.platform === 'darwin') app.dock?.hide();
}

/** Does Electron really run here? A hidden window must load our page, and the page must speak through the preload pipe. */
async function trial(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'sealdeck-trial-'));
  app.setPath('userData', folder);
  const end = (code: number, line: string): void => {
    process.stdout.write(`${line}\n`);
    rmSync(folder, { recursive: true, force: true });
    app.exit(code);
  };
  setTimeout(() => end(1, `the hidden window gave no sign within ${trialMs / 1000} s`), trialMs);
  await app.whenReady();
  const session = lockedSession();
  serveScheme(session, { windowFolder, transfers: () => undefined });
  const window = openHardenedWindow({ session, preload, show: false, devTools: false, dark: false });
  window.webContents.on('render-process-gone', (_event, details) => end(1, `the page's process ended: ${details.reason}`));
  window.webContents.on('did-fail-load', (_event, code, description) => end(1, `the page did not load: ${description} (${code})`));
  acceptPipes(window.webContents, (pipe) => {
    pipe.onFrame(() => end(0, `sealdeck trial: Electron ${process.versions.electron} answers`));
  });
}

async function desktop(): Promise<void> {
  const at = argv.indexOf('--data');
  const dataFolder = at >= 0 && argv[at + 1] ? resolve(argv[at + 1] ?? '') : defaultDataFolder(process.platform, process.env);
  const language: Language = /^zh/i.test(app.getPreferredSystemLanguages()[0] ?? '') ? 'zh-CN' : 'en';
  try {
    await prepareDataFolder(dataFolder);
    // Chromium's own files lie beside ours, so that the single instance is one for each data folder.
    app.setPath('userData', join(dataFolder, 'desktop'));
    if (!app.requestSingleInstanceLock()) {
      app.exit(0);
      return;
    }
    const engine = await openDesktopEngine({
      dataFolder,
      createApp,
      windowFolder,
      ...build,
      idleMs: defaultIdleMs,
      onEnd: () => app.exit(0),
    });
    await app.whenReady();
    showWindows(engine, language);
  } catch (error) {
    const { title, explanation, next } = isAppError(error)
      ? explain(language, error.code, error.details)
      : { title: 'Sealdeck', explanation: String(error), next: '' };
    process.stderr.write(`${title}. ${next}\n`);
    dialog.showErrorBox(title, `${explanation}\n\n${next}`);
    app.exit(1);
  }
}

function showWindows(engine: DesktopEngine, language: Language): void {
  const session = lockedSession();
  serveScheme(session, { windowFolder, transfers: () => engine.transfers() });
  const open = (): void => {
    const window = openHardenedWindow({ session, preload, show: true, devTools: !app.isPackaged, dark: nativeTheme.shouldUseDarkColors });
    acceptPipes(window.webContents, (pipe) => engine.attach(pipe));
  };
  // Windows of tools and extensions are not ours; whatever else is made gets the same locks.
  app.on('web-contents-created', (_event, contents) => contents.setWindowOpenHandler(() => ({ action: 'deny' })));
  app.on('second-instance', () => {
    const [window] = BrowserWindow.getAllWindows();
    if (!window) return open();
    if (window.isMinimized()) window.restore();
    window.focus();
  });
  app.on('activate', () => {
    if (BrowserWindow.getAllWindows().length === 0) open();
  });
  app.on('window-all-closed', () => {
    const running = engine.runningJobs();
    // Windows in browsers and command lines keep it; it ends by itself after the last of them.
    if (running.length === 0 && engine.inUse()) return;
    const done = running.length === 0 ? Promise.resolve(true) : confirmQuit(undefined, language, running);
    // "Keep working": the engine ends by itself once its work is done and nobody comes back.
    void done.then((quit) => (quit ? engine.end().then(() => app.exit(0)) : undefined));
  });
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => void engine.end().then(() => app.exit(0)));
  open();
}
