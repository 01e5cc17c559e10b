import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Session, WebContents } from 'electron';
import { afterAll, describe, expect, it } from 'vitest';
import type { Pipe } from '../../../shared/rpc/frames.ts';
import { createFileStore } from '../../platform/files.ts';
import { declareScheme, serveScheme } from './appScheme.ts';
import { frameChannel } from './channels.ts';
import type { BrowserWindow as WindowStandIn } from './electronStandIn.ts';
import { privileged, requestOf, SessionStandIn, WebContentsStandIn } from './electronStandIn.ts';
import { acceptPipes } from './ipcPipe.ts';
import { isOwnPage, isTrustedSender } from './trustedSender.ts';
import { lockedSession, openHardenedWindow } from './window.ts';

const folder = mkdtempSync(join(tmpdir(), 'sealdeck-desktop-'));
writeFileSync(join(folder, 'index.html'), '<meta name="csp-nonce" content="__CSP_NONCE__">');
writeFileSync(join(folder, 'main.js'), 'export {};');
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const mainFrame = { url: 'app://sealdeck/#/vault', frameTreeNodeId: 1, parent: null };

describe('who may speak to the engine', () => {
  it.each([
    ['the top frame of our page', mainFrame, true],
    ['a frame that is gone', null, false],
    ['a frame inside our page', { ...mainFrame, frameTreeNodeId: 2, parent: mainFrame }, false],
    ['the top frame of another window', { ...mainFrame, frameTreeNodeId: 7 }, false],
    ['our window after it left our page', { ...mainFrame, url: 'https://evil.test/' }, false],
    ['another host of our scheme', { ...mainFrame, url: 'app://sealdeck.evil.test/' }, false],
    ['a file', { ...mainFrame, url: 'file:///etc/passwd' }, false],
    ['no address', { ...mainFrame, url: '' }, false],
  ])('%s', (_name, sender, trusted) => expect(isTrustedSender(sender, mainFrame)).toBe(trusted));

  it('knows our page with any route, but not with a user name in it', () => {
    expect(isOwnPage('app://sealdeck/index.html?x#/a')).toBe(true);
    expect(isOwnPage('app://sealdeck@evil.test/')).toBe(false);
    expect(isOwnPage('app://user@sealdeck/')).toBe(false);
  });
});

describe('the hardened window', () => {
  const open = (): WindowStandIn => {
    const session = lockedSession();
    return openHardenedWindow({ session, preload: '', show: false, devTools: false, dark: false }) as unknown as WindowStandIn;
  };

  it('is sandboxed and isolated', () => {
    expect(open().options.webPreferences).toMatchObject({
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
      webSecurity: true,
      webviewTag: false,
      navigateOnDragDrop: false,
      spellcheck: false,
      devTools: false,
    });
    expect(open().options.show).toBe(false);
  });

  it('cannot leave our page, be redirected, embed or open another', () => {
    const { webContents } = open();
    for (const event of ['will-navigate', 'will-frame-navigate', 'will-redirect', 'will-attach-webview']) {
      expect(webContents.isPrevented(event)).toBe(true);
    }
    expect(webContents.openHandler?.()).toEqual({ action: 'deny' });
  });

  it('is granted no permission and no device', () => {
    const { told } = lockedSession() as unknown as SessionStandIn;
    let granted: unknown;
    told.permissionRequest?.(...([{}, 'clipboard-read', (yes: boolean) => (granted = yes)] as never[]));
    expect(granted).toBe(false);
    expect(told.permissionCheck?.()).toBe(false);
    expect(told.devicePermission?.()).toBe(false);
  });

  it('fetches nothing but our own page', () => {
    const { told } = lockedSession() as unknown as SessionStandIn;
    const isCancelled = (url: string): unknown => {
      let cancelled: unknown;
      told.beforeRequest?.(...([{ url }, (answer: { cancel: boolean }) => (cancelled = answer.cancel)] as never[]));
      return cancelled;
    };
    for (const url of ['https://example.org/', 'http://127.0.0.1:9000/', 'ws://127.0.0.1/', 'file:///etc/passwd', 'app://other/']) {
      expect(isCancelled(url)).toBe(true);
    }
    for (const url of ['app://sealdeck/main.js', 'data:image/png;base64,', 'blob:app://sealdeck/1']) expect(isCancelled(url)).toBe(false);
  });
});

