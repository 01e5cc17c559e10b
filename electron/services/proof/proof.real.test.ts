import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Proof } from '../../../shared/proof.ts';
import { Secret } from '../../../shared/secret.ts';
import { startTestChain, type TestChain } from '../../clients/chain.testSupport.ts';
import { kesFor } from '../../clients/kes/forStack.ts';
import { waitUntil } from '../../clients/kes/kes.testSupport.ts';
import { turnVersioningOn } from '../../clients/s3/bucketSettings.ts';
import { minioEndpoint, s3For } from '../../clients/s3/forStack.ts';
import { mcAliasCommands } from '../../clients/s3/mcCommands.ts';
import type { S3 } from '../../clients/s3/s3Client.ts';
import { createSignedClient } from '../../clients/s3/signedClient.ts';
import { environmentLines } from '../../clients/vault/vaultCommands.ts';
import { createJobRunner } from '../../jobs/jobRunner.ts';
import type { StepContext } from '../../jobs/step.ts';
import { createFileStore } from '../../platform/files.ts';
import { kesEnvironment } from '../kes/commands.ts';
import { kesStep } from '../kes/kesStep.ts';
import { operatorPolicy } from '../vault/policies.ts';
import { searchDisk } from './disk.ts';
import { createProofEngine } from './engine.ts';
import { createProof } from './handlers.ts';
import { createProofFiles, type ProofFiles, proofFingerprint } from './proofFiles.ts';
import { proofStep } from './proofStep.ts';

