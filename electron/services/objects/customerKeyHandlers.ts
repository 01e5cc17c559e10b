import type { objectProcedures } from '../../../shared/objects.ts';
import { AppError } from '../../../shared/rpc/errors.ts';
import { say } from '../../../shared/text.ts';
import { shortestPassphrase } from '../../../shared/vault.ts';
import { customerKeysOf } from '../../clients/s3/customerKeys.ts';
import type { DomainDeps } from '../../jobs/step.ts';
import { sealText } from '../../platform/ageStream.ts';
import type { DomainHandlers } from '../../rpc/connection.ts';
import { customerKeyFile } from './customerKeyFile.ts';

type Handlers = Pick<
  DomainHandlers<typeof objectProcedures>,
  | 'objects.customerKeys'
  | 'objects.makeCustomerKey'
  | 'objects.takeCustomerKey'
  | 'objects.exportCustomerKeys'
  | 'objects.removeCustomerKey'
>;

/** SSE-C keys of a stack. Their bytes leave the sealed store towards MinIO and in an export under a passphrase, never in an answer. */
export function createCustomerKeyHandlers({ open }: Pick<DomainDeps, 'open'>): Handlers {
  return {
    'objects.customerKeys': async ({ stackId }) => ({ keys: customerKeysOf(await open(stackId)).list() }),

    async 'objects.makeCustomerKey'({ stackId, name }) {
      const access = await open(stackId);
      const made = await customerKeysOf(access).make(name);
      await access.journal(say('customerKeyDidMake', { name, id: made.id }));
      return made;
    },

    async 'objects.takeCustomerKey'({ stackId, name, key }) {
      const access = await open(stackId);
      const taken = await customerKeysOf(access).take(name, key);
      await access.journal(say('customerKeyDidTake', { name, id: taken.id }));
      return taken;
    },

    async 'objects.exportCustomerKeys'({ stackId, ids, passphrase }) {
      const access = await open(stackId);
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

    async 'objects.removeCustomerKey'({ stackId, id, typed }) {
      const access = await open(stackId);
      const keys = customerKeysOf(access);
      const key = keys.list().find((one) => one.id === id);
      if (!key) throw new AppError('customerKeyMissing', { id });
      if (typed.trim() !== key.name) throw new AppError('customerKeyNameDiffers', { name: key.name });
      await keys.remove(id);
      await access.journal(say('customerKeyDidRemove', { name: key.name, id }));
      return {};
    },
  };
}
