import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { accessSync, constants, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { say } from '../../../shared/text.ts';
import type { Client } from '../../rpc/client.ts';
import type { Attached } from '../engine/attach.ts';
import { type Flags, numberOf } from './arguments.ts';
import type { Terminal } from './terminal.ts';

const redirectMs = 60_000;

/** Asks for a one-time address and opens it, or prints it where nobody looks or `--no-open` says so. */
export async function openCommand(client: Client, attached: Attached, terminal: Terminal, flags: Flags): Promise<void> {
  const port = numberOf(flags.port, 'port', 65_535);
  const { url } = await client.call('app.open', port === undefined ? {} : { port });
  const browser = flags['no-open'] ? undefined : findBrowser(process.platform, process.env);
  if (!browser) {
    terminal.line(`${terminal.say(say('cliAddress'))}\n${url}`, { url });
    return;
  }
  const redirect = writeRedirect(url);
  try {
    const child = spawn(browser.file, browser.arguments(redirect.url), { detached: true, stdio: 'ignore', windowsHide: true });
    const started = await new Promise<boolean>((done) => {
      child.once('spawn', () => done(true));
      child.once('error', () => done(false));
    });
    child.unref();
    if (!started) {
      terminal.line(`${terminal.say(say('cliAddress'))}\n${url}`, { url });
      return;
    }
    terminal.progress(terminal.say(say('cliOpening')));
    const { promise: tooLate, resolve: giveUp } = Promise.withResolvers<boolean>();
    const timer = setTimeout(() => giveUp(false), redirectMs);
    const used = await Promise.race([attached.opened(url), tooLate]);
    clearTimeout(timer);
    if (used) terminal.line(terminal.say(say('cliOpened')), { opened: true });
    else terminal.line(`${terminal.say(say('cliNotOpened'))}\n${url}`, { opened: false, url });
  } finally {
    redirect.remove();
  }
}

/** The token must not be an argument of the browser, which other users could read: a private page leads there instead. */
function writeRedirect(url: string): { url: string; remove(): void } {
  const folder = mkdtempSync(join(tmpdir(), 'sealdeck-open-'));
  const path = join(folder, `${randomBytes(8).toString('hex')}.html`);
  const target = JSON.stringify(url).replaceAll('<', '\\u003c');
  writeFileSync(path, `<!doctype html><meta charset="utf-8"><title>Sealdeck</title><script>location.replace(${target})</script>\n`, {
    mode: 0o600,
  });
  const remove = (): void => rmSync(folder, { recursive: true, force: true });
  process.once('exit', remove);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));
  return { url: pathToFileURL(path).href, remove };
}

export interface Browser {
  file: string;
  arguments(url: string): string[];
}

/** A Chromium-family browser shows the window without its own bars; any other default browser will do. `undefined`: no display. */
export function findBrowser(
  platform: NodeJS.Platform,
  env: NodeJS.ProcessEnv,
  exists: (path: string) => boolean = isExecutable,
): Browser | undefined {
  const root = platform !== 'win32' && process.getuid?.() === 0;
  const asApp = (file: string): Browser => ({ file, arguments: (url) => [`--app=${url}`, ...(root ? ['--no-sandbox'] : [])] });
  if (platform === 'win32') {
    const roots = [env.ProgramFiles, env['ProgramFiles(x86)'], env.LOCALAPPDATA].filter((each) => each !== undefined);
    const names = [
      'Google\\Chrome\\Application\\chrome.exe',
      'Microsoft\\Edge\\Application\\msedge.exe',
      'Chromium\\Application\\chrome.exe',
    ];
    const found = names.flatMap((name) => roots.map((each) => `${each}\\${name}`)).find(exists);
    return found ? asApp(found) : { file: 'rundll32.exe', arguments: (url) => ['url.dll,FileProtocolHandler', url] };
  }
  if (platform === 'darwin') {
    const names = ['Google Chrome', 'Chromium', 'Microsoft Edge', 'Brave Browser'];
    const found = names.map((name) => `/Applications/${name}.app/Contents/MacOS/${name}`).find(exists);
    return found ? asApp(found) : { file: 'open', arguments: (url) => [url] };
  }
  if (!env.DISPLAY && !env.WAYLAND_DISPLAY) return undefined;
  const onPath = (names: readonly string[]): string | undefined =>
    names.flatMap((name) => (env.PATH ?? '').split(delimiter).map((folder) => join(folder, name))).find(exists);
  const chromium = onPath(['google-chrome-stable', 'google-chrome', 'chromium', 'chromium-browser', 'microsoft-edge', 'brave-browser']);
  if (chromium) return asApp(chromium);
  const opener = onPath(['xdg-open']);
  return opener === undefined ? undefined : { file: opener, arguments: (url) => [url] };
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
