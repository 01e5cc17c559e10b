import { ipcMain, type WebContents } from 'electron';
import type { Pipe } from '../../../shared/rpc/frames.ts';
import { closedChannel, frameChannel } from './channels.ts';
import { isTrustedSender } from './trustedSender.ts';

/**
 * One pipe for each load of the page. It begins with the page's first frame and ends when the page goes away, so that a
 * reloaded page never gets the answers of the one before. Anybody but our top frame is refused with an error.
 */
export function acceptPipes(contents: WebContents, onPipe: (pipe: Pipe) => void): void {
  let current: Ends | undefined;
  const end = (): void => {
    const ends = current;
    current = undefined;
    for (const listener of ends?.closers ?? []) listener();
  };

  contents.ipc.handle(frameChannel, (event, frame: unknown) => {
    if (!isTrustedSender(event.senderFrame, contents.mainFrame)) throw new Error('This frame may not speak to the engine');
    if (!current) {
      current = { frames: new Set(), closers: new Set() };
      onPipe(pipeOf(contents, current, () => current, end));
    }
    for (const listener of current.frames) listener(frame);
  });
  contents.on('did-start-navigation', (details) => {
    if (details.isMainFrame && !details.isSameDocument) end();
  });
  contents.on('render-process-gone', end);
  contents.on('destroyed', end);
}

interface Ends {
  frames: Set<(frame: unknown) => void>;
  closers: Set<() => void>;
}

function pipeOf(contents: WebContents, own: Ends, current: () => Ends | undefined, end: () => void): Pipe {
  return {
    send(frame) {
      if (current() === own && !contents.isDestroyed()) contents.send(frameChannel, frame);
    },
    onFrame: (listener) => own.frames.add(listener),
    onClose: (listener) => own.closers.add(listener),
    close() {
      if (current() !== own) return;
      if (!contents.isDestroyed()) contents.send(closedChannel);
      end();
    },
  };
}

/** The channel is taken for each window alone; a message to the process at large is from nobody we know. */
export function refuseStrangers(): void {
  ipcMain.handle(frameChannel, () => {
    throw new Error('This frame may not speak to the engine');
  });
}
