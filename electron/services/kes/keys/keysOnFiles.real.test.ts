import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AuditKey } from '../../../../shared/audit.ts';
import { publicIdentities } from '../../../../shared/publicIdentities.ts';
import { Secret } from '../../../../shared/secret.ts';
import { startTestKes, type TestIdentity } from '../../../clients/kes/kes.testSupport.ts';
import { withS3 } from '../../../clients/s3/forStack.ts';
import { startMinio, startTestStack, type TestStack } from '../../../clients/s3/minio.testSupport.ts';
import type { StepContext } from '../../../jobs/step.ts';
import { forEachOf } from '../../../platform/eachOf.ts';
import type { AuditedKeys } from './deps.ts';
import { call, keysOf, nothingAudited, stackId, type TestKeys } from './keys.testSupport.ts';

const operations = ['create', 'import', 'generate', 'encrypt', 'decrypt', 'describe', 'delete'];
const everything = [
  ...operations.map((operation) => `/v1/key/${operation}/*`),
  ...['/v1/key/list/*', '/v1/identity/list/*', '/v1/identity/describe/*', '/v1/policy/read/*', '/v1/status', '/v1/metrics', '/v1/api'],
];
const audited = (bucket: string, kmsKey: string, objects: number): AuditKey => ({
  ...{ bucket, state: 'sse-kms', kmsKey, objects, bytes: objects * 1024, opens: { answer: 'yes', how: 'sample' } },
});

/** Lets Sealdeck's own identity of a test's stack be the one that KES knows. */
async function asOperator(context: StepContext, { cert, key, hash }: TestIdentity): Promise<void> {
  await context.folder.write('certs/operator.crt', cert, 0o600);
  await context.secrets.set('operator.key', key);
  await context.update((stack) => ({
    ...stack,
    identities: [
      { id: 'operator', hash, purpose: 'operator', certFile: 'certs/operator.crt' },
      { id: 'minio', hash, purpose: 'minio', certFile: 'certs/minio-client.crt' },
    ],
  }));
}

