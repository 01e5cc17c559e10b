import { EventEmitter } from 'node:events';
import { readFileSync } from 'node:fs';

/**
 * A small stand-in for the part of Electron that the desktop host uses, for tests where Electron's program is not there.
 * It keeps what it was told, so that tests can read it, and plays one page: `loadURL` fetches through the scheme's
 * handler, runs the preload as a sandboxed one would, and lets the page speak through what the preload exposed.
 */
type Handler = (event: { senderFrame: FrameStandIn | null }, ...args: unknown[]) => unknown;
export interface FrameStandIn {
  url: string;
  frameTreeNodeId: number;
  parent: FrameStandIn | null;
}

class IpcStandIn {
  readonly handlers = new Map<string, Handler>();
  handle(channel: string, handler: Handler): void {
    if (this.handlers.has(channel)) throw new Error(`Attempted to register a second handler for '${channel}'`);
    this.handlers.set(channel, handler);
  }
}

export class WebContentsStandIn extends EventEmitter {
  readonly ipc = new IpcStandIn();
  mainFrame: FrameStandIn = { url: '', frameTreeNodeId: 1, parent: null };
  openHandler: (() => { action: string }) | undefined;
  sent: [string, unknown][] = [];
  /** What the preload listens to: the page's side of `send`. */
  readonly page = new EventEmitter();
  setWindowOpenHandler(handler: () => { action: string }): void {
    this.openHandler = handler;
  }
  isDestroyed(): boolean {
    return false;
  }
  send(channel: string, frame: unknown): void {
    const copy: unknown = structuredClone(frame);
    this.sent.push([channel, copy]);
    queueMicrotask(() => this.page.emit(channel, {}, copy));
  }
  /** As a renderer does it; a handler's error rejects. */
  async invoke(channel: string, frame: unknown, from: FrameStandIn | null = this.mainFrame): Promise<unknown> {
    const handler = this.ipc.handlers.get(channel) ?? ipcMain.handlers.get(channel);
    if (!handler) throw new Error(`No handler registered for '${channel}'`);
    return handler({ senderFrame: from }, structuredClone(frame));
  }
  /** True when a listener prevented it. */
  isPrevented(event: string): boolean {
    let prevented = false;
    this.emit(event, { preventDefault: () => (prevented = true) });
    return prevented;
  }
}

export class SessionStandIn {
  readonly told: Record<string, (...args: never[]) => unknown> = {};
  readonly protocol = { handle: (scheme: string, handler: (request: Request) => Promise<Response>) => this.schemes.set(scheme, handler) };
  readonly schemes = new Map<string, (request: Request) => Promise<Response>>();
  readonly webRequest = { onBeforeRequest: (listener: (...args: never[]) => unknown) => this.keep('beforeRequest', listener) };
  setPermissionRequestHandler = (handler: (...args: never[]) => unknown): void => this.keep('permissionRequest', handler);
  setPermissionCheckHandler = (handler: (...args: never[]) => unknown): void => this.keep('permissionCheck', handler);
  setDevicePermissionHandler = (handler: (...args: never[]) => unknown): void => this.keep('devicePermission', handler);
  setDisplayMediaRequestHandler = (handler: (...args: never[]) => unknown): void => this.keep('displayMedia', handler);

  private keep(name: string, handler: (...args: never[]) => unknown): void {
    this.told[name] = handler;
  }
}

const partitions = new Map<string, SessionStandIn>();
export const session = {
  fromPartition(name: string): SessionStandIn {
    const known = partitions.get(name) ?? new SessionStandIn();
    partitions.set(name, known);
    return known;
  },
};