describe('the pipe of a page', () => {
  function connect() {
    const contents = new WebContentsStandIn();
    contents.mainFrame = { ...mainFrame };
    const pipes: Pipe[] = [];
    const heard: unknown[] = [];
    acceptPipes(contents as unknown as WebContents, (pipe) => {
      pipes.push(pipe);
      pipe.onFrame((frame) => {
        heard.push(frame);
        pipe.send({ echo: frame });
      });
    });
    return { contents, pipes, heard };
  }

  it('carries frames both ways', async () => {
    const { contents, heard } = connect();
    await contents.invoke(frameChannel, { kind: 'call', id: 1 });
    expect(heard).toEqual([{ kind: 'call', id: 1 }]);
    expect(contents.sent).toEqual([[frameChannel, { echo: { kind: 'call', id: 1 } }]]);
  });

  it('refuses a stranger with an error, and opens nothing for it', async () => {
    const { contents, pipes } = connect();
    const stranger = { ...mainFrame, frameTreeNodeId: 9 };
    await expect(contents.invoke(frameChannel, { kind: 'call', id: 1 }, stranger)).rejects.toThrow('may not speak');
    await expect(contents.invoke(frameChannel, {}, null)).rejects.toThrow('may not speak');
    expect(pipes).toHaveLength(0);
  });

  it('gives a reloaded page a pipe of its own, and none of the answers meant for the one before', async () => {
    const { contents, pipes } = connect();
    await contents.invoke(frameChannel, 'first');
    let closed = false;
    pipes[0]?.onClose(() => {
      closed = true;
    });
    contents.emit('did-start-navigation', { isMainFrame: true, isSameDocument: true });
    expect(closed).toBe(false);
    contents.emit('did-start-navigation', { isMainFrame: true, isSameDocument: false });
    expect(closed).toBe(true);
    contents.sent = [];
    pipes[0]?.send('late');
    await contents.invoke(frameChannel, 'second');
    expect(pipes).toHaveLength(2);
    expect(contents.sent).toEqual([[frameChannel, { echo: 'second' }]]);
  });
});

describe('the app scheme', () => {
  const files = createFileStore();
  const session = new SessionStandIn();
  serveScheme(session as unknown as Session, {
    windowFolder: folder,
    transfers: () => ({ receive: files.receive, take: async (ticket) => files.take(ticket) }),
  });
  const ask = async (url: string, init?: Parameters<typeof requestOf>[1]): Promise<Response> => {
    const answer = await session.schemes.get('app')?.(requestOf(url, init));
    if (!answer) throw new Error('the scheme is not served');
    return answer;
  };

  it('is declared without any bypass', () => {
    declareScheme();
    expect(privileged).toEqual([{ scheme: 'app', privileges: { standard: true, secure: true, supportFetchAPI: true, stream: true } }]);
  });

  it('gives the page with a nonce and a strict policy', async () => {
    const answer = await ask('app://sealdeck/');
    const policy = answer.headers.get('content-security-policy') ?? '';
    expect(await answer.text()).toContain(/'nonce-([^']+)'/.exec(policy)?.[1]);
    expect(policy).not.toContain('unsafe');
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
  });

  it('serves only what was built, on its one host', async () => {
    expect((await ask('app://sealdeck/main.js')).status).toBe(200);
    for (const path of ['../package.json', '%2e%2e/x', 'constructor', 'main.js/..%2f'])
      expect((await ask(`app://sealdeck/${path}`)).status).toBe(404);
    expect((await ask('app://other/')).status).toBe(403);
    expect((await ask('app://sealdeck/', { method: 'POST' })).status).toBe(405);
  });

  it('streams an upload to the store and hands a download out once', async () => {
    const { token, uploadPath } = files.announce({ name: 'a', size: 3 });
    const opened = await files.open(token);
    const body = new Blob(['abc']).stream();
    const [answer, chunks] = await Promise.all([ask(`app://sealdeck${uploadPath}`, { method: 'PUT', body }), opened.stream.toArray()]);
    expect(answer.status).toBe(204);
    expect(Buffer.concat(chunks as Buffer[]).toString()).toBe('abc');
    expect((await ask(`app://sealdeck${uploadPath}`, { method: 'PUT', body: new Blob(['abc']).stream() })).status).toBe(404);
    const { downloadPath } = files.offer({ name: 'p.json', type: 'application/json', content: '{}' });
    expect(await (await ask(`app://sealdeck${downloadPath}`)).text()).toBe('{}');
    expect((await ask(`app://sealdeck${downloadPath}`)).status).toBe(404);
  });
});

it('only the desktop host imports electron, and its preload only what a sandboxed one may', () => {
  const preload = readFileSync(join(import.meta.dirname, 'preload.ts'), 'utf8');
  const imports = [...preload.matchAll(/from '([^']+)'/g)].map((match) => match[1]);
  expect(imports).toEqual(['electron', './channels.ts']);
});