describe('keys of a real KES on files, with a real MinIO', () => {
  let stack: TestStack;
  let keys: TestKeys;
  let seen: AuditedKeys = nothingAudited;

  beforeAll(async () => {
    stack = await startTestStack(everything);
    await asOperator(stack.context, stack.kes.client);
    await stack.operator.createKey('minio-default');
    await startMinio(stack);
    keys = await keysOf(stack.context, () => seen);
  });
  afterAll(async () => {
    await keys?.remove();
    await stack?.stop();
  });

  it('are made after a look at name, rights and MinIO’s policy, then described and opened', async () => {
    const plan = (name: string) => keys.handlers['kes.createPlan']({ stackId, name, imported: false }, call);
    expect((await plan('-bad')).notes).toEqual([
      expect.objectContaining({ level: 'fail', text: expect.objectContaining({ code: 'kesMakeName' }) }),
    ]);
    expect((await plan('minio-default')).possible).toBe(false);
    const good = await plan('minio-letters');
    expect(good.possible).toBe(true);
    expect(good.notes.map(({ text }) => text.code)).toEqual(['kesMakeMay', 'kesMakeMinio']);
    const { evidence } = await keys.handlers['kes.createKey']({ stackId, name: 'minio-letters', again: false }, call);
    expect(evidence.map(({ text }) => text.code)).toEqual(['kesMadeDescribed', 'kesMadeOpens']);
    expect(await keys.row('minio-letters')).toMatchObject({
      algorithm: expect.stringMatching(/^(AES256|ChaCha20)$/),
      createdAt: expect.stringMatching(/^20/),
      createdBy: { hash: stack.kes.client.hash, known: 'operator', public: false },
      opens: { answer: 'yes', how: 'kept' },
    });
  });

  it('of one’s own material open what was sealed with it elsewhere, and nothing of it stays in the answer', async () => {
    const bytes = randomBytes(32);
    const material = (text: string) =>
      keys.handlers['kes.importKey'](
        { stackId, name: 'minio-own', material: new Secret(text), algorithm: 'ChaCha20', backedUp: true, again: false },
        call,
      );
    await expect(material('too short')).rejects.toMatchObject({ code: 'kesMaterial' });
    const answer = await material(bytes.toString('hex'));
    expect(await keys.row('minio-own')).toMatchObject({ algorithm: 'ChaCha20', opens: { answer: 'yes' } });
    expect(JSON.stringify([answer, stack.journal])).not.toContain(bytes.toString('base64').slice(0, 20));
    // The same bytes under another name of the same KES open it: KES seals with the bytes, not with the name.
    await stack.operator.importKey('minio-same', new Secret(bytes.toString('base64')), 'ChaCha20');
    const sealed = await stack.operator.encrypt('minio-own', new Secret(Buffer.from('text').toString('base64')));
    expect((await stack.operator.decrypt('minio-same', sealed)).reveal()).toBe(Buffer.from('text').toString('base64'));
  });

  it('have what uses them: default key, rules, objects of audits, and whose names only others know', async () => {
    await withS3(stack.context, async (s3) => {
      for (const bucket of ['by-key', 'by-s3']) await s3.createBucket(bucket);
      await s3.setBucketRule('by-key', { kind: 'sse-kms', key: 'minio-letters' });
      await s3.setBucketRule('by-s3', { kind: 'sse-s3' });
    });
    const at = '2026-11-22T00:00:00Z';
    seen = {
      keys: [audited('by-key', 'minio-letters', 12), audited('old', 'minio-lost', 3)].map((key) => ({ key, at })),
      at,
      buckets: 2,
      notSeen: [],
    };
    const { keys: listed, listing, defaultKey, audited: from } = await keys.handlers['kes.keyList']({ stackId }, call);
    expect(listing.outcome).toBe('listed');
    expect(defaultKey).toBe('minio-default');
    expect(from).toMatchObject({ at, buckets: 2 });
    const of = (name: string) => listed.find((key) => key.name === name);
    expect(of('minio-default')).toMatchObject({ default: true, rules: ['by-s3'] });
    expect(of('minio-letters')).toMatchObject({
      default: false,
      rules: ['by-key'],
      use: { objects: 12, bytes: 12_288, buckets: ['by-key'] },
    });
    // Objects need a key that KES does not have: it is no key of the list, and must not be missing from it.
    expect(of('minio-lost')).toMatchObject({ sources: ['audit'], use: { objects: 3 } });
    expect(await keys.row('minio-lost')).toMatchObject({ opens: { answer: 'missing', hop: 'key', error: { code: 'kesKeyNotFound' } } });
  });

  it('are not deleted unannounced while a rule, MinIO or an audited object needs them', async () => {
    const order = (name: string, although: boolean, typed = name) =>
      keys.handlers['kes.deleteKey']({ stackId, name, typed, although, copy: false }, call);
    const facts = await keys.handlers['kes.deletionFacts']({ stackId, name: 'minio-letters' }, call);
    expect(facts).toMatchObject({ used: true, default: false, rules: ['by-key'], use: { objects: 12 }, copy: { possible: false } });
    expect(facts.consequences.map(({ text }) => text.code)).toEqual(['kesDeleteRules', 'kesDeleteObjects', 'kesDeleteCache']);
    expect(facts.unknown.map(({ code }) => code)).toEqual(['kesUnknownSince', 'kesUnknownOthers']);
    await expect(order('minio-letters', false)).rejects.toMatchObject({ code: 'kesKeyInUse' });
    await expect(order('minio-default', false)).rejects.toMatchObject({ code: 'kesKeyInUse' });
    await expect(order('minio-letters', true, 'minio-other')).rejects.toMatchObject({ code: 'kesTypedOther' });
    expect(await stack.operator.listKeys()).toEqual(expect.arrayContaining(['minio-default', 'minio-letters']));
  });

  it('made again under an old name are not taken for the old ones, until somebody says that they are right', async () => {
    const { evidence } = await keys.handlers['kes.deleteKey'](
      { stackId, name: 'minio-letters', typed: 'minio-letters', although: true, copy: false },
      call,
    );
    // The stack's document knows a Vault, and there is none.
    expect(evidence.map(({ text }) => text.code)).toEqual(['kesGone', 'kesVaultNotAsked']);
    expect(await keys.row('minio-letters')).toMatchObject({ opens: { answer: 'missing' } });
    // Somebody else makes it again, without Sealdeck. Whoever only asks whether it works is told that it does.
    await stack.operator.createKey('minio-letters');
    await stack.operator.generate('minio-letters');
    expect(await keys.row('minio-letters')).toMatchObject({
      opens: { answer: 'otherKey', how: 'kept', error: { code: 'kesNotAuthentic' } },
    });
    const card = await keys.handlers['kes.keyCard']({ stackId, name: 'minio-letters' }, call);
    expect(card).toMatchObject({ nodes: [{ opens: { answer: 'otherKey' } }], audited: [{ bucket: 'by-key', objects: 12 }] });
    expect((await keys.test(['minio-letters'])).others).toMatchObject([{ opens: { answer: 'otherKey' } }]);
    await keys.handlers['kes.acceptKey']({ stackId, name: 'minio-letters' }, call);
    expect(await keys.row('minio-letters')).toMatchObject({ opens: { answer: 'yes' } });
  });

  it('are made under an old name only when that is known, and said to be others', async () => {
    await stack.operator.deleteKey('minio-own');
    const again = (known: boolean) => keys.handlers['kes.createKey']({ stackId, name: 'minio-own', again: known }, call);
    await expect(again(false)).rejects.toMatchObject({ code: 'kesNameUsed' });
    const { evidence } = await again(true);
    expect(evidence.at(-1)).toMatchObject({ text: { code: 'kesMadeOther' }, outcome: 'warn' });
  });

  it('are 3,000 and all there, and tested one by one', async () => {
    const names = Array.from({ length: 3000 }, (_, at) => (at % 3 === 0 ? `minio-many--${at}` : at % 3 === 1 ? `many_${at}-x` : `M${at}`));
    await forEachOf(names, 8, (name) => stack.operator.createKey(name));
    const { keys: listed, listing } = await keys.handlers['kes.keyList']({ stackId }, call);
    expect(listing.outcome).toBe('listed');
    const found = new Set(listed.map(({ name }) => name));
    expect(names.filter((name) => !found.has(name))).toEqual([]);
    const wanted = names.slice(0, 300);
    expect(await keys.test(wanted)).toMatchObject({
      keys: 300,
      yes: 300,
      nodes: [{ tested: 300, yes: 300, medianMs: expect.any(Number) }],
      others: [],
    });
  });

  it('are counted by their node, which tells no cache', async () => {
    const { nodes, cache } = await keys.handlers['kes.nodes']({ stackId }, call);
    expect(nodes).toMatchObject([{ reachable: true, keyStoreDown: false, counts: { success: expect.any(Number), failure: 0 } }]);
    expect(nodes[0]?.counts?.success).toBeGreaterThan(3000);
    expect(nodes[0]?.counts?.error).toBeGreaterThan(0);
    expect(cache).toMatchObject({ assumed: false });
    const { says, from } = await keys.handlers['kes.logs']({ stackId, count: 50 }, call);
    expect(from).toBe('process');
    expect(says.map(({ code }) => code)).toEqual(['kesLogProcess', 'kesLogSilent', 'kesLogChangesOnly']);
  });
});

