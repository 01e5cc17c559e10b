import { describe, expect, it } from 'vitest';
import type { Listed, ListingClient, ObjectAnswer } from '../../../clients/s3/listing.ts';
import { askByHead } from './byHead.ts';
import { createHeadPool, headLimits } from './headPool.ts';
import { probeMethod } from './heads.ts';
import { createTrouble } from './trouble.ts';

const signal = new AbortController().signal;
const entry: Listed = { key: 'k', latest: true, deleteMarker: false, size: 7, modifiedAt: 1, etag: '', context: false };
const refuse = (status: number, code: string, message = ''): ObjectAnswer => ({ status, refusal: { code, message } });
const sseC = refuse(400, 'InvalidRequest', 'The object was stored using a form of Server Side Encryption. …');

/** A server that answers every object alike. */
function answering(
  head: ObjectAnswer | (() => ObjectAnswer),
  withAnyKey: ObjectAnswer = refuse(403, 'AccessDenied'),
): ListingClient & { asked: number } {
  const client = {
    host: 'model',
    asked: 0,
    page: () => Promise.reject(new Error('not here')),
    head: async () => (typeof head === 'function' ? head() : head),
    headWithAnyKey: async () => {
      client.asked++;
      return withAnyKey;
    },
    readByte: () => Promise.reject(new Error('not here')),
    ready: async () => true,
    close: async () => undefined,
  };
  return client;
}
const ask = (client: ListingClient, one: Listed = entry) => askByHead({ client, pool: createHeadPool(signal), signal }, 'b', one);

describe('an object of which the listing says nothing, by HEAD', () => {
  it.each<[string, ObjectAnswer, object | undefined]>([
    ['plaintext', { status: 200, encryption: { state: 'plaintext' } }, { state: 'plaintext', size: 7 }],
    ['SSE-KMS and its key', { status: 200, encryption: { state: 'sse-kms', key: 'one' } }, { state: 'sse-kms', kmsKey: 'one' }],
    [
      'unknown, with the permission that is missing',
      refuse(403, 'AccessDenied'),
      { state: 'unknown', reason: { code: 'auditNoPermission', params: { permission: 's3:GetObject', answer: '403 AccessDenied' } } },
    ],
    [
      'unreadable, with the server’s answer',
      refuse(206, 'XMinioObjectTampered'),
      { state: 'unreadable', reason: { code: 'auditTampered', params: { answer: '206 XMinioObjectTampered' } } },
    ],
    ['SSE-C, when a wrong key is refused as one', sseC, { state: 'sse-c' }],
    ['SSE-C of another server, which answers a bare 400', refuse(400, '400'), { state: 'sse-c' }],
    ['an SSE-C folder marker', refuse(400, 'InvalidArgument', 'must provide a valid encryption algorithm'), { state: 'sse-c' }],
    [
      'unknown, when the server has no good answer',
      refuse(500, 'InternalError'),
      { state: 'unknown', reason: { params: { answer: '500 InternalError' } } },
    ],
    ['nothing, when it is gone', refuse(404, 'NoSuchKey'), undefined],
    ['nothing, when a delete marker lies over it', { ...refuse(404, 'NoSuchKey'), deleteMarker: true }, undefined],
  ])('is %s', async (_, answer, told) => {
    const known = await ask(answering(answer));
    if (told) expect(known).toMatchObject({ ...told, key: 'k', byHead: true });
    else expect(known).toBeUndefined();
  });

  it.each([refuse(206, 'XMinioObjectTampered'), refuse(400, 'XMinioEncryptionError')])(
    'is unreadable when its SSE-C headers are forged: $status',
    async (withAnyKey) => {
      expect(await ask(answering(sseC, withAnyKey))).toMatchObject({ state: 'unreadable', reason: { code: 'auditForged' } });
    },
  );

  it('is unknown rather than guessed when a wrong key is neither refused nor broken', async () => {
    expect(await ask(answering(sseC, { status: 200, encryption: { state: 'plaintext' } }))).toMatchObject({ state: 'unknown' });
  });

  it('is a delete marker among versions, and lacks another permission there', async () => {
    const version = { ...entry, versionId: 'v' };
    expect(await ask(answering({ ...refuse(405, 'MethodNotAllowed'), deleteMarker: true }), version)).toMatchObject({ deleteMarker: true });
    expect(await ask(answering(refuse(403, 'AccessDenied')), version)).toMatchObject({
      reason: { params: { permission: 's3:GetObjectVersion' } },
    });
  });

  it('is asked again, fewer at once, while the server has too much to do', async () => {
    let left = 2;
    const client = answering(() => (left-- > 0 ? refuse(503, 'SlowDown') : { status: 200, encryption: { state: 'sse-s3' } }));
    const pool = createHeadPool(signal);
    expect(await askByHead({ client, pool, signal }, 'b', entry)).toMatchObject({ state: 'sse-s3' });
    expect(pool.atOnce).toBe(headLimits.least);
  });
});

describe('what a page says', () => {
  it('is believed but for SSE-C, of which the first of a bucket are proven, and all once one was forged', async () => {
    const many = Array.from({ length: 120 }, (_, at): Listed => ({ ...entry, key: `k${at}`, state: 'sse-c' }));
    const good = answering(sseC);
    const trouble = createTrouble({ client: good, signal, onWait: () => undefined });
    expect((await trouble.judge('b', many)).every(({ state }) => state === 'sse-c')).toBe(true);
    expect(good.asked).toBe(50);
    const bad = answering(sseC, refuse(400, 'XMinioEncryptionError'));
    const wary = createTrouble({ client: bad, signal, onWait: () => undefined });
    await wary.judge('b', many.slice(0, 50));
    expect((await wary.judge('b', many.slice(50))).every(({ state }) => state === 'unreadable')).toBe(true);
    expect(bad.asked).toBe(120);
  });

  it('is asked for by HEAD where a server of before 2023-12 does not name the key', async () => {
    const client = answering({ status: 200, encryption: { state: 'sse-kms', key: 'old' } });
    const trouble = createTrouble({ client, signal, onWait: () => undefined });
    expect(await trouble.judge('b', [{ ...entry, state: 'sse-kms' }])).toMatchObject([{ state: 'sse-kms', kmsKey: 'old' }]);
  });
});

describe('how a server can be audited', () => {
  const listing = (entries: Listed[], status: number) => ({
    ...answering({ status, ...(status === 200 ? { encryption: { state: 'plaintext' as const } } : {}) }),
    page: async () => ({ entries, prefixes: [], bytes: 0 }),
  });
  it.each([
    ['list', 'no object', listing([], 200)],
    ['list', 'a page that says something', listing([entry, { ...entry, state: 'plaintext' }], 200)],
    ['list', 'no permission to read', listing([entry], 403)],
    ['head', 'a page that says nothing although HEAD answers', listing([entry, entry], 200)],
  ] as const)('is by %s with %s', async (method, _, client) => {
    expect(await probeMethod(client, ['b'], signal)).toBe(method);
  });
});
