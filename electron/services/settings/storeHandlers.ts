import type { appProcedures, StoreMode, StoreStatus } from '../../../shared/app.ts';
import type { TextCode } from '../../../shared/messages.ts';
import { say, type Text } from '../../../shared/text.ts';
import { notBuilt } from '../../jobs/notBuilt.ts';
import type { SealedStore } from '../../platform/sealedStore.ts';
import type { DomainHandlers } from '../../rpc/connection.ts';
import type { Publish } from '../../rpc/eventHub.ts';

type StoreProcedures = Pick<typeof appProcedures, Extract<keyof typeof appProcedures, `store.${string}`>>;

interface StoreDeps {
  store: SealedStore;
  publish: Publish;
  /** Adds to the journal; what was done to the store belongs there. */
  journal(action: Text): Promise<void>;
}

const made = {
  keychain: 'storeMadeKeychain',
  passphrase: 'storeMadePassphrase',
  practice: 'storeMadePractice',
  memory: 'storeMadeMemory',
} as const satisfies Record<StoreMode, TextCode>;

export function createStoreHandlers({ store, publish, journal }: StoreDeps): { handlers: DomainHandlers<StoreProcedures> } {
  store.onChange((status) => publish('store.changed', status));

  return {
    handlers: {
      'store.active': notBuilt,
      'store.export': notBuilt,
      'store.import': notBuilt,
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
      async 'store.lock'() {
        // The last entry before the key leaves memory: afterwards it could not be sealed.
        if (store.durable()) await journal(say('storeLockedNow'));
        return store.lock();
      },
    },
  };
}
