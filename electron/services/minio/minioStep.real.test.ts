import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bucketInput, minioInput } from '../../../shared/minio.ts';
import { withMinioAdmin } from '../../clients/minioAdmin/forStack.ts';
import { withS3 } from '../../clients/s3/forStack.ts';
import { runWithMc, startTestStack, type TestStack } from '../../clients/s3/minio.testSupport.ts';
import { bucketStep } from './bucketStep.ts';
import { createMinioStep } from './minioStep.ts';

const input = minioInput.parse({ defaultKey: 'minio-default' });

describe('the MinIO and bucket steps, on real servers', () => {
  let stack: TestStack;
  beforeAll(async () => {
    stack = await startTestStack();
    await stack.operator.createKey('minio-default');
    await stack.operator.createKey('minio-second');
  });
  afterAll(() => stack.stop());
  const step = () => createMinioStep(stack.minioDeps);

  it('refuses a misspelt key before anything starts or is written', async () => {
    const wrong = { ...input, defaultKey: 'minio-defualt' };
    await expect(step().apply(stack.context, wrong)).rejects.toMatchObject({ code: 'minioKeyMissing', details: { key: 'minio-defualt' } });
    expect((await stack.context.servers.status('minio')).state).toBe('stopped');
    expect(await stack.context.folder.read('minio/minio.env')).toBeUndefined();
    expect(stack.context.secrets.has('minio.root')).toBe(false);
  });

  it('plans without secrets, and without starting anything', async () => {
    const plan = await step().plan(stack.context, input);
    expect(plan.changes.map(({ code }) => code)).toEqual(['minioChangeCredential', 'minioChangeEnvironment', 'minioChangeStart']);
    expect(plan.files[0]?.content).toContain(`MINIO_ROOT_PASSWORD=\${MINIO_ROOT_PASSWORD}`);
    expect((await stack.context.servers.status('minio')).state).toBe('stopped');
  });

  it('starts MinIO with KES and gets every answer that the check asks for', async () => {
    await step().apply(stack.context, input);
    const evidence = await step().check(stack.context, input);
    expect(evidence.map(({ text, outcome }) => `${text.code} ${outcome}`)).toEqual([
      'minioProofTls ok',
      'minioProofReady ok',
      'minioProofKms ok',
      'minioProofDefaultKey ok',
      'minioProofKey ok',
      'minioProofEnvironment ok',
      'minioProofUsers ok',
      'minioProofMode ok',
    ]);
    expect(await stack.context.folder.mode('minio/minio.env')).toBe(0o600);
  });

  it('does nothing when it is run again', async () => {
    const before = stack.journal.length;
    const pid = await uptime();
    await step().apply(stack.context, input);
    expect(stack.journal.length).toBe(before);
    expect(await uptime()).toBeGreaterThanOrEqual(pid);
  });

  it('never puts the root password into plan, journal or evidence', async () => {
    const { password } = JSON.parse(stack.context.secrets.get('minio.root')?.reveal() ?? '{}') as { password: string };
    expect(password.length).toBeGreaterThanOrEqual(40);
    const shown = JSON.stringify([await step().plan(stack.context, input), stack.journal, await step().check(stack.context, input)]);
    expect(shown).not.toContain(password);
    expect((await stack.context.servers.lastLines('minio', 1000)).join('\n')).not.toContain(password);
  });

  it('restarts through the admin API when the default key changes, and warns of it', async () => {
    const second = { ...input, defaultKey: 'minio-second' };
    const plan = await step().plan(stack.context, second);
    expect(plan.warnings.map(({ code }) => code)).toContain('minioWarnRestart');
    expect(plan.commands.map(({ line }) => line)).toContain('mc admin service restart sealdeck');
    await expect(step().check(stack.context, second)).rejects.toMatchObject({ code: 'minioKeyDiffers' });
    await step().apply(stack.context, second);
    await step().check(stack.context, second);
    expect(stack.journal.at(-1)?.code).toBe('minioDidRestartFor');
    expect(stack.context.stack.minioClusters[0]?.defaultKey).toBe('minio-second');
  });

  it('stops and starts when a setting is removed, because a restart would keep it', async () => {
    const automatic = { ...input, defaultKey: 'minio-default', autoEncryption: true };
    await step().apply(stack.context, automatic);
    await step().check(stack.context, automatic);
    // What the plan says of automatic encryption: SSE-KMS with the default key, and no rule to see.
    await withS3(stack.context, async (s3) => {
      await s3.createBucket('automatic');
      await s3.putObject('automatic', 'x', Readable.from([Buffer.from('x')]), { length: 1 });
      expect((await s3.headObject('automatic', 'x')).encryption).toEqual({ state: 'sse-kms', key: 'minio-default' });
      expect((await s3.bucketRule('automatic')).rule).toEqual({ kind: 'none' });
    });
    const plan = await step().plan(stack.context, input);
    expect(plan.changes.map(({ code }) => code)).toContain('minioChangeStopStart');
    await step().apply(stack.context, input);
    await step().check(stack.context, input);
  });

  it('waits for the chosen time to restart, and can be cancelled while it waits', async () => {
    const stop = new AbortController();
    const later = { ...input, defaultKey: 'minio-second', restart: { at: new Date(Date.now() + 3_600_000).toISOString() } };
    const notes: unknown[] = [];
    const waiting = step().apply(
      { ...contextOf(stack), signal: stop.signal, report: (progress) => notes.push(progress.note?.code) },
      later,
    );
    setTimeout(() => stop.abort(), 500);
    await expect(waiting).rejects.toMatchObject({ code: 'cancelled' });
    expect(notes).toContain('minioWaitRestart');
    expect(await stack.context.folder.read('minio/minio.env')).toContain('MINIO_KMS_KES_KEY_NAME=minio-default');
    await step().check(stack.context, input);
  });

  it('makes a bucket with a rule, reads it back, and changes nothing the second time', async () => {
    const bucket = bucketInput.parse({ bucket: 'first-bucket', key: 'minio-default' });
    expect((await bucketStep.plan(stack.context, bucket)).changes.map(({ code }) => code)).toEqual([
      'bucketChangeMake',
      'bucketChangeRule',
    ]);
    await bucketStep.apply(stack.context, bucket);
    const evidence = await bucketStep.check(stack.context, bucket);
    expect(evidence[1]?.answer).toContain('<KMSMasterKeyID>minio-default</KMSMasterKeyID>');
    const before = stack.journal.length;
    await bucketStep.apply(stack.context, bucket);
    expect(stack.journal.length).toBe(before);
    const s3Rule = { ...bucket, rule: 'sse-s3' as const };
    await expect(bucketStep.check(stack.context, s3Rule)).rejects.toMatchObject({ code: 'bucketRuleDiffers' });
    await bucketStep.apply(stack.context, s3Rule);
    expect((await bucketStep.check(stack.context, s3Rule))[1]?.answer).toContain('AES256');
  });

  it('shows commands that do the same with mc, and no secret is among their arguments', async () => {
    const bucket = bucketInput.parse({ bucket: 'by-mc', key: 'minio-second' });
    const plans = [await step().plan(stack.context, input), await bucketStep.plan(stack.context, bucket)];
    const lines = plans.flatMap(({ commands }) => commands.flatMap(({ line = '' }) => (line.includes('minio server') ? [] : [line])));
    const { code, args } = await runWithMc(stack, lines);
    expect(code).toBe(0);
    expect((await bucketStep.check(stack.context, bucket)).map(({ outcome }) => outcome)).toEqual(['ok', 'ok']);
    expect(args).toContain('sse-kms\nminio-second\nsealdeck/by-mc');
    const { password } = JSON.parse(stack.context.secrets.get('minio.root')?.reveal() ?? '{}') as { password: string };
    expect(args).not.toContain(password);
  });

  it('says that a rule’s key is not there', async () => {
    const wrong = bucketInput.parse({ bucket: 'first-bucket', key: 'minio-nowhere' });
    await expect(bucketStep.apply(stack.context, wrong)).rejects.toMatchObject({ code: 'kmsKeyNotFound' });
  });

  // Last: it takes KES away.
  it('does not restart while KES is down, and names the cause when MinIO dies at its start', async () => {
    await stack.kes.stop();
    const sure = createMinioStep({ ...stack.minioDeps, kesKeyExists: async () => true });
    await expect(sure.apply(stack.context, { ...input, defaultKey: 'minio-second' })).rejects.toMatchObject({ code: 'minioKesDown' });
    expect((await stack.context.servers.status('minio')).state).toBe('running');
    await stack.context.servers.stop('minio');
    await expect(sure.apply(stack.context, input)).rejects.toMatchObject({ code: 'minioStartKes' });
  });

  async function uptime(): Promise<number> {
    const [node] = await withMinioAdmin(stack.context, (admin) => admin.nodes());
    return node?.uptimeSeconds ?? 0;
  }
});

/** A spread of the context would freeze its `stack`. */
function contextOf({ context }: TestStack) {
  return Object.defineProperties({}, Object.getOwnPropertyDescriptors(context)) as typeof context;
}
