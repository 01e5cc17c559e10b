import { type ChildProcess, spawn } from 'node:child_process';
import { cp, readFile, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ensureServers } from '../../../servers/get.ts';
import { minioInput } from '../../../shared/minio.ts';
import { Secret } from '../../../shared/secret.ts';
import type { StackNode } from '../../../shared/stacks.ts';
import { stopProcess, waitUntil } from '../../clients/kes/kes.testSupport.ts';
import { readEnvironment } from '../../clients/minioAdmin/environmentFile.ts';
import { withMinioAdmin } from '../../clients/minioAdmin/forStack.ts';
import { startTestStack } from '../../clients/s3/minio.testSupport.ts';
import type { StepContext } from '../../jobs/step.ts';
import { createMinioStep } from './minioStep.ts';

const input = minioInput.parse({ defaultKey: 'minio-default' });

/** A stack whose MinIO is elsewhere; its identity towards KES was made here. */
async function startElsewhere(way: 'api' | 'handedOver') {
  const stack = await startTestStack();
  for (const key of ['minio-default', 'minio-second']) await stack.operator.createKey(key);
  const { context } = stack;
  const host = context.folder.path('host');
  const place = (node: StackNode): StackNode => ({ ...node, way, ...(way === 'handedOver' ? { hostFolder: host } : {}) });
  await context.update((document) => ({
    ...document,
    identities: [{ id: 'minio', hash: stack.kes.client.hash, purpose: 'minio', certFile: 'certs/minio-client.crt' }],
    minioClusters: document.minioClusters.map((cluster) => ({ ...cluster, nodes: cluster.nodes.map(place) })),
  }));
  const notes: string[] = [];
  const told: StepContext = Object.defineProperties(
    {},
    {
      ...Object.getOwnPropertyDescriptors(context),
      report: { value: ({ note }: { note?: { code: string } }) => note && notes.push(note.code) },
    },
  ) as StepContext;
  return { stack, context: told, host, notes, step: createMinioStep(stack.minioDeps) };
}
type Elsewhere = Awaited<ReturnType<typeof startElsewhere>>;

const uptime = ({ context }: Elsewhere) => withMinioAdmin(context, async (admin) => (await admin.nodes())[0]?.uptimeSeconds ?? -1);
const journal = ({ stack }: Elsewhere) => stack.journal.map(({ code }) => code);

describe('MinIO handed over to another host', () => {
  let here: Elsewhere;
  let process_: ChildProcess | undefined;
  const handed = (name: string): string => here.context.folder.path(`handover/minio/${name}`);
  const carry = () => cp(here.context.folder.path('handover/minio'), here.host, { recursive: true });

  beforeAll(async () => {
    here = await startElsewhere('handedOver');
  });
  afterAll(async () => {
    if (process_) await stopProcess(process_);
    await here?.stack.stop();
  });

  it('plans the files without their secrets, and says that they hold some', async () => {
    const plan = await here.step.plan(here.context, input);
    expect(plan.changes.map(({ code }) => code)).toEqual(['minioPlanHandOver', 'minioWaitHost']);
    expect(plan.warnings.map(({ code }) => code)).toContain('handoverWarnSecret');
    expect(plan.files.find(({ path }) => path.endsWith('/minio.env'))?.content).toContain(`MINIO_ROOT_PASSWORD=\${MINIO_ROOT_PASSWORD}`);
    expect(JSON.stringify(plan)).not.toContain('PRIVATE KEY-----');
  });

  it('waits until its keeper has put it up with the files and the command, then checks it from here', async () => {
    const applying = here.step.apply(here.context, input);
    await waitUntil(async () => (await readFile(handed('COMMANDS.txt'), 'utf8')) !== '');
    expect(await here.context.folder.mode('handover/minio/minio.env')).toBe(0o600);
    await carry();
    const { minio } = await ensureServers(['minio']);
    const command = (await readFile(handed('COMMANDS.txt'), 'utf8')).trim().split('\n').at(-1);
    process_ = spawn('/bin/sh', ['-c', `exec env ${command}`], {
      env: { PATH: `${dirname(minio)}:/usr/bin:/bin`, HOME: here.host },
      stdio: 'ignore',
    });
    await applying;
    expect(here.notes).toContain('minioWaitHost');
    const evidence = await here.step.check(here.context, input);
    expect(evidence.map(({ text }) => text.code)).toEqual([
      'minioProofTls',
      'minioProofReady',
      'minioProofKms',
      'minioProofDefaultKey',
      'minioProofKey',
      'minioProofEnvironment',
      'minioProofUsers',
    ]);
    expect((await here.step.plan(here.context, input)).changes.map(({ code }) => code)).toEqual(['minioPlanWorks']);
  });

  it('says so when it came back from a restart without the new lines, and takes them in once they are there', async () => {
    const second = { ...input, defaultKey: 'minio-second', restart: {} };
    await expect(here.step.apply(here.context, second)).rejects.toMatchObject({
      code: 'minioLinesNotRead',
      details: { names: 'MINIO_KMS_KES_KEY_NAME', file: `${here.host}/minio.env` },
    });
    await carry();
    await here.step.apply(here.context, second);
    await here.step.check(here.context, second);
    expect(journal(here).filter((code) => code === 'minioDidRestartFor')).toHaveLength(2);
  });
});

