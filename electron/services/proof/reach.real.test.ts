import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeTestIdentity } from '../../clients/kes/kes.testSupport.ts';
import { withS3 } from '../../clients/s3/forStack.ts';
import { startMinio, startTestStack, type TestStack } from '../../clients/s3/minio.testSupport.ts';
import { vaultTokenFor } from '../../clients/vault/forStack.ts';
import { checkForeignKes } from '../kes/foreign.ts';
import { createProofEngine } from './engine.ts';
import { createProofFiles } from './proofFiles.ts';

const nothing = (): void => undefined;
const rights = (verbs: readonly string[]): string[] => [...verbs.map((verb) => `/v1/key/${verb}/minio-*`), '/v1/key/list/*', '/v1/api'];

/** A KES that others run, on a key store that Sealdeck does not know; it lets in what `allow` says. */
async function startForeign(allow: readonly string[]): Promise<TestStack> {
  const stack = await startTestStack(allow);
  const { client } = stack.kes;
  await stack.context.folder.write('connect/operator.crt', client.cert, 0o644);
  await stack.context.secrets.set('operator.key', client.key);
  await stack.context.update((document) => ({
    ...document,
    identities: [
      { id: 'operator', hash: client.hash, purpose: 'operator', certFile: 'connect/operator.crt' },
      { id: 'minio', hash: client.hash, purpose: 'minio', certFile: 'certs/minio-client.crt' },
    ],
    keyStores: [],
    kesClusters: document.kesClusters.map(({ keyStore: _, ...kes }) => ({
      ...kes,
      cache: { any: '1s', unused: '1s' },
      nodes: kes.nodes.map((node) => ({ ...node, way: 'api' as const })),
    })),
  }));
  await stack.operator.createKey('minio-default');
  await startMinio(stack);
  await withS3(stack.context, async (s3) => {
    await s3.createBucket('docs');
    await s3.setBucketRule('docs', { kind: 'sse-kms', key: 'minio-default' });
  });
  return stack;
}

describe('without access to the key store', () => {
  let stack: TestStack;
  let dataFolder: string;
  const engine = () =>
    createProofEngine({ publish: nothing, vaultToken: vaultTokenFor, isProtected: () => true }, createProofFiles(dataFolder));
  const prove = async () => {
    const { level, why } = await engine().reach(stack.context);
    const proof = await engine().run(stack.context, { level, bucket: 'docs' }, nothing, new AbortController().signal);
    return { level, why: why?.code, result: proof.result, events: proof.events.map(({ what, detail }) => `${what.code} ${detail.code}`) };
  };
  beforeAll(async () => {
    dataFolder = await mkdtemp(join(tmpdir(), 'sealdeck-reach-'));
    stack = await startForeign(rights(['create', 'generate', 'decrypt', 'describe', 'delete']));
  });
  afterAll(async () => {
    await stack?.stop();
    await rm(dataFolder, { recursive: true, force: true });
  });

  it('proves the dependency by deleting its own scratch key through KES', async () => {
    expect(await prove()).toMatchObject({ level: 'dependency', why: 'proofWhyNoVault', result: 'proven' });
    expect(await stack.operator.listKeys()).toEqual(['minio-default']);
  });

  it('proves the rule only when it has no identity for KES, and lets MinIO say that the key opens', async () => {
    await stack.context.secrets.delete('operator.key');
    const proof = await prove();
    expect(proof).toMatchObject({ level: 'rule', why: 'proofWhyNoKes', result: 'proven' });
    expect(proof.events).toContain('proofKeyOpens proofKeyOpensByMinio');
    await stack.context.secrets.set('operator.key', stack.kes.client.key);
  });

  it('is told what a KES allows beyond the need, and stopped by a right that is missing', async () => {
    const wanted = { key: 'minio-default', makeStranger: () => makeTestIdentity('client') };
    const evidence = await checkForeignKes(stack.context, { ...wanted, prefix: 'minio-' });
    expect(evidence.map(({ text, outcome }) => `${text.code} ${outcome}`)).toEqual([
      'kesAnswersOnly info',
      ...['create', 'generate'].map(() => 'kesMay ok'),
      'kesMayNotYet info',
      ...['decrypt', 'describe', 'list', 'delete'].map(() => 'kesMay ok'),
      'kesStrangerRefused ok',
      'kesNoCertificate ok',
    ]);
    await expect(checkForeignKes(stack.context, { ...wanted, key: 'other-key', prefix: 'other-' })).rejects.toMatchObject({
      code: 'kesRightsMissing',
      details: { operations: 'create, generate, decrypt, describe', lines: expect.stringContaining('- /v1/key/create/other-*') },
    });
  });
});

it('without the right to delete keys only the rule can be proven', async () => {
  const stack = await startForeign(rights(['create', 'generate', 'decrypt', 'describe']));
  try {
    const files = createProofFiles(stack.context.folder.path('proofs'));
    const engine = createProofEngine({ publish: nothing, vaultToken: vaultTokenFor, isProtected: () => true }, files);
    expect(await engine.reach(stack.context)).toMatchObject({ level: 'rule', why: { code: 'proofWhyNoDelete' } });
  } finally {
    await stack.stop();
  }
});
