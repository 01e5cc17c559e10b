import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AuditKey } from '../../../../shared/audit.ts';
import { AppError } from '../../../../shared/rpc/errors.ts';
import { startTestChain, type TestChain } from '../../../clients/chain.testSupport.ts';
import { withKes } from '../../../clients/kes/forStack.ts';
import { waitUntil } from '../../../clients/kes/kes.testSupport.ts';
import { withS3 } from '../../../clients/s3/forStack.ts';
import { kesStep } from '../kesStep.ts';
import type { AuditedKeys } from './deps.ts';
import { call, keysOf, stackId, type TestKeys } from './keys.testSupport.ts';

const audited: AuditKey = { bucket: 'letters', state: 'sse-kms', kmsKey: 'minio-work', objects: 1, bytes: 6, opens: { answer: 'yes' } };
const at = '2026-11-22T00:00:00Z';
const seen: AuditedKeys = { keys: [{ key: audited, at }], at, buckets: 1, notSeen: [] };
const rules = (list: string): string => `path "kv/data/minio/*" { capabilities = ["create", "read"] }
path "kv/metadata/minio/*" { capabilities = ["delete"${list}] }
path "old/*" { capabilities = ["create", "read", "delete", "list"] }`;

describe('keys of a real KES on a real OpenBao, with a real MinIO', () => {
  let chain: TestChain;
  let keys: TestKeys;
  /** The same, of somebody who has no login for Vault. */
  let outside: TestKeys;

  beforeAll(async () => {
    chain = await startTestChain({ product: 'openbao', kvVersion: 2 });
    await chain.vault.writePolicy('minio-key-policy', rules(', "list"'));
    await kesStep({ makeStranger: chain.makeStranger }).apply(chain.context, chain.context.inputs.kes);
    keys = await keysOf(chain.context, () => seen);
    const vaultToken = async () => {
      throw new AppError('vaultNoToken', { stack: 'test' });
    };
    outside = await keysOf(chain.context, () => seen, { vaultToken });
  });
  afterAll(async () => {
    await Promise.all([keys?.remove(), outside?.remove()]);
    await chain?.stop();
  });

  const listing = async (of: TestKeys) => (await of.handlers['kes.keyList']({ stackId }, call)).listing;
  const read = () => withS3(chain.context, async (s3) => text((await s3.getObject('letters', 'one.txt')).body));

  it('an empty folder is no missing right, by Vault itself and by the log of KES', async () => {
    expect(await listing(keys)).toMatchObject({ outcome: 'empty', says: { code: 'kesListEmptyVault', params: { path: 'kv/minio' } } });
    expect(await listing(outside)).toMatchObject({ outcome: 'empty', says: { code: 'kesListEmptyLog' } });
  });

  it('a missing right is no empty folder, and its line is told', async () => {
    for (const name of ['minio-default', 'minio-work']) await keys.handlers['kes.createKey']({ stackId, name, again: true }, call);
    expect(await listing(keys)).toMatchObject({ outcome: 'listed' });
    await chain.vault.writePolicy('minio-key-policy', rules(''));
    const found = await keys.handlers['kes.keyList']({ stackId }, call);
    expect(found.listing).toMatchObject({
      outcome: 'storeRefuses',
      says: { params: { path: 'kv/minio', count: 2 } },
      next: { params: { rule: 'path "kv/metadata/minio/*" { capabilities = ["list"] }' } },
    });
    expect(found.keys.map(({ name, sources }) => [name, sources.includes('keyStore')])).toEqual([
      ['minio-default', true],
      ['minio-work', true],
    ]);
    expect(await listing(outside)).toMatchObject({ outcome: 'storeRefuses', says: { code: 'kesListRefusedLog' } });
    await chain.vault.writePolicy('minio-key-policy', rules(', "list"'));
  });

  it('a deleted key is gone in KES and in Vault, its objects too, and both come back from the sealed copy', async () => {
    await chain.startMinio();
    await withS3(chain.context, async (s3) => {
      await waitUntil(async () => (await s3.listBuckets()) !== undefined);
      await s3.createBucket('letters');
      await s3.putObject('letters', 'one.txt', Readable.from([Buffer.from('letter')]), {
        length: 6,
        sse: { kind: 'sse-kms', key: 'minio-work' },
      });
    });
    const order = (copy: boolean) => ({ stackId, name: 'minio-work', typed: 'minio-work', although: true, copy });
    const facts = await keys.handlers['kes.deletionFacts']({ stackId, name: 'minio-work' }, call);
    expect(facts).toMatchObject({ used: true, copy: { possible: true }, cache: { any: '2s', ms: 2000 } });
    await expect(outside.handlers['kes.deleteKey'](order(true), call)).rejects.toMatchObject({ code: 'kesCopyImpossible' });
    expect(await read()).toBe('letter');

    const { evidence, kept } = await keys.handlers['kes.deleteKey'](order(true), call);
    expect(evidence.map(({ text: { code } }) => code)).toEqual(['kesRecordKept', 'kesGone', 'kesEntryGone']);
    expect(await chain.vault.kvList('kv', 2, 'minio')).toEqual(['minio-default']);
    await expect(read()).rejects.toMatchObject({ code: 'kmsKeyNotFound' });
    const { records } = await keys.handlers['kes.keptRecords']({ stackId }, call);
    expect(records).toMatchObject([{ id: kept, name: 'minio-work', place: 'kv/minio/minio-work' }]);
    expect(JSON.stringify(records)).not.toContain('record"');

    const restore = () => keys.handlers['kes.restoreKey']({ stackId, id: kept ?? '' }, call);
    // A new key of the same name must not be overwritten by the old record.
    await withKes(chain.context, 'operator', (kes) => kes.createKey('minio-work'));
    await expect(restore()).rejects.toMatchObject({ code: 'kesKeyExists' });
    expect(await keys.row('minio-work')).toMatchObject({ opens: { answer: 'otherKey' } });
    await keys.handlers['kes.deleteKey'](order(false), call);

    expect((await restore()).evidence.map(({ text: { code } }) => code)).toEqual(['kesRecordBack', 'kesRestoredOpens']);
    expect(await keys.row('minio-work')).toMatchObject({ opens: { answer: 'yes', how: 'kept' } });
    expect(await read()).toBe('letter');
    expect(chain.journal.map(({ code }) => code)).toEqual(
      expect.arrayContaining(['kesJournalCreated', 'kesJournalDeletedKept', 'kesJournalDeleted', 'kesJournalRestored']),
    );
    const forget = (typed: string) => keys.handlers['kes.forgetRecord']({ stackId, id: kept ?? '', typed }, call);
    await expect(forget('minio')).rejects.toMatchObject({ code: 'kesTypedOther' });
    await forget('minio-work');
    expect(chain.context.secrets.has('key.records')).toBe(false);
  });

  it('a deletion that KES reports and that did not happen is not believed', async () => {
    // KES is told kv v2 on a mount of kv v1.
    await chain.vault.enableEngine('old', 'kv', { version: '1' });
    await chain.context.update((stack) => ({
      ...stack,
      keyStores: stack.keyStores.map((store) => ({ ...store, engine: { mount: 'old', version: 2, prefix: 'minio' } })),
    }));
    await kesStep({ makeStranger: chain.makeStranger }).apply(chain.context, chain.context.inputs.kes);
    await withKes(chain.context, 'operator', async (kes) => {
      await kes.createKey('minio-stays');
      await kes.deleteKey('minio-stays');
    });
    expect(await keys.row('minio-stays')).toMatchObject({ opens: { answer: 'yes' } });
    const order = { stackId, name: 'minio-stays', typed: 'minio-stays', although: false, copy: false };
    await expect(keys.handlers['kes.deleteKey'](order, call)).rejects.toMatchObject({
      code: 'kesKeyNotDeleted',
      details: { name: 'minio-stays', reason: '@kesNotDeletedVersion' },
    });
    expect(await listing(keys)).toMatchObject({
      outcome: 'unclear',
      says: { code: 'kesListVersion', params: { mount: 'old', written: 2, real: 1 } },
    });
  });

  it('dead credentials behind a green status are told by the hop where the test of the keys stops', async () => {
    for (const accessor of await chain.vault.secretIdAccessors('approle', 'kes-role'))
      await chain.vault.destroySecretId('approle', 'kes-role', accessor);
    const tokens = (await chain.vault.attempt('GET', 'auth/token/accessors?list=true')).json as { data: { keys: string[] } };
    const own = (await chain.vault.lookupSelf()).accessor;
    for (const accessor of tokens.data.keys) if (accessor !== own) await chain.vault.revokeAccessor(accessor);
    const { nodes } = await keys.handlers['kes.nodes']({ stackId }, call);
    expect(nodes).toMatchObject([{ reachable: true, keyStoreDown: false }]);
    // What KES has in its memory still opens: a name that it never had tells at once.
    const { yes, others } = await keys.test(['minio-never-seen']);
    expect(yes).toBe(0);
    expect(others).toMatchObject([{ opens: { answer: 'no', hop: 'keyStore', error: { code: 'kesKeyStore' } } }]);
  });
});
