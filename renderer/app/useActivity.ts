import { useEffect } from 'react';
import { useClient } from '../rpc/hooks.ts';

const everyMs = 30_000;

/** Tells the engine that somebody is at this window, at most every half minute while it is used: it puts the automatic lock off. */
export function useActivity(): void {
  const client = useClient();
  useEffect(() => {
    let told = 0;
    const tell = (): void => {
      if (Date.now() - told < everyMs) return;
      told = Date.now();
      void client.call('store.active', {}).catch(() => undefined);
    };
    const names = ['pointerdown', 'keydown', 'wheel', 'pointermove'] as const;
    for (const name of names) window.addEventListener(name, tell, { passive: true });
    return () => {
      for (const name of names) window.removeEventListener(name, tell);
    };
  }, [client]);
}