interface WindowOptions {
  show?: boolean;
  webPreferences: { session: SessionStandIn; preload: string } & Record<string, unknown>;
}
export class BrowserWindow extends EventEmitter {
  static all: BrowserWindow[] = [];
  static getAllWindows = (): BrowserWindow[] => BrowserWindow.all;
  readonly webContents = new WebContentsStandIn();
  readonly options: WindowOptions;
  /** What the page got from the preload. */
  exposed: Record<string, PagePipe> = {};
  shown = false;
  constructor(options: WindowOptions) {
    super();
    this.options = options;
    BrowserWindow.all.push(this);
  }
  async loadURL(url: string): Promise<void> {
    this.webContents.mainFrame.url = url;
    this.webContents.emit('did-start-navigation', { isMainFrame: true, isSameDocument: false });
    const handler = this.options.webPreferences.session.schemes.get(new URL(url).protocol.slice(0, -1));
    const page = await handler?.(requestOf(url));
    if (page?.status !== 200) {
      this.webContents.emit('did-fail-load', {}, -6, `status ${page?.status}`);
      return;
    }
    this.runPreload();
    playPage(this.exposed.sealdeckPipe);
    this.emit('ready-to-show');
  }
  private runPreload(): void {
    const ipcRenderer = {
      invoke: (channel: string, frame: unknown) => this.webContents.invoke(channel, frame),
      on: (channel: string, listener: (...args: unknown[]) => void) => this.webContents.page.on(channel, listener),
    };
    const contextBridge = {
      exposeInMainWorld: (name: string, value: PagePipe) => {
        this.exposed[name] = value;
      },
    };
    const need = (name: string): unknown => {
      if (name !== 'electron') throw new Error(`A sandboxed preload cannot require ${name}`);
      return { contextBridge, ipcRenderer, webUtils };
    };
    let code = '';
    try {
      code = readFileSync(this.options.webPreferences.preload, 'utf8');
    } catch {
      return;
    }
    new Function('require', 'module', 'exports', code)(need, { exports: {} }, {});
  }
  show(): void {
    this.shown = true;
  }
  isMinimized(): boolean {
    return false;
  }
  restore(): void {}
  focus(): void {}
}

export interface PagePipe {
  send(frame: unknown): void;
  onFrame(listener: (frame: unknown) => void): void;
  pathOf(file: { name: string }): string;
}

/** A request as the scheme's handler gets it; Node's own class takes no such URL. */
export function requestOf(url: string, init: { method?: string; body?: ReadableStream } = {}): Request {
  return { url, method: init.method ?? 'GET', body: init.body ?? null } as Request;
}

/** What our page does first: it asks who it talks to. The answer is printed for tests that run a whole process. */
function playPage(pipe: PagePipe | undefined): void {
  pipe?.onFrame((frame) => {
    if (!process.env.STAND_IN_PRINTS) return;
    process.stdout.write(`page heard ${JSON.stringify(frame)}\n`);
    process.stdout.write(`page finds [${['/home/ops/a.txt', 'pasted'].map((name) => pipe.pathOf({ name }))}]\n`);
  });
  pipe?.send({ kind: 'call', id: 1, name: 'app.info', input: {} });
}

/** Electron knows where a file of a drop lies; this one finds it in the file's own name. */
const webUtils = { getPathForFile: (file: { name: string }): string => (file.name.startsWith('/') ? file.name : '') };

export const ipcMain = new IpcStandIn();
export const privileged: unknown[] = [];
export const protocol = { registerSchemesAsPrivileged: (schemes: unknown[]): unknown => privileged.push(...schemes) };
export const calls: string[] = [];
export const app = Object.assign(new EventEmitter(), {
  isPackaged: false,
  enableSandbox: () => calls.push('enableSandbox'),
  whenReady: async () => undefined,
  requestSingleInstanceLock: () => true,
  setPath: (name: string) => calls.push(`setPath ${name}`),
  exit: (code: number) => process.exit(code),
  getPreferredSystemLanguages: () => ['en-GB'],
  disableHardwareAcceleration: () => calls.push('disableHardwareAcceleration'),
  commandLine: { appendSwitch: (name: string, value: string) => calls.push(`switch ${name} ${value}`) },
  dock: undefined,
});
export const nativeTheme = { shouldUseDarkColors: false };
export const dialog = {
  asked: [] as unknown[],
  async showMessageBox(...args: unknown[]): Promise<{ response: number }> {
    dialog.asked.push(args.at(-1));
    return { response: 0 };
  },
  showErrorBox: (title: string, content: string): void => void process.stderr.write(`${title}\n${content}\n`),
};
