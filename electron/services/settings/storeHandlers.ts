import type { appProcedures, StoreMode, StoreStatus } from '../../../shared/app.ts';
import type { TextCode } from '../../../shared/messages.ts';
import { say, type Text } from '../../../shared/text.ts';
import type { SealedStore } from '../../platform/sealedStore.ts';
import { copyOf, takeCopy } from '../../platform/storeCopy.ts';
import type { DomainHandlers } from '../../rpc/connection.ts';
import type { Publish } from '../../rpc/eventHub.ts';
import { createAutoLock } from './autoLock.ts';

type StoreProcedures = Pick<typeof appProcedures, Extract<keyof typeof appProcedures, `store.${string}`>>;

interface StoreDeps {
  store: SealedStore;
  publish: Publish;
  /** Adds to the journal; what was done to the store belongs there. */
  journal(action: Text): Promise<void>;
  /** Minutes without anybody after which the store is locked; 0: never. */
  autoLockMinutes(): Promise<number>;
  /** Whether jobs run, which put the automatic lock off. */
  busy(): boolean;
  failed(error: unknown): void;
}

const made = {
  keychain: 'storeMadeKeychain',
  passphrase: 'storeMadePassphrase',
  practice: 'storeMadePractice',
  memory: 'storeMadeMemory',
} as const satisfies Record<StoreMode, TextCode>;

/** The sealed store as people see it: making, unlocking, locking, copies, with a journal entry each. */
export function createStoreHandlers(deps: StoreDeps): { handlers: DomainHandlers<StoreProcedures>; close(): void } {
  const { store, publish, journal, autoLockMinutes, busy, failed } = deps;
  store.onChange((status) => publish('store.changed', status));

  async function lock(action: Text): Promise<StoreStatus> {
    // The last entry before the key leaves memory: afterwards it could not be sealed.
    if (store.durable()) await journal(action);
    return store.lock();
  }
  const auto = createAutoLock({
    store,
    minutes: autoLockMinutes,
    busy,
    failed,
    lock: (minutes) => lock(say('storeLockedIdle', { minutes })),
  });

  return {
    close: auto.stop,
    handlers: {
      async 'store.active'() {
        auto.active();
        return {};
      },
      async 'store.export'({ passphrase }) {
        const content = await copyOf(store, passphrase);
        const name = `sealdeck-store-${new Date().toISOString().slice(0, 10)}.sdv64`;
        await journal(say('storeExported'));
        return { name, content };
      },
      async 'store.import'({ content, passphrase, replace }) {
        const counts = await takeCopy(store, content, passphrase, replace);
        await journal(say('storeImported', counts));
        return counts;
      },
      'store.status': () => store.refresh(),
      async 'store.create'({ mode, passphrase }) {
        const status = await store.create(mode, passphrase);
        await journal(say(made[mode]));
        return status;
      },
      async 'store.unlock'({ passphrase }) {
        const wasOpen = store.status().state === 'open';
        const status: StoreStatus = await store.unlock(passphrase);
        if (!wasOpen) await journal(say('storeUnlocked'));
        return status;
      },
      'store.lock': () => lock(say('storeLockedNow')),
    },
  };
}