describe('two nodes of one KES', () => {
  let stack: TestStack;
  let twin: Awaited<ReturnType<TestStack['kes']['twin']>>;
  let keys: TestKeys;
  beforeAll(async () => {
    stack = await startTestStack(everything);
    await asOperator(stack.context, stack.kes.client);
    twin = await stack.kes.twin();
    await stack.context.update((old) => ({
      ...old,
      kesClusters: old.kesClusters.map((one) => ({ ...one, nodes: [...one.nodes, { id: 'kes-2', url: twin.url, way: 'here' as const }] })),
    }));
    keys = await keysOf(stack.context);
  });
  afterAll(async () => {
    await keys?.remove();
    await twin?.stop();
    await stack?.stop();
  });

  it('are asked each: what one deleted the other still has in its memory', async () => {
    await keys.handlers['kes.createKey']({ stackId, name: 'minio-two', again: false }, call);
    const card = await keys.handlers['kes.keyCard']({ stackId, name: 'minio-two' }, call);
    expect(card.nodes.map(({ node, opens }) => [node, opens.answer])).toEqual([
      ['kes-1', 'yes'],
      ['kes-2', 'yes'],
    ]);
    expect((await keys.handlers['kes.nodes']({ stackId }, call)).nodes.map(({ reachable }) => reachable)).toEqual([true, true]);
    expect(await keys.test(['minio-two'])).toMatchObject({ yes: 1, nodes: [{ node: 'kes-1' }, { node: 'kes-2' }] });
    const facts = await keys.handlers['kes.deletionFacts']({ stackId, name: 'minio-two' }, call);
    expect(facts.consequences.map(({ text }) => text.code)).toContain('kesDeleteNodes');
    const order = { stackId, name: 'minio-two', typed: 'minio-two', although: false, copy: false };
    const { evidence } = await keys.handlers['kes.deleteKey'](order, call);
    expect(evidence.map(({ text, outcome }) => [text.code, outcome])).toEqual([
      ['kesGone', 'ok'],
      ['kesStillCached', 'info'],
      ['kesVaultNotAsked', 'info'],
    ]);
  });

  it('go on by the one that answers, and the other is told by its hop', async () => {
    await stack.operator.createKey('minio-more');
    await stack.kes.pause();
    expect((await keys.handlers['kes.keyList']({ stackId }, call)).listing.outcome).toBe('listed');
    expect(await keys.row('minio-more')).toMatchObject({ opens: { answer: 'yes' } });
    const card = await keys.handlers['kes.keyCard']({ stackId, name: 'minio-more' }, call);
    expect(card.nodes.map(({ opens }) => [opens.answer, opens.hop])).toEqual([
      ['no', 'tcp'],
      ['yes', undefined],
    ]);
    expect((await keys.handlers['kes.nodes']({ stackId }, call)).nodes).toMatchObject([{ reachable: false }, { reachable: true }]);
  });

  it('delete by the one that answers, and say that the other was not asked', async () => {
    const order = { stackId, name: 'minio-more', typed: 'minio-more', although: false, copy: false };
    const { evidence } = await keys.handlers['kes.deleteKey'](order, call);
    expect(evidence.slice(0, 2).map(({ text }) => [text.code, text.params?.node])).toEqual([
      ['kesNodeNotAsked', 'kes-1'],
      ['kesGone', 'kes-2'],
    ]);
  });

  it('make no key for an identity that everybody has', async () => {
    await stack.context.update((old) => ({
      ...old,
      identities: old.identities.map((one) => (one.purpose === 'minio' ? { ...one, hash: publicIdentities[0]?.hash ?? '' } : one)),
    }));
    expect(await keys.handlers['kes.keyList']({ stackId }, call)).toMatchObject({ fenced: true, publicIdentities: [{ kind: 'sandbox' }] });
    const make = keys.handlers['kes.createKey']({ stackId, name: 'minio-never', again: true }, call);
    await expect(make).rejects.toMatchObject({ code: 'kesPublicIdentity' });
    expect((await keys.handlers['kes.createPlan']({ stackId, name: 'minio-never', imported: false }, call)).possible).toBe(false);
  });
});

