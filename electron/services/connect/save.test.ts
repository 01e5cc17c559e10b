import { randomBytes } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AppError } from '../../../shared/rpc/errors.ts';
import { makeAuthority } from '../../platform/tls.testSupport.ts';
import { type Draft, makeDraft } from './connect.testSupport.ts';

const closed = 'https://127.0.0.1:1';
const newApiKey = (): string => `kes:v1:${Buffer.concat([Buffer.from([0]), randomBytes(32)]).toString('base64')}`;
const apiKey = newApiKey();
const kes = { kind: 'kes', url: closed, credential: { kind: 'kesApiKey', apiKey } } as const;

describe('what Connect saves', () => {
  let draft: Draft;
  beforeEach(async () => {
    draft = await makeDraft({
      vault: { way: 'here' },
      kes: { way: 'none' },
      minio: { way: 'handedOver', url: closed, folder: '/srv/minio' },
    });
  });
  afterEach(() => draft.stop());

  it('is kept although the server cannot be reached, and forgotten with its secret and files', async () => {
    const { ca } = await makeAuthority();
    await draft.call('connect.save', { ...kes, trust: { kind: 'file', pem: ca } });
    const { access } = draft;
    expect(access.stack.kesClusters[0]).toMatchObject({ ca: 'kes', keyStore: 'vault', nodes: [{ way: 'api', url: closed }] });
    expect(access.stack.minioClusters[0]?.kes).toBe('kes');
    expect(await access.folder.read('connect/operator.crt')).toContain('BEGIN CERTIFICATE');
    await access.update((stack) => ({ ...stack, draft: true }));
    await draft.call('connect.forget', { kind: 'kes' });
    expect(access.secrets.has('operator.key')).toBe(false);
    expect([await access.folder.read('connect/operator.crt'), await access.folder.read('connect/kes-ca.pem')]).toEqual([
      undefined,
      undefined,
    ]);
    expect([access.stack.kesClusters, access.stack.cas, access.stack.identities]).toEqual([[], [], []]);
  });

  it('is in the sealed store before the document names it', async () => {
    const before = structuredClone(draft.access.stack);
    draft.access.secrets.set = async () => Promise.reject(new AppError('storeDamaged', { file: 'sealed.sdv', reason: 'no space' }));
    await expect(draft.call('connect.save', kes)).rejects.toMatchObject({ code: 'storeDamaged' });
    expect(draft.access.stack).toEqual(before);
    draft.access.secrets.requireDurable = (what) => {
      throw new AppError('storeNotDurable', { what });
    };
    await expect(draft.call('connect.save', kes)).rejects.toMatchObject({ code: 'storeNotDurable', details: { what: 'KES' } });
    expect(draft.journal()).toEqual([]);
  });

  it('leaves an identity whole when its certificate cannot be written', async () => {
    await draft.call('connect.save', kes);
    const { access } = draft;
    const [key, stack] = [access.secrets.get('operator.key')?.reveal(), structuredClone(access.stack)];
    access.folder.write = async (path) => Promise.reject(new AppError('fileNotWritable', { path, reason: 'ENOSPC' }));
    const other = { kind: 'kesApiKey', apiKey: newApiKey() } as const;
    await expect(draft.call('connect.save', { kind: 'kes', credential: other })).rejects.toMatchObject({ code: 'fileNotWritable' });
    expect(access.secrets.get('operator.key')?.reveal()).toBe(key);
    expect(access.stack).toEqual(stack);
  });

  it('is nothing of a server that Sealdeck runs, and no other address for one that it handed over', async () => {
    const ours = { code: 'connectOurs' };
    await expect(draft.call('connect.save', { kind: 'vault', trust: { kind: 'system' } })).rejects.toMatchObject(ours);
    await expect(draft.call('connect.save', { kind: 'minio', url: 'https://other:9000' })).rejects.toMatchObject(ours);
    await draft.call('connect.save', { kind: 'minio', trust: { kind: 'system' } });
    expect(draft.access.stack.minioClusters[0]).toMatchObject({ ca: 'minio', nodes: [{ way: 'handedOver', hostFolder: '/srv/minio' }] });
    await draft.access.update((stack) => ({ ...stack, draft: true }));
    for (const kind of ['vault', 'minio'] as const) await expect(draft.call('connect.forget', { kind })).rejects.toMatchObject(ours);
  });

  it.each([
    [{ kind: 'kes', url: closed, engine: { mount: 'kv', version: 2, prefix: 'minio' } }, 'invalidInput'],
    [{ kind: 'kes', url: closed, defaultKey: 'minio-default' }, 'invalidInput'],
    [{ kind: 'minio', defaultKey: 'no/name' }, 'kesName'],
    [{ kind: 'kes' }, 'connectNoServer'],
    [{ kind: 'kes', url: closed, trust: { kind: 'file', pem: 'no certificate' } }, 'connectCaUnreadable'],
    [{ kind: 'kes', url: closed, credential: { kind: 'imported', source: 'guessed' } }, 'connectImportGone'],
  ] as const)('is refused as %j', async (input, code) => {
    const before = structuredClone(draft.access.stack);
    await expect(draft.call('connect.save', input as never)).rejects.toMatchObject({ code });
    expect(draft.access.stack).toEqual(before);
  });

  it.each(['http://kes:7373', 'https://user:secret@kes:7373', 'https://kes:7373/path', 'https://kes:7373?x', 'ftp://kes', 'kes:7373'])(
    'has no address like %s',
    async (url) => {
      await expect(draft.call('connect.save', { kind: 'kes', url })).rejects.toThrow();
      await expect(draft.call('connect.look', { url })).rejects.toThrow();
    },
  );
});
