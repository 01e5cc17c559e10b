import type { SealedStore } from '../../platform/sealedStore.ts';

export interface AutoLockDeps {
  readonly store: Pick<SealedStore, 'status' | 'durable' | 'onChange'>;
  /** 0: never. */
  minutes(): Promise<number>;
  /** Work that needs the store puts the lock off. */
  busy(): boolean;
  lock(minutes: number): Promise<unknown>;
  failed(error: unknown): void;
  readonly now?: () => number;
  readonly everyMs?: number;
}

/** Locks the store when nobody was at a window for the minutes chosen. */
export function createAutoLock({ store, minutes, busy, lock, failed, now = Date.now, everyMs = 15_000 }: AutoLockDeps) {
  let lastActive = now();
  const active = (): void => {
    lastActive = now();
  };
  // Whoever opened the store is there.
  let wasOpen = store.status().state === 'open';
  store.onChange(({ state }) => {
    if (state === 'open' && !wasOpen) active();
    wasOpen = state === 'open';
  });

  async function look(): Promise<void> {
    if (busy()) return active();
    if (now() - lastActive < 60_000 || !store.durable()) return;
    const chosen = await minutes();
    if (chosen > 0 && now() - lastActive >= chosen * 60_000 && !busy()) await lock(chosen);
  }
  const timer = setInterval(() => void look().catch(failed), everyMs);
  timer.unref();
  return { active, look, stop: () => clearInterval(timer) };
}
