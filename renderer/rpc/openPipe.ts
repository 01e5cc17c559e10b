import type { Pipe } from '../../shared/rpc/frames.ts';
import { forgetBearer, openSession, SessionError } from './session.ts';

/** The host's close code for a bearer that is not (or no longer) known, and the standard's for a refusal. */
const refusals: readonly number[] = [4401, 1008];

/**
 * One connection to the engine: the desktop host's preload pipe, else a socket whose first frame is the bearer.
 * Resolves when frames can be sent. Throws SessionError when a new address is needed; anything else may be tried again.
 */
export async function openPipe(): Promise<Pipe> {
  if (window.sealdeckPipe) return preloadPipe(window.sealdeckPipe);
  if (__SAMPLE_ENGINE__) return (await import('../dev/sampleEngine.ts')).openSamplePipe();
  return socketPipe(await openSession());
}

function preloadPipe(bridge: NonNullable<Window['sealdeckPipe']>): Pipe {
  return {
    send: (frame) => bridge.send(frame),
    onFrame: (listener) => bridge.onFrame(listener),
    onClose: (listener) => bridge.onClose(listener),
    close: () => undefined,
  };
}

function socketPipe(bearer: string): Promise<Pipe> {
  const socket = new WebSocket(`${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/socket`);
  const frames = new Set<(frame: unknown) => void>();
  const closers = new Set<() => void>();
  let spoken = false;
  socket.addEventListener('message', (message) => {
    spoken = true;
    const frame: unknown = JSON.parse(String(message.data));
    for (const listener of frames) listener(frame);
  });
  return new Promise((resolve, reject) => {
    socket.addEventListener('open', () => {
      socket.send(JSON.stringify({ bearer }));
      resolve({
        send: (frame) => {
          if (socket.readyState === WebSocket.OPEN) socket.send(JSON.stringify(frame));
        },
        onFrame: (listener) => frames.add(listener),
        onClose: (listener) => closers.add(listener),
        close: () => socket.close(),
      });
    });
    socket.addEventListener('close', (event) => {
      const refused = !spoken && refusals.includes(event.code);
      if (refused) forgetBearer();
      for (const listener of closers) listener();
      reject(refused ? new SessionError('used') : new Error(`socket closed (${event.code})`));
    });
  });
}
