/** Set by vite.config.ts: whether the development stand-in engine is part of this build. */
declare const __SAMPLE_ENGINE__: boolean;

interface Window {
  /** The desktop host's preload gives the page this pipe, and the path of a file that was dropped or picked, and nothing else. */
  readonly sealdeckPipe?: {
    send(frame: unknown): void;
    onFrame(listener: (frame: unknown) => void): void;
    onClose(listener: () => void): void;
    /** '' for a file that lies nowhere. */
    pathOf(file: File): string;
  };
  /** Read by the scroll lock of dialogs, which puts its style into the page under this nonce. */
  __webpack_nonce__?: string;
}
