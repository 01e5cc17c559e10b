import { contextBridge, ipcRenderer, webUtils } from 'electron';
import { closedChannel, frameChannel } from './channels.ts';

// The page gets one pipe and no names: what may be called is the contract's matter. Beside it, where a file that a person
// dropped or picked lies, so that the engine reads it from there.
contextBridge.exposeInMainWorld('sealdeckPipe', {
  send: (frame: unknown): void => void ipcRenderer.invoke(frameChannel, frame),
  onFrame: (listener: (frame: unknown) => void): void => {
    ipcRenderer.on(frameChannel, (_event, frame: unknown) => listener(frame));
  },
  onClose: (listener: () => void): void => {
    ipcRenderer.on(closedChannel, () => listener());
  },
  pathOf: (file: File): string => webUtils.getPathForFile(file),
});
