import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createListingClient } from '../../../clients/s3/listingClient.ts';
import { startSeaweedfs } from '../../../clients/s3/seaweedfs.testSupport.ts';
import { createSignedClient } from '../../../clients/s3/signedClient.ts';
import { createStoreCalls } from '../store/calls.ts';
import { runningAudit, testFolder } from '../store/generated.testSupport.ts';
import type { ReadOrder } from '../work.ts';
import { probeMethod } from './heads.ts';
import { createReader } from './reader.ts';

const customer = {
  'x-amz-server-side-encryption-customer-algorithm': 'AES256',
  'x-amz-server-side-encryption-customer-key': 'AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=',
  'x-amz-server-side-encryption-customer-key-MD5': 'tP/LI3N87DFaSk0aoqYgzg==',
};

describe('an S3 server whose listing says nothing of encryption: SeaweedFS', () => {
  const folder = testFolder();
  let weed: Awaited<ReturnType<typeof startSeaweedfs>>;
  const made = new Map<string, string>();

  beforeAll(async () => {
    weed = await startSeaweedfs();
    const raw = createSignedClient(weed.endpoint);
    for (const bucket of ['empty', 'full']) await raw.demand({ method: 'PUT', path: [bucket] });
    const kinds = [
      ['plaintext', {}],
      ['sse-s3', { 'x-amz-server-side-encryption': 'AES256' }],
      ['sse-c', customer],
    ] as const;
    await Promise.all(
      Array.from({ length: 8 }, async (_, worker) => {
        for (let at = worker; at < 1200; at += 8) {
          const [state, headers] = kinds[at % 7 === 0 ? 2 : at % 3 === 0 ? 1 : 0] ?? kinds[0];
          const key = at % 11 === 0 ? `folder ${at % 5}-${at}` : `folder ${at % 5}/${at}+ü`;
          await raw.demand({ method: 'PUT', path: ['full', key], headers: { ...headers }, body: `content ${at}` });
          made.set(key, state);
        }
      }),
    );
    await raw.close();
  }, 90_000);
  afterAll(async () => {
    await weed?.stop();
    folder.remove();
  });

  it('is told by a probe, and each object is asked by itself', async () => {
    const { url, ca, credentials } = weed.endpoint;
    const endpoint = { url, ca: [...ca], accessKey: credentials.accessKey, secretKey: credentials.secretKey.reveal() };
    const { signal } = new AbortController();
    const client = createListingClient(endpoint);
    expect(await probeMethod(client, ['empty'], signal)).toBe('list');
    expect(await probeMethod(client, ['empty', 'full'], signal)).toBe('head');

    const store = createStoreCalls(
      () => undefined,
      () => undefined,
    );
    await store.create(folder.file('heads.db'), { ...runningAudit(), method: 'head' }, [{ name: 'full' }]);
    const order: ReadOrder = {
      ...{ endpoint, method: 'head', prefix: '', versions: false, options: { verifyAll: false }, buckets: ['full'], phase: 'listing' },
      ranges: [{ id: 0, bucket: 0, after: '', done: false }],
    };
    expect(await createReader(order, { client, store, tell: () => undefined }).run()).toEqual({ finished: true });
    await store.arrange();
    const found = new Map<string, string | undefined>();
    for (let offset = 0; offset < made.size; offset += 500) {
      const { rows } = await store.rows({ filter: {}, sort: 'key', descending: false, offset, limit: 500 });
      for (const { key, state } of rows) found.set(key, state);
    }
    expect(found).toEqual(made);
    const keys = await store.keys();
    expect(keys.map(({ state, opens }) => `${state} ${opens.answer}`).sort()).toEqual(['sse-c notTested', 'sse-s3 yes']);
    expect(await store.gaps()).toEqual([]);
    await store.close();
  }, 60_000);
});
