/** Set by vite.config.ts: whether the development stand-in engine is part of this build. */
declare const __SAMPLE_ENGINE__: boolean;

interface Window {
  /** The desktop host's preload gives the page this pipe and nothing else. */
  readonly sealdeckPipe?: {
    send(frame: unknown): void;
    onFrame(listener: (frame: unknown) => void): void;
    onClose(listener: () => void): void;
  };
  /** Read by the scroll lock of dialogs, which puts its style into the page under this nonce. */
  __webpack_nonce__?: string;
}