describe('MinIO by API, with its variables from its service', () => {
  let here: Elsewhere;
  const start = async (more: Record<string, string> = {}): Promise<void> => {
    const { folder, servers, stack } = here.context;
    const url = stack.minioClusters[0]?.nodes[0]?.url ?? '';
    const args = ['server', '--certs-dir', folder.path('minio/certs'), '--address', new URL(url).host, folder.path('theirs')];
    const env = { MINIO_ROOT_USER: 'their-root', MINIO_ROOT_PASSWORD: 'their-password', ...more };
    await servers.start('minio', 'minio', { args, env });
    await waitUntil(() => withMinioAdmin(here.context, async (admin) => (await admin.ready()).ready));
  };

  beforeAll(async () => {
    here = await startElsewhere('api');
    await here.context.secrets.set('minio.root', new Secret(JSON.stringify({ user: 'their-root', password: 'their-password' })));
    await start();
  });
  afterAll(() => here?.stack.stop());

  it('with a key manager of another kind is not given a second one: MinIO would never start again', async () => {
    await here.context.servers.stop('minio');
    const secret = `minio-default:${Buffer.alloc(32, 7).toString('base64')}`;
    await start({ MINIO_KMS_SECRET_KEY: secret });
    for (const act of [here.step.plan, here.step.apply])
      await expect(act(here.context, input)).rejects.toMatchObject({ code: 'minioKmsOther', details: { found: 'MinIO builtin' } });
    await here.context.servers.stop('minio');
    await rm(here.context.folder.path('theirs'), { recursive: true });
    await start();
  });

  it('is given the lines without its credential, is not restarted in vain, and is waited for', async () => {
    const wish = { ...input, folder: here.host, restart: {} };
    const plan = await here.step.plan(here.context, wish);
    expect(plan.changes.map(({ code }) => code)).toEqual(['minioPlanLines', 'minioPlanLinesService', 'minioWaitService']);
    const applying = here.step.apply(here.context, wish);
    await expect.poll(() => here.notes).toContain('minioWaitService');
    expect(journal(here)).toEqual(['minioDidHandOver']);
    const { folder, servers } = here.context;
    const lines = readEnvironment((await folder.read('handover/minio/minio.env')) ?? '');
    expect([...lines.keys()].filter((name) => name.includes('ROOT'))).toEqual([]);
    await cp(folder.path('handover/minio'), here.host, { recursive: true });
    await servers.stop('minio');
    await start(Object.fromEntries(lines));
    await applying;
    const evidence = await here.step.check(here.context, wish);
    expect(evidence.map(({ text }) => text.code)).toEqual(
      expect.arrayContaining(['minioProofTlsForeign', 'minioProofNodesSame', 'minioProofUsers']),
    );
  });

  it('that works as wanted is left alone, whatever name its KES has there', async () => {
    const before = journal(here).length;
    const age = await uptime(here);
    expect(await here.step.propose(here.context)).toEqual({ defaultKey: 'minio-default', autoEncryption: false });
    await here.context.update((document) => ({
      ...document,
      kesClusters: document.kesClusters.map((one) => ({
        ...one,
        nodes: one.nodes.map((node) => ({ ...node, url: node.url.replace('127.0.0.1', 'localhost') })),
      })),
    }));
    expect((await here.step.plan(here.context, input)).changes.map(({ code }) => code)).toEqual(['minioPlanWorks']);
    await here.step.apply(here.context, input);
    expect(journal(here)).toHaveLength(before);
    expect(await uptime(here)).toBeGreaterThanOrEqual(age);
    const lines = await here.step.plan(here.context, { ...input, defaultKey: 'minio-second' });
    expect(lines.files.map(({ path, content }) => [path.split('/').at(-1), content])).toEqual([
      ['minio.env', 'MINIO_KMS_KES_KEY_NAME=minio-second\n'],
    ]);
  });
});
