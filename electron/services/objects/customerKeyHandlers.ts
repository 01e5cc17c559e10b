import type { CustomerKeyUse, CustomerKeyWork, objectProcedures } from '../../../shared/objects.ts';
import { AppError } from '../../../shared/rpc/errors.ts';
import type { Secret } from '../../../shared/secret.ts';
import { say } from '../../../shared/text.ts';
import { shortestPassphrase } from '../../../shared/vault.ts';
import { customerKeysOf } from '../../clients/s3/customerKeys.ts';
import type { DomainDeps } from '../../jobs/step.ts';
import { openText, PassphraseWrong, sealText } from '../../platform/ageStream.ts';
import type { DomainHandlers } from '../../rpc/connection.ts';
import { customerKeyFile, keysInFile } from './customerKeyFile.ts';

type Handlers = Pick<
  DomainHandlers<typeof objectProcedures>,
  | 'objects.customerKeys'
  | 'objects.customerKeyUse'
  | 'objects.makeCustomerKey'
  | 'objects.takeCustomerKey'
  | 'objects.exportCustomerKeys'
  | 'objects.importCustomerKeys'
  | 'objects.removeCustomerKey'
>;

export interface CustomerKeyDeps extends Pick<DomainDeps, 'open'> {
  /** What is kept here of work that wrote with customers' keys, by the id of the key; newest first. */
  keyWork?(stackId: string, cluster?: string): Promise<ReadonlyMap<string, readonly CustomerKeyWork[]>>;
  /** Objects under SSE-C as the newest audits counted them. */
  auditedCustomer?(stackId: string, cluster?: string): Promise<CustomerKeyUse['audited']>;
}

const shownNames = 5;

/** SSE-C keys of a stack. Their bytes leave the sealed store towards MinIO and in an export under a passphrase, never in an answer. */
export function createCustomerKeyHandlers({ open, keyWork, auditedCustomer }: CustomerKeyDeps): Handlers {
  return {
    async 'objects.customerKeys'({ stackId, cluster }) {
      const keys = customerKeysOf(await open(stackId, cluster)).list();
      const work = keys.length === 0 ? undefined : await keyWork?.(stackId, cluster);
      const count = (id: string, kind: CustomerKeyWork['kind']): number => (work?.get(id) ?? []).filter((one) => one.kind === kind).length;
      return { keys: keys.map((key) => ({ ...key, uploads: count(key.id, 'upload'), runs: count(key.id, 'inPlace') })) };
    },

    async 'objects.customerKeyUse'({ stackId, cluster, id }) {
      const keys = customerKeysOf(await open(stackId, cluster));
      const notes = keys.notes(id);
      const key = keys.list().find((one) => one.id === id);
      if (!key) throw new AppError('customerKeyMissing', { id });
      const [work, audited] = await Promise.all([keyWork?.(stackId, cluster), auditedCustomer?.(stackId, cluster)]);
      return {
        key,
        buckets: Object.entries(notes).map(([bucket, { names, folders }]) => ({
          bucket,
          names: names.length,
          sample: names.slice(0, shownNames),
          folders: folders.slice(0, shownNames),
        })),
        work: [...(work?.get(id) ?? [])],
        ...(audited ? { audited } : {}),
      };
    },

    async 'objects.makeCustomerKey'({ stackId, cluster, name }) {
      const access = await open(stackId, cluster);
      const made = await customerKeysOf(access).make(name);
      await access.journal(say('customerKeyDidMake', { name, id: made.id }));
      return made;
    },

    async 'objects.takeCustomerKey'({ stackId, cluster, name, key }) {
      const access = await open(stackId, cluster);
      const taken = await customerKeysOf(access).take(name, key);
      await access.journal(say('customerKeyDidTake', { name, id: taken.id }));
      return taken;
    },

    async 'objects.exportCustomerKeys'({ stackId, cluster, ids, passphrase }) {
      const access = await open(stackId, cluster);
      if ([...passphrase.reveal()].length < shortestPassphrase)
        throw new AppError('customerKeyPassphraseShort', { min: shortestPassphrase });
      const keys = customerKeysOf(access);
      const wanted = [...new Set(ids)].map((id) => ({ id, key: keys.secret(id) }));
      const known = new Map(keys.list().map((key) => [key.id, key]));
      const chosen = wanted.flatMap(({ id, key }) => {
        const shown = known.get(id);
        return shown ? [{ ...shown, key }] : [];
      });
      const at = new Date().toISOString();
      const content = await sealText(customerKeyFile(access.stack.name, at, chosen), passphrase);
      await keys.exported(ids);
      await access.journal(say('customerKeyDidExport', { count: chosen.length }));
      return { name: `${access.stack.id}-customer-keys-${at.slice(0, 10)}.age`, content };
    },

    async 'objects.importCustomerKeys'({ stackId, cluster, content, passphrase }) {
      const access = await open(stackId, cluster);
      const { exportedAt, keys } = keysInFile(await opened(content, passphrase));
      const outcome = await customerKeysOf(access).takeAll(keys, exportedAt);
      if (outcome.taken.length > 0) await access.journal(say('customerKeyDidImport', { count: outcome.taken.length }));
      return outcome;
    },

    async 'objects.removeCustomerKey'({ stackId, cluster, id, typed }) {
      const access = await open(stackId, cluster);
      const keys = customerKeysOf(access);
      const key = keys.list().find((one) => one.id === id);
      if (!key) throw new AppError('customerKeyMissing', { id });
      if (typed.trim() !== key.name) throw new AppError('customerKeyNameDiffers', { name: key.name });
      const busy = (await keyWork?.(stackId, cluster))?.get(id)?.find(({ state }) => state === 'runs');
      if (busy) throw new AppError('customerKeyInUse', { name: key.name, where: busy.where });
      await keys.remove(id);
      await access.journal(say('customerKeyDidRemove', { name: key.name, id }));
      return {};
    },
  };
}

/** Throws `customerKeyFilePassphrase`, `customerKeyFileNotAge`. */
async function opened(content: string, passphrase: Secret): Promise<Secret> {
  try {
    return await openText(content, passphrase);
  } catch (error) {
    throw new AppError(error instanceof PassphraseWrong ? 'customerKeyFilePassphrase' : 'customerKeyFileNotAge', {}, { cause: error });
  }
}
