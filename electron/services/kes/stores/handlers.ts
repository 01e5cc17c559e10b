import type { keyStoresProcedures } from '../../../../shared/keyStoreCalls.ts';
import { fieldsOf } from '../../../../shared/keyStores.ts';
import { AppError } from '../../../../shared/rpc/errors.ts';
import { keyStoreNames, otherKeyStoreOf } from '../../../../shared/servers.ts';
import { say } from '../../../../shared/text.ts';
import type { DomainDeps } from '../../../jobs/step.ts';
import type { DomainHandlers } from '../../../rpc/connection.ts';
import { keepKeyStoreSecrets, missingSecrets, readKeyStoreSecrets } from './secrets.ts';

export interface KeyStores {
  handlers: DomainHandlers<typeof keyStoresProcedures>;
}

/** What KES logs in with to key stores that are not Vault: typed once, sealed, and written into KES's own file only. */
export function createKeyStores({ open }: DomainDeps): KeyStores {
  return {
    handlers: {
      'keyStores.give': async ({ stackId, kind, secrets }) => {
        const access = await open(stackId);
        const known = fieldsOf(kind).filter(({ secret }) => secret);
        const foreign = Object.keys(secrets).find((path) => !known.some((field) => field.path === path));
        if (foreign !== undefined)
          throw new AppError('invalidInput', { field: `secrets.${foreign}`, reason: `no secret of the key store ${kind}` });
        access.secrets.requireDurable(access.stack.name);
        await keepKeyStoreSecrets(access, kind, secrets);
        await access.journal(say('keyStoreJournalGiven', { store: keyStoreNames[kind], fields: Object.keys(secrets).join(', ') }));
        return {};
      },
      'keyStores.state': async ({ stackId }) => {
        const access = await open(stackId);
        const store = otherKeyStoreOf(access.stack);
        if (store === undefined) return { ...(access.stack.keyStores.length > 0 ? { kind: 'vault' as const } : {}), kept: [], missing: [] };
        return { kind: store.kind, kept: Object.keys(readKeyStoreSecrets(access, store.kind)), missing: missingSecrets(access, store) };
      },
    },
  };
}
