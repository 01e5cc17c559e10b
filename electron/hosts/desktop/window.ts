import { BrowserWindow, type Session, session as sessions } from 'electron';
import { startUrl } from './channels.ts';
import { isOwnPage } from './trustedSender.ts';

/** A session in memory only, that may fetch nothing but our own page and is allowed nothing: Electron's default is to grant. */
export function lockedSession(): Session {
  const session = sessions.fromPartition('sealdeck', { cache: false });
  session.setPermissionRequestHandler((_contents, _permission, decide) => decide(false));
  session.setPermissionCheckHandler(() => false);
  session.setDevicePermissionHandler(() => false);
  session.setDisplayMediaRequestHandler((_request, decide) => decide({}));
  session.webRequest.onBeforeRequest((request, decide) => decide({ cancel: !isOwnUrl(request.url) }));
  return session;
}

/** Development tools are left to unpacked builds; their pages have a scheme of their own. */
function isOwnUrl(url: string): boolean {
  return isOwnPage(url) || /^(?:data|blob|devtools):/.test(url);
}

/** The hardened window: sandboxed, isolated, and unable to leave our page or to open another. */
export function openHardenedWindow(options: {
  session: Session;
  preload: string;
  show: boolean;
  devTools: boolean;
  dark: boolean;
}): BrowserWindow {
  const window = new BrowserWindow({
    width: 1440,
    height: 900,
    minWidth: 960,
    minHeight: 600,
    show: false,
    title: 'Sealdeck',
    autoHideMenuBar: true,
    backgroundColor: options.dark ? '#1a1b1e' : '#ffffff',
    webPreferences: {
      session: options.session,
      preload: options.preload,
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
      webSecurity: true,
      webviewTag: false,
      navigateOnDragDrop: false,
      spellcheck: false,
      devTools: options.devTools,
    },
  });
  const { webContents } = window;
  webContents.on('will-navigate', (event) => event.preventDefault());
  webContents.on('will-frame-navigate', (event) => event.preventDefault());
  webContents.on('will-redirect', (event) => event.preventDefault());
  webContents.on('will-attach-webview', (event) => event.preventDefault());
  webContents.setWindowOpenHandler(() => ({ action: 'deny' }));
  if (options.show) window.once('ready-to-show', () => window.show());
  void window.loadURL(startUrl);
  return window;
}