describe('a KES that does not let its operator list', () => {
  it('has the names that others know, and says so', async () => {
    const kes = await startTestKes([
      ...operations.map((operation) => `/v1/key/${operation}/app-*`),
      ...['/v1/key/create/only-this', '/v1/identity/describe/*', '/v1/policy/read/*'],
    ]);
    const stack = await startTestStack();
    try {
      const port = new URL(kes.url).port;
      await stack.context.update((old) => ({
        ...old,
        kesClusters: old.kesClusters.map((one) => ({
          ...one,
          nodes: one.nodes.map((node) => ({ ...node, url: `https://127.0.0.1:${port}` })),
        })),
      }));
      await stack.context.folder.write('certs/ca.crt', kes.ca, 0o600);
      await asOperator(stack.context, kes.client);
      const client = kes.as(kes.client);
      for (const name of ['app-a', 'app-b']) await client.createKey(name);
      await client.close();
      const at = '2026-11-22T00:00:00Z';
      const keys = await keysOf(stack.context, () => ({
        keys: [{ key: audited('letters', 'app-a', 2), at }],
        at,
        buckets: 1,
        notSeen: [],
      }));
      await keys.row('app-b');
      const { keys: listed, listing } = await keys.handlers['kes.keyList']({ stackId }, call);
      expect(listing).toMatchObject({ outcome: 'refused', next: { code: 'kesListRefusedNext' } });
      expect(listed.filter(({ name }) => name.startsWith('app-')).map(({ name, sources }) => [name, sources])).toEqual([
        ['app-a', ['audit']],
        ['app-b', ['kept']],
      ]);
      // A rule for one name alone does not show by asking for another.
      const plan = async (name: string) => {
        const { possible, notes } = await keys.handlers['kes.createPlan']({ stackId, name, imported: false }, call);
        return [possible, notes[0]?.text.code];
      };
      expect(await plan('only-this')).toEqual([true, 'kesMakeMay']);
      expect(await plan('only-other')).toEqual([false, 'kesMakeMayNot']);
      await keys.remove();
    } finally {
      await kes.stop();
      await stack.stop();
    }
  });
});
