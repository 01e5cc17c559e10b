import { readdir, readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { JobSnapshot } from '../../../../shared/jobs.ts';
import {
  type ConfigPlan,
  configPlan,
  type KesConfig,
  type KesConfigOutcome,
  type StudioView,
  studioView,
} from '../../../../shared/kesConfig.ts';
import { AppError } from '../../../../shared/rpc/errors.ts';
import { Secret } from '../../../../shared/secret.ts';
import { startTestChain, type TestChain } from '../../../clients/chain.testSupport.ts';
import { createKesClient } from '../../../clients/kes/client.ts';
import { kesFor } from '../../../clients/kes/forStack.ts';
import { makeTestIdentity, type TestIdentity, waitUntil } from '../../../clients/kes/kes.testSupport.ts';
import { type KesHere, kesHere } from '../../../clients/kes/nodeFiles.ts';
import { withMinioAdmin } from '../../../clients/minioAdmin/forStack.ts';
import { vaultTokenFor } from '../../../clients/vault/forStack.ts';
import { createJobRunner } from '../../../jobs/jobRunner.ts';
import { createEventHub } from '../../../rpc/eventHub.ts';
import { kesStep } from '../kesStep.ts';
import { keyStep } from '../keyStep.ts';
import { createKesConfig, type KesConfigStudio } from './handlers.ts';
import { reloadKes } from './reload.ts';

const call = { signal: new AbortController().signal, host: 'cli' } as const;
const file = 'kes/kes.yaml';

describe('the configuration of a KES that runs here', () => {
  let chain: TestChain;
  let studio: KesConfigStudio['handlers'];
  let app: TestIdentity;
  const jobs = createJobRunner(createEventHub().publish, { info: () => undefined, error: () => undefined });
  const stackId = 'test';

  beforeAll(async () => {
    chain = await startTestChain();
    const step = kesStep({ makeStranger: chain.makeStranger });
    await step.apply(chain.context, chain.context.inputs.kes);
    await keyStep({ vaultToken: vaultTokenFor }).apply(chain.context, { name: 'minio-default' });
    await chain.startMinio();
    await waitUntil(async () => (await withMinioAdmin(chain.context, (admin) => admin.ready())).ready);
    app = await makeTestIdentity('client');
    studio = createKesConfig({
      open: async () => chain.context,
      jobs,
      publish: () => undefined,
      log: { info: () => undefined, error: () => undefined },
    }).handlers;
  });
  afterAll(async () => chain?.stop());

  const read = async (): Promise<StudioView> =>
    studioView.parse(await studio['kes.readConfig']({ stackId, from: { kind: 'server' } }, call));
  const plan = async (draft: string, config: KesConfig): Promise<ConfigPlan> =>
    configPlan.parse(await studio['kes.planConfig']({ stackId, draft, config }, call));
  const onDisk = async (): Promise<string> => (await chain.context.folder.read(file)) ?? '';
  const pid = async (): Promise<number | undefined> => (await chain.context.servers.status('kes')).pid;
  async function apply(draft: string, config: KesConfig): Promise<JobSnapshot & { result?: KesConfigOutcome }> {
    const { jobId } = await studio['kes.applyConfig']({ stackId, draft, config }, call);
    return jobs.wait(jobId) as Promise<JobSnapshot & { result?: KesConfigOutcome }>;
  }
  const works = async (): Promise<void> => {
    const kes = await kesFor(chain.context, 'minio');
    await kes.generate('minio-default').finally(() => kes.close());
  };
  const withPolicy = (config: KesConfig, name: string, allow: string[], identities: string[]): KesConfig => ({
    ...config,
    policies: [...config.policies, { name, allow, deny: [], identities }],
  });

  it('is read without its secret, and names whose the identities are', async () => {
    const view = await read();
    expect(view).toMatchObject({ dialect: 'F', way: 'here', unfinished: false, secrets: [{ name: 'KES_APPROLE_SECRET', held: true }] });
    expect(view.findings.map(({ text: { code } }) => code)).toEqual([]);
    const unchanged = await plan(view.draft, view.config);
    expect([unchanged.how, unchanged.diff.filter(({ kind }) => kind !== 'same')]).toEqual(['nothing', []]);
    expect(view.identities.map(({ name, held }) => [name, held])).toEqual([
      ['MinIO', true],
      ['Sealdeck', true],
    ]);
    const { secretId } = JSON.parse(chain.context.secrets.get('kes.approle')?.reveal() ?? '{}') as { secretId: string };
    expect(await onDisk()).toContain(secretId);
    expect(JSON.stringify([view, await plan(view.draft, withPolicy(view.config, 'app', ['/v1/status'], [app.hash]))])).not.toContain(
      secretId,
    );
  });

  it('takes a new policy by reload, in the same process, and each identity is asked afterwards', async () => {
    const { draft, config } = await read();
    const wanted = {
      ...withPolicy(config, 'app', ['/v1/key/generate/minio-*', '/v1/key/describe/minio-*'], [app.hash]),
      keys: ['minio-made'],
    };
    const planned = await plan(draft, wanted);
    expect(planned).toMatchObject({ how: 'reload', warnings: [] });
    expect(planned.diff.filter(({ kind }) => kind === 'removed').map(({ text }) => text)).toEqual([
      expect.stringMatching(/^# Written by Sealdeck/),
    ]);
    expect(planned.diff.filter(({ kind }) => kind === 'added').map(({ text }) => text.trim())).toEqual(
      expect.arrayContaining(['app:', '- /v1/key/generate/minio-*', `- "${app.hash}"`, '- name: minio-made']),
    );
    const before = await pid();
    const { result, error } = await apply(draft, wanted);
    expect(error).toBeUndefined();
    expect(result).toMatchObject({ applied: true, how: 'reload' });
    expect(await pid()).toBe(before);
    expect(result?.evidence.map(({ text: { code } }) => code)).toEqual([
      'kesConfigAsTable',
      'kesConfigAsTable',
      'kesConfigKeyThere',
      'kesConfigKeyWorks',
      'kesConfigMinioWorks',
    ]);
    const { url } = chain.context.stack.kesClusters[0]?.nodes[0] ?? { url: '' };
    const kes = createKesClient({ url, ca: [(await chain.context.folder.read('certs/ca.crt')) ?? ''], cert: app.cert, key: app.key });
    expect((await kes.probe('POST', '/v1/key/generate/minio-made', {})).status).toBe(200);
    expect((await kes.probe('POST', '/v1/key/decrypt/minio-made', {})).status).toBe(403);
    await kes.close();
    // Nothing of the trial is left, and the file is closed.
    expect((await readdir(chain.context.folder.path('kes'))).toSorted()).toEqual(['kes.yaml', 'kes.yaml.before']);
    expect(await chain.context.folder.mode(file)).toBe(0o600);
    expect(await plan(draft, wanted)).toMatchObject({ how: 'nothing' });
  });

  it('is not changed by a login that the key store refuses', async () => {
    const { draft, config } = await read();
    const before = [await onDisk(), await pid()];
    await studio['kes.keepConfigSecret'](
      { stackId, draft, name: 'KES_APPROLE_SECRET', value: new Secret('0b1f4c8e-0000-4000-8000-000000000000') },
      call,
    );
    expect(await plan(draft, config)).toMatchObject({ how: 'restart' });
    expect((await apply(draft, config)).error).toMatchObject({ code: 'kesVaultRefused' });
    expect([await onDisk(), await pid()]).toEqual(before);
    await works();
  });

  it('is not changed to a key store that does not have the default key', async () => {
    const { draft, config } = await read();
    const before = [await onDisk(), await pid()];
    const elsewhere: KesConfig = { ...config, keyStore: { kind: 'vault', values: { ...config.keyStore?.values, version: 'v1' } } };
    expect((await plan(draft, elsewhere)).warnings.map(({ code }) => code)).toContain('kesConfigWarnStore');
    expect((await apply(draft, elsewhere)).error?.code).toMatch(/^kesKeyStore$|^kesConfigNoKey$/);
    expect([await onDisk(), await pid()]).toEqual(before);
    await works();
  });

  it('comes back when MinIO’s identity would lose its key', async () => {
    const { draft, config } = await read();
    const before = await onDisk();
    const policies = config.policies.map((policy) => (policy.name === 'minio' ? { ...policy, deny: ['/v1/key/generate/*'] } : policy));
    const planned = await plan(draft, { ...config, policies });
    expect(planned.warnings.map(({ code }) => code)).toEqual(['kesConfigWarnMinio']);
    const { result } = await apply(draft, { ...config, policies });
    expect(result).toMatchObject({ applied: false, error: { code: 'kesNotAuthorised' } });
    expect(await onDisk()).toBe(before);
    await works();
  });

  it.each([
    ['a rule that never matches', (config: KesConfig) => withPolicy(config, 'x', ['/v1/key/*/a'], ['c9'.repeat(32)]), 'kesConfigRefused'],
    ['an address where nobody looks for it', (config: KesConfig) => ({ ...config, address: '127.0.0.1:1' }), 'kesConfigAddress'],
    [
      'a variable without a value',
      (config: KesConfig) => ({ ...config, tls: { ...config.tls, password: '$' + '{KES_TLS_PASSWORD}' } }),
      'kesConfigSecretMissing',
    ],
    ['a certificate that is not there', (config: KesConfig) => ({ ...config, tls: { ...config.tls, cert: '/nowhere.crt' } }), 'kesDied'],
  ])('is refused with %s before anything is written', async (_name, change, code) => {
    const { draft, config } = await read();
    const before = await onDisk();
    if (code === 'kesConfigAddress') expect((await plan(draft, change(config))).refused).toMatchObject({ code });
    expect((await apply(draft, change(config))).error).toMatchObject({ code });
    expect(await onDisk()).toBe(before);
  });

  it('is whole and at work when its file cannot be written, and when the job is cancelled', async () => {
    const { draft, config } = await read();
    const before = await onDisk();
    const wanted = { ...config, cache: { any: '7s', unused: '3s' } };
    const { folder } = chain.context;
    const write = folder.write;
    let failed = false;
    // A stand-in for a full disk, at the worst moment.
    folder.write = async (path, content, mode) => {
      if (path !== file || failed) return write(path, content, mode);
      failed = true;
      throw new AppError('fileNotWritable', { path, reason: 'ENOSPC' });
    };
    const full = await apply(draft, wanted).finally(() => {
      folder.write = write;
    });
    expect([failed, full.result]).toMatchObject([true, { applied: false, error: { code: 'fileNotWritable' } }]);
    expect(await onDisk()).toBe(before);
    const { jobId } = await studio['kes.applyConfig']({ stackId, draft, config: wanted }, call);
    jobs.cancel(jobId);
    expect((await jobs.wait(jobId)).state).toBe('cancelled');
    expect(await onDisk()).toBe(before);
    expect((await readdir(folder.path('kes'))).filter((name) => name !== 'kes.yaml' && name !== 'kes.yaml.before')).toEqual([]);
    await works();
  });

  it('is restarted when the key store’s lines change, and told apart from a reload that failed in silence', async () => {
    const { draft, config } = await read();
    const before = await pid();
    const values = { ...config.keyStore?.values, 'status.ping': '12s' };
    const wanted: KesConfig = { ...config, keyStore: { kind: 'vault', values } };
    expect((await plan(draft, wanted)).warnings.map(({ code }) => code)).toContain('kesPlanRestartWarning');
    const { result } = await apply(draft, wanted);
    expect(result).toMatchObject({ applied: true, how: 'restart' });
    expect(await pid()).not.toBe(before);
    const good = await onDisk();
    await chain.context.folder.write(file, 'tls: [', 0o600);
    await expect(reloadKes(chain.context, kesHere(chain.context.stack)[0] as KesHere)).rejects.toMatchObject({ code: 'kesReloadFailed' });
    await works();
    await chain.context.folder.write(file, good, 0o600);
    await reloadKes(chain.context, kesHere(chain.context.stack)[0] as KesHere);
  });

  it('is not undone by a draft that was read before another hand wrote the file, nor while an old KES is moved', async () => {
    const { folder } = chain.context;
    const { draft, config } = await read();
    const before = await onDisk();
    // As a new identity of MinIO is allowed beside the old one.
    const theirs = before.replace(/^( +)- "?[0-9a-f]{64}"?$/m, (line, indent: string) => `${line}\n${indent}- "${'ab'.repeat(32)}"`);
    await folder.write(file, theirs, 0o600);
    expect((await plan(draft, config)).refused).toMatchObject({ code: 'kesConfigChanged' });
    expect((await apply(draft, config)).error).toMatchObject({ code: 'kesConfigChanged' });
    // A text from elsewhere was compared with the file as it was then.
    const pasted = await studio['kes.readConfig']({ stackId, from: { kind: 'text', text: new Secret(theirs) } }, call);
    await plan(pasted.draft, pasted.config);
    await folder.write(file, before, 0o600);
    expect((await apply(pasted.draft, pasted.config)).error).toMatchObject({ code: 'kesConfigChanged' });
    const state = { version: 1, phase: 'trial', source: { folder: '/nowhere', config: 'server.yaml', command: '', way: 'here' } };
    await folder.makeFolder('kes-move', 0o700);
    await folder.write('kes-move/move.json', JSON.stringify(state), 0o600);
    const { error } = await apply(draft, config);
    await folder.remove('kes-move/move.json');
    expect(error).toMatchObject({ code: 'kesConfigMoving' });
    expect(await onDisk()).toBe(before);
    expect((await apply(draft, config)).error).toBeUndefined();
  });

  it('goes on after a kill between writing and reloading', async () => {
    const { draft, config } = await read();
    await chain.context.folder.write('kes/kes.yaml.unfinished', 'x', 0o600);
    expect((await read()).unfinished).toBe(true);
    const before = await pid();
    expect((await apply(draft, config)).result).toMatchObject({ applied: true, how: 'restart' });
    expect(await pid()).not.toBe(before);
    expect((await read()).unfinished).toBe(false);
  });

  it('may come from a text that is pasted, and stays the set-up’s', async () => {
    const text = (await onDisk()).replace(/^#.*\n/, '# their own head\n').replace('5s', '6s');
    const { draft, config } = await studio['kes.readConfig']({ stackId, from: { kind: 'text', text: new Secret(text) } }, call);
    expect((await apply(draft, config)).result).toMatchObject({ applied: true, how: 'reload' });
    expect(await onDisk()).toMatch(/^# Edited in Sealdeck for certificates [0-9a-f]{16};.*\n# their own head\n/);
  });

  it('is left as it was edited by the set-up’s own step, which still finds it good', async () => {
    const before = await onDisk();
    expect(before).toMatch(/^# Edited in Sealdeck for certificates [0-9a-f]{16};/);
    const step = kesStep({ makeStranger: chain.makeStranger });
    const input = chain.context.inputs.kes;
    expect((await step.plan(chain.context, input)).changes.map(({ code }) => code)).toEqual(['kesPlanKeep']);
    await step.apply(chain.context, input);
    await step.check(chain.context, input);
    expect(await onDisk()).toBe(before);
    // A renewed login is put in, and what was edited stays.
    await chain.newSecretId();
    await step.apply(chain.context, input);
    expect(await onDisk()).not.toBe(before);
    expect((await read()).config.policies.map(({ name }) => name)).toContain('app');
    await step.check(chain.context, input);
  });

  it('says who may do what with its lines, and KES says the same', async () => {
    const { from, model, identities, defaultKey } = await studio['kes.rights']({ stackId }, call);
    expect([from, defaultKey, identities.length]).toEqual(['file', 'minio-default', 2]);
    const rule = model.rules.find((one) => one.policy === 'app');
    expect((await onDisk()).split('\n')[(rule?.line ?? 0) - 1]?.trim()).toBe(`- ${rule?.rule}`);
    const { tried } = await studio['kes.tryRights']({ stackId, key: 'minio-default' }, call);
    expect(tried.length).toBeGreaterThan(30);
    expect(tried.filter(({ allowed, expected }) => allowed !== expected)).toEqual([]);
  });

  it('is laid out for its keeper and asked from here where KES runs elsewhere', async () => {
    const here = chain.context.stack;
    const as = (way: 'api' | 'here') =>
      chain.context.update((stack) => ({
        ...stack,
        kesClusters: stack.kesClusters.map((one) => ({ ...one, nodes: one.nodes.map((node) => ({ ...node, way })) })),
      }));
    const text = (await onDisk()).replace('tls:', '# their own remark\ntls:');
    await as('api');
    await expect(read()).rejects.toMatchObject({ code: 'kesConfigNoFile' });
    const { draft, config, way } = await studio['kes.readConfig']({ stackId, from: { kind: 'text', text: new Secret(text) } }, call);
    expect(way).toBe('api');
    expect(await plan(draft, config)).toMatchObject({ how: 'handOver' });
    expect((await apply(draft, config)).error).toMatchObject({ code: 'kesConfigElsewhere' });
    const laid = await studio['kes.handOverConfig']({ stackId, draft, config }, call);
    const content = await readFile(laid.path, 'utf8');
    expect(content).toContain('secret: "$' + '{KES_APPROLE_SECRET}"');
    expect(content).toContain('# their own remark');
    expect(laid.commands.map(({ line }) => line ?? '').join('\n')).toContain('--signal=HUP kes');
    expect((await studio['kes.checkConfig']({ stackId, draft, config }, call)).evidence.map(({ outcome }) => outcome)).not.toContain(
      'fail',
    );
    const { from, model } = await studio['kes.rights']({ stackId }, call);
    expect([from, model.matching, model.members.length]).toEqual(['server', 'prefix', 3]);
    expect(
      (await studio['kes.tryRights']({ stackId, key: 'minio-default' }, call)).tried.every(({ allowed, expected }) => allowed === expected),
    ).toBe(true);
    await as('here');
    expect(chain.context.stack.kesClusters).toEqual(here.kesClusters);
  });

  it('is not called good with dead credentials, though status is green', async () => {
    const { draft, config } = await read();
    const checkConfig = () => studio['kes.checkConfig']({ stackId, draft, config }, call);
    expect((await checkConfig()).evidence.length).toBeGreaterThan(3);
    // What it logged in with no longer reads anything: status asks the key store anonymously.
    await chain.vault.writePolicy('minio-key-policy', 'path "nothing" { capabilities = ["read"] }');
    const kes = await kesFor(chain.context, 'operator');
    expect((await kes.status()).keystore_unreachable).toBeUndefined();
    await kes.close();
    await expect(checkConfig()).rejects.toMatchObject({ code: 'kesKeyStore' });
  });
});