describe.each([
  { product: 'openbao', kvVersion: 2 },
  { product: 'vault', kvVersion: 1 },
] as const)('proofs with $product and kv v$kvVersion', ({ product, kvVersion }) => {
  let chain: TestChain;
  let dataFolder: string;
  let files: ProofFiles;
  let s3: S3;
  let operatorToken: Secret;
  const signal = new AbortController().signal;
  const report = (): void => undefined;
  const bucket = 'first-bucket';
  const engineWith = (kept: ProofFiles) =>
    createProofEngine({ publish: () => undefined, vaultToken: async () => operatorToken, isProtected: () => true }, kept);
  const prove = (level: Proof['level'], kept = files, stop = signal) =>
    engineWith(kept).run(chain.context, { level, bucket }, report, stop);
  /** Something happens at the moment when the key is out of Vault. */
  const atWithheld = (act: () => Promise<void>): ProofFiles => ({
    ...files,
    async save(proof) {
      await files.save(proof);
      if (proof.withheld && proof.withheld.to === undefined && proof.events.at(-1)?.what.code !== 'proofWithheld') await act();
    },
  });
  const codes = (proof: Proof | undefined) => proof?.events.map((event) => event.what.code);
  const entries = () => chain.vault.kvList('kv', kvVersion, 'minio');
  const canaries = async () => (await s3.listObjects(bucket, { prefix: '.sealdeck/' })).objects;

  beforeAll(async () => {
    chain = await startTestChain({ product, kvVersion });
    dataFolder = await mkdtemp(join(tmpdir(), 'sealdeck-proofs-'));
    files = createProofFiles(dataFolder);
    await kesStep({ makeStranger: chain.makeStranger }).apply(chain.context, chain.context.inputs.kes);
    const kes = await kesFor(chain.context, 'operator');
    await kes.createKey('minio-default');
    await kes.close();
    await chain.startMinio();
    // Proofs work with what the operator may after root is gone, not with the root token.
    const scope = {
      mount: 'kv',
      version: kvVersion,
      prefix: 'minio',
      appRoleMount: 'approle',
      role: 'kes-role',
      kesPolicy: 'minio-key-policy',
      operatorPolicy: 'operator',
    };
    await chain.vault.writePolicy('operator', operatorPolicy(scope));
    const made = await chain.vault.attempt('POST', 'auth/token/create', { body: { policies: ['operator'] } });
    operatorToken = new Secret((made.json as { auth: { client_token: string } }).auth.client_token);
    s3 = await s3For(chain.context);
    await waitUntil(async () => {
      await s3.listBuckets();
      return true;
    });
    await s3.createBucket(bucket);
    await s3.setBucketRule(bucket, { kind: 'sse-kms', key: 'minio-default' });
  });
  afterAll(async () => {
    await s3?.close();
    await chain?.stop();
    await rm(dataFolder, { recursive: true, force: true });
  });

  it('proves the chain: unreadable without the key, readable with it, and leaves nothing behind', async () => {
    const proof = await prove('chain');
    // KES empties its cache by the clock, so it may forget the key before the first read.
    expect(codes(proof)?.filter((code) => code !== 'proofStillReadable')).toEqual([
      'proofKeyMade',
      'proofWritten',
      'proofReadBack',
      'proofNotOnDisk',
      'proofWithheld',
      'proofFailedAsItMust',
      'proofPutBack',
      'proofReadAgain',
      'proofRemoved',
    ]);
    expect(proof).toMatchObject({ result: 'proven', protected: true, level: 'chain' });
    const failure = proof.events.find((event) => event.outcome === 'expectedFailure');
    expect(failure).toMatchObject({ answer: '404 kms:KeyNotFound', what: { code: 'proofFailedAsItMust' } });
    expect(proof.withheld?.to).toBeDefined();
    expect(proof.sha256).toBe(proofFingerprint(proof));
    expect(await files.get('test', proof.id)).toEqual(proof);
    expect(await entries()).toEqual(['minio-default']);
    expect(await canaries()).toEqual([]);
    expect(chain.context.secrets.has('proof.withheld')).toBe(false);
  });

  it('finds a plaintext object on the disk, so "not on the disk" means something', async () => {
    await s3.createBucket('plain-bucket');
    const text = 'a text that is not encrypted at all';
    await s3.putObject('plain-bucket', 'folder/note', Readable.from([Buffer.from(text)]), { length: text.length });
    const root = chain.context.folder.path('minio/data');
    const found = await searchDisk(root, ['plain-bucket', 'folder/note'], Buffer.from(text));
    expect(found).toMatchObject({ sawObject: true, complete: true, hits: [expect.stringContaining('plain-bucket')] });
    expect(await searchDisk(root, ['plain-bucket', 'absent'], Buffer.from(text))).toBeUndefined();
  });

  it('runs one proof of a stack at a time', async () => {
    const engine = engineWith(files);
    const first = engine.run(chain.context, { level: 'rule', bucket }, report, signal);
    await expect(engine.run(chain.context, { level: 'rule', bucket }, report, signal)).rejects.toMatchObject({ code: 'proofRunning' });
    expect((await first).result).toBe('proven');
  });

  it('proves the rule and cites the chain', async () => {
    const chainProof = (await files.list('test')).find((proof) => proof.level === 'chain')?.id;
    const proof = await prove('rule');
    expect(proof).toMatchObject({ result: 'proven', ruleKey: 'minio-default', cites: chainProof });
    expect(codes(proof)).toContain('proofRuleHeld');
    await expect(engineWith(files).run(chain.context, { level: 'rule', bucket: 'plain-bucket' }, report, signal)).rejects.toMatchObject({
      code: 'proofNoRule',
    });
    expect(await canaries()).toEqual([]);
  });

  it('leaves no version and no marker of its canary in a bucket that keeps versions', async () => {
    const kept = 'kept-versions';
    await s3.createBucket(kept);
    await s3.setBucketRule(kept, { kind: 'sse-kms', key: 'minio-default' });
    const client = createSignedClient(await minioEndpoint(chain.context));
    try {
      await turnVersioningOn(client, kept);
      await s3.putObject(kept, '.sealdeck/canary-of-others', Readable.from([Buffer.from('stays')]), { length: 5 });
      const proof = await engineWith(files).run(chain.context, { level: 'rule', bucket: kept }, report, signal);
      expect(codes(proof)).toContain('proofRemoved');
      const answer = await client.demand({ method: 'GET', path: [kept], query: { versions: '' } });
      expect(answer.text().match(/<Key>[^<]*<\/Key>/g)).toEqual(['<Key>.sealdeck/canary-of-others</Key>']);
    } finally {
      await client.close();
    }
  });

  it('proves the dependency by deleting the scratch key through KES', async () => {
    const proof = await prove('dependency');
    expect(proof.result).toBe('proven');
    expect(codes(proof)).toEqual(expect.arrayContaining(['proofKeyDeleted', 'proofFailedAsItMust', 'proofNothingReturns']));
    expect(await entries()).toEqual(['minio-default']);
  });

  it('shows commands that show the same by hand', async () => {
    const context: StepContext = chain.context;
    const before = [...kesEnvironment(context), ...environmentLines(context), ...mcAliasCommands(context)];
    const own = (await proofStep(engineWith(files), files).plan(context, { level: 'dependency' })).commands;
    const reading = own.at(-1)?.line ?? '';
    const output = await chain.shell([...before, ...own.slice(0, -2), { line: reading }]);
    expect(output).toMatch(/known text/);
    expect(output).toMatch(/minio-proof-by-hand/);
    await chain.shell([...before, ...own.slice(-2, -1)]);
    await waitUntil(async () =>
      chain.shell([...before, { line: reading }]).then(
        () => false,
        () => true,
      ),
    );
    await s3.deleteObject(bucket, '.sealdeck/by-hand');
  });

  it('puts the key back before a cancelled proof ends', async () => {
    const stop = new AbortController();
    const kept = atWithheld(async () => {
      expect(chain.context.secrets.has('proof.withheld')).toBe(true);
      expect(await entries()).toEqual(['minio-default']);
      stop.abort();
    });
    await expect(prove('chain', kept, stop.signal)).rejects.toMatchObject({ code: 'cancelled' });
    const [newest] = await files.list('test');
    expect(newest).toMatchObject({ result: 'notProven', error: { code: 'cancelled' } });
    expect(codes(newest)).toEqual(expect.arrayContaining(['proofWithheld', 'proofPutBack', 'proofRemoved']));
    expect(chain.context.secrets.has('proof.withheld')).toBe(false);
    expect(await entries()).toEqual(['minio-default']);
    expect(await canaries()).toEqual([]);
  });

  it('a run after a kill in the middle puts the key back first and clears up', async () => {
    // From here on the first engine never goes on, and never reaches its own way out: as if it had been killed.
    const dead: ProofFiles = {
      ...files,
      save: async (proof) => (proof.withheld ? new Promise<never>(() => undefined) : files.save(proof)),
    };
    void engineWith(dead).run(chain.context, { level: 'chain', bucket }, report, signal);
    await waitUntil(async () => chain.context.secrets.has('proof.withheld') && (await entries()).length === 1);
    const [killed] = await files.list('test');
    expect(killed?.result).toBe('running');
    expect(await canaries()).toHaveLength(1);

    const proof = await prove('chain');
    expect(proof.result).toBe('proven');
    expect(codes(proof)?.[0]).toBe('proofRecovered');
    expect(await files.get('test', killed?.id ?? '')).toMatchObject({ result: 'notProven', error: { code: 'proofInterrupted' } });
    expect(chain.journal.map((entry) => entry.code)).toContain('proofJournalRecovered');
    expect(await entries()).toEqual(['minio-default']);
    expect(await canaries()).toEqual([]);
  });

  // Both products seal alike, and KES takes its time to come back from it.
  if (product === 'openbao')
    it('keeps the record sealed when Vault is sealed in the middle, and the next run puts it back', async () => {
      const sealing = atWithheld(async () => void (await chain.vault.seal()));
      await expect(prove('chain', sealing)).rejects.toMatchObject({ code: 'proofNotPutBack' });
      expect(chain.context.secrets.has('proof.withheld')).toBe(true);
      await chain.unseal();
      await waitUntil(async () => {
        const kes = await kesFor(chain.context, 'operator');
        try {
          await kes.describeKey('minio-default');
          return true;
        } finally {
          await kes.close();
        }
      });
      expect((await prove('chain')).result).toBe('proven');
      expect(await entries()).toEqual(['minio-default']);
    });

  it('runs as a job, lists newest first, and exports JSON and a page in both languages', async () => {
    const log = { info: () => undefined, error: () => undefined };
    const jobs = createJobRunner(() => undefined, log);
    const { handlers } = createProof({
      open: async () => chain.context,
      publish: () => undefined,
      jobs,
      log,
      dataFolder,
      files: createFileStore(),
      vaultToken: async () => operatorToken,
      isProtected: () => false,
    });
    const call = { signal, host: 'cli' } as const;
    const { jobId } = await handlers['proof.run']({ stackId: 'test', level: 'rule' }, call);
    const job = await jobs.wait(jobId);
    expect(job).toMatchObject({ state: 'succeeded', result: { result: 'proven' } });
    const { proofs } = await handlers['proof.list']({ stackId: 'test' }, call);
    const id = proofs[0]?.id ?? '';
    expect(proofs[0]).toMatchObject({ level: 'rule', protected: false, id: (job.result as { id: string }).id });

    const json = await handlers['proof.export']({ stackId: 'test', id, format: 'json', language: 'en' }, call);
    expect(JSON.parse(json.content)).toMatchObject({ id, result: 'proven' });
    const page = await handlers['proof.export']({ stackId: 'test', id, format: 'html', language: 'zh-CN' }, call);
    expect(page.content).toContain('练习模式：未受保护');
    expect(page.content).not.toMatch(/<script|https?:\/\//);
    expect(page.downloadPath).toMatch(/^\/download\//);
    await expect(handlers['proof.get']({ stackId: 'test', id: '../../x' }, call)).rejects.toMatchObject({ code: 'proofUnknown' });
  });
});
