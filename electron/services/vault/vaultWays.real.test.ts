import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, rm, stat, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Secret } from '../../../shared/secret.ts';
import type { Evidence, ServerPlace } from '../../../shared/setup.ts';
import type { KeyStore } from '../../../shared/stacks.ts';
import { adminInput, unsealInput, vaultInput } from '../../../shared/vault.ts';
import { stopProcess, waitUntil } from '../../clients/kes/kes.testSupport.ts';
import { forgetLogin, withVault } from '../../clients/vault/forStack.ts';
import { freePort } from '../../platform/ports.ts';
import { createAdminStep } from './adminStep.ts';
import { configurationOf } from './configuration.ts';
import { createPrepareStep } from './prepareStep.ts';
import { createUnsealStep } from './unsealStep.ts';
import { makeVaultStack, type VaultStack } from './vault.testSupport.ts';
import { createVaultStep } from './vaultStep.ts';

const vaultStep = createVaultStep({});
const unsealStep = createUnsealStep();
const prepareStep = createPrepareStep();
const adminStep = createAdminStep({});
const vault = vaultInput.parse({});
const codes = (evidence: Evidence[]): string[] => evidence.map(({ text }) => text.code);
const outcomes = (evidence: Evidence[]): string[] => evidence.map(({ outcome }) => outcome);

/** Changes the stack's key store as Connect does. */
async function connect(stack: VaultStack, change: Partial<KeyStore>): Promise<void> {
  await stack.context.update((document) => ({ ...document, keyStores: document.keyStores.map((store) => ({ ...store, ...change })) }));
}

/** A stack that has another stack's Vault by API, with its CA confirmed. */
async function byApi(theirs: VaultStack, ways: { kes?: ServerPlace } = {}): Promise<VaultStack> {
  const url = `https://127.0.0.1:${theirs.ports.vault}`;
  const stack = await makeVaultStack({ product: 'vault', storage: 'file', kvVersion: 2, servers: { vault: { way: 'api', url }, ...ways } });
  await stack.context.folder.write('connect/vault-ca.pem', (await theirs.context.folder.read('certs/ca.crt')) ?? '', 0o644);
  const ca = { id: 'vault', kind: 'file' as const, subject: '', fingerprint: '', file: 'connect/vault-ca.pem' };
  await stack.context.update((document) => ({ ...document, cas: [ca] }));
  return stack;
}

describe('a Vault by API', () => {
  let theirs: VaultStack;
  let stack: VaultStack;
  const asked = unsealInput.parse({});
  beforeAll(async () => {
    theirs = await makeVaultStack({ product: 'openbao', kvVersion: 1 });
    await vaultStep.apply(theirs.context, vault);
    stack = await byApi(theirs);
  });
  afterAll(async () => {
    await stack?.stop();
    await theirs?.stop();
  });
  const login = async (operator: object): Promise<void> => {
    stack.kept.set('vault.operator', new Secret(JSON.stringify(operator)));
    forgetLogin(stack.context.stack.id);
  };

  it('is looked at, and says itself what it is; nothing is written or started', async () => {
    const plan = await vaultStep.plan(stack.context, vault);
    expect(plan.changes.map(({ code }) => code)).toEqual(['vaultPlanByApi']);
    expect(plan.commands.map(({ line }) => line).join('\n')).toContain('connect/vault-ca.pem');
    await vaultStep.apply(stack.context, vault);
    expect(stack.context.stack.keyStores[0]).toMatchObject({ product: 'openbao', storage: 'raft' });
    expect(codes(await vaultStep.check(stack.context, vault))).toEqual(['vaultSeenAnswers', 'vaultSeenFresh', 'vaultSeenCertificate']);
    expect(stack.journal).toEqual([]);
    expect((await stack.context.servers.status('vault')).state).not.toBe('running');
    expect(await stack.context.folder.read('vault/vault.hcl')).toBeUndefined();
  });

  it('is not initialised without consent', async () => {
    expect((await unsealStep.plan(stack.context, asked)).changes.map(({ code }) => code)).toEqual(['vaultPlanInitAsk']);
    await expect(unsealStep.apply(stack.context, asked)).rejects.toMatchObject({ code: 'vaultInitAsk' });
    expect(await stack.client().then((client) => client.initialised().finally(() => client.close()))).toBe(false);
    const agreed = { ...asked, initialiseElsewhere: true };
    const plan = await unsealStep.plan(stack.context, agreed);
    expect(plan.warnings.map(({ code }) => code)).toContain('vaultPlanInitElsewhere');
  });

  it('is left to its keepers while it is sealed, and needs no share here', async () => {
    await unsealStep.apply(theirs.context, asked);
    const root = new Secret(theirs.init().root_token ?? '');
    await withVault(theirs.context, (client) => client.seal(), root);
    expect((await unsealStep.plan(stack.context, asked)).changes.map(({ code }) => code)).toEqual([
      'vaultPlanInitDone',
      'vaultPlanUnsealOthers',
    ]);
    await expect(unsealStep.apply(stack.context, asked)).rejects.toMatchObject({ code: 'vaultSealed' });
    await unsealStep.apply(theirs.context, asked);
    await unsealStep.apply(stack.context, asked);
    const evidence = await unsealStep.check(stack.context, unsealInput.parse({ shares: 3, threshold: 2 }));
    expect(outcomes(evidence)).toEqual(evidence.map(() => 'ok'));
    expect([...stack.kept.keys()]).toEqual([]);
  });

  it('has no root of ours to revoke, and is prepared by nobody for a KES that others run', async () => {
    expect((await adminStep.skips?.(stack.context))?.code).toBe('vaultRootTheirs');
    expect(await prepareStep.skips?.(stack.context)).toBeUndefined();
    const away = await byApi(theirs, { kes: { way: 'api', url: 'https://127.0.0.1:1' } });
    expect((await prepareStep.skips?.(away.context))?.code).toBe('vaultPrepareTheirs');
    await away.context.update((stack) => ({
      ...stack,
      keyStores: stack.keyStores.map((store) => ({ ...store, engine: { ...store.engine, prefix: '' } })),
    }));
    // An old guide's KES keeps its keys at the mount itself.
    await expect(prepareStep.propose({ ...away.context, stack: away.context.stack })).resolves.toHaveProperty('prefix');
    await away.stop();
  });

  it('says whose login is missing before KES can be let in', async () => {
    const input = await prepareStep.propose(stack.context);
    await expect(prepareStep.apply(stack.context, input)).rejects.toMatchObject({ code: 'vaultNoToken' });
  });

  it('is prepared with a given token, in the engine it has, of the version it has', async () => {
    const root = new Secret(theirs.init().root_token ?? '');
    await withVault(theirs.context, (client) => client.enableEngine('secret', 'kv', { version: '1' }), root);
    await login({ auth: 'token', mount: 'token', name: 'given', token: root.reveal() });
    await connect(stack, { engine: { mount: 'secret', version: 2, prefix: 'keys' } });
    const input = await prepareStep.propose(stack.context);
    expect(input).toMatchObject({ mount: 'secret', prefix: 'keys' });
    await prepareStep.apply(stack.context, input);
    expect(stack.context.stack.keyStores[0]?.engine).toEqual({ mount: 'secret', version: 1, prefix: 'keys' });
    const evidence = await prepareStep.check(stack.context, input);
    expect(evidence.filter(({ outcome }) => outcome !== 'ok')).toEqual([]);
    expect(codes(evidence)).toContain('vaultSeenNoOverwrite');
  });

  it('is prepared with a userpass login, too, and a second run changes nothing', async () => {
    const root = new Secret(theirs.init().root_token ?? '');
    const password = new Secret('correct horse battery');
    await withVault(
      theirs.context,
      async (client) => {
        await client.enableAuth('people', 'userpass');
        await client.writePolicy('keeper', 'path "*" {\n  capabilities = ["create", "read", "update", "delete", "list", "sudo"]\n}\n');
        await client.writeUser('people', 'ada', { password, policies: ['keeper'], ttl: '10m', maxTtl: '10m' });
      },
      root,
    );
    await login({ auth: 'userpass', mount: 'people', name: 'ada', password: password.reveal() });
    const input = await prepareStep.propose(stack.context);
    const entries = stack.journal.length;
    await prepareStep.apply(stack.context, input);
    expect(stack.journal.slice(entries)).toEqual([]);
    expect(outcomes(await prepareStep.check(stack.context, input)).includes('fail')).toBe(false);
  });

  it('keeps the policy and the role of somebody else who took the same names', async () => {
    const root = new Secret(theirs.init().root_token ?? '');
    const second = await byApi(theirs);
    second.kept.set('vault.operator', new Secret(JSON.stringify({ auth: 'token', mount: 'token', name: 'x', token: root.reveal() })));
    const input = await prepareStep.propose(second.context);
    await expect(prepareStep.apply(second.context, input)).rejects.toMatchObject({
      code: 'vaultNameTaken',
      details: { what: 'policy minio-key-policy' },
    });
    await expect(prepareStep.apply(second.context, { ...input, policy: 'second' })).rejects.toMatchObject({
      details: { what: 'role approle/kes-role' },
    });
    await prepareStep.apply(second.context, { ...input, policy: 'second', role: 'second-role' });
    expect(outcomes(await prepareStep.check(second.context, { ...input, policy: 'second', role: 'second-role' }))).not.toContain('fail');
    await second.stop();
  });
});

it('takes a standby node of somebody’s cluster as it is, and prepares through it', async () => {
  const leader = await makeVaultStack({ product: 'openbao', kvVersion: 2 });
  const second = await makeVaultStack({ product: 'openbao', kvVersion: 2 });
  const stack = await byApi(second);
  const asked = unsealInput.parse({});
  try {
    await vaultStep.apply(leader.context, vault);
    await unsealStep.apply(leader.context, asked);
    const { path, write } = second.context.folder;
    const { content } = configurationOf(second.context, vault, 'missing');
    const join = `retry_join {
    leader_api_addr = "https://127.0.0.1:${leader.ports.vault}"
    leader_ca_cert_file = ${JSON.stringify(leader.context.folder.path('certs/ca.crt'))}
  }
  node_id = "vault-2"`;
    await write('vault/vault.hcl', content.replace('node_id = "vault-1"', join), 0o644);
    await second.context.folder.makeFolder('vault/data', 0o700);
    await second.context.servers.start('vault', 'openbao', { args: ['server', `-config=${path('vault/vault.hcl')}`] });
    const node = await second.client();
    await waitUntil(async () => node.initialised());
    for (const share of leader.init().keys_base64.slice(0, 3)) await node.unseal(new Secret(share));
    await waitUntil(async () => (await node.health()).state === 'standby');
    await node.close();

    await vaultStep.apply(stack.context, vault);
    await unsealStep.apply(stack.context, asked);
    expect(codes(await unsealStep.check(stack.context, asked))).toContain('vaultSeenStandby');
    const token = leader.init().root_token ?? '';
    stack.kept.set('vault.operator', new Secret(JSON.stringify({ auth: 'token', mount: 'token', name: 'given', token })));
    const input = await prepareStep.propose(stack.context);
    await prepareStep.apply(stack.context, input);
    expect(outcomes(await prepareStep.check(stack.context, input))).not.toContain('fail');
  } finally {
    await stack.stop();
    await second.stop();
    await leader.stop();
  }
});

it('initialises an empty Vault by API once that was agreed to, and keeps its answer like one of its own', async () => {
  const theirs = await makeVaultStack({ product: 'vault', kvVersion: 2, storage: 'inmem' });
  await vaultStep.apply(theirs.context, vault);
  const stack = await byApi(theirs);
  try {
    const agreed = unsealInput.parse({ shares: 3, threshold: 2, initialiseElsewhere: true });
    await unsealStep.apply(stack.context, agreed);
    expect(stack.init().keys_base64).toHaveLength(3);
    expect(outcomes(await unsealStep.check(stack.context, agreed))).not.toContain('fail');
    expect(await adminStep.skips?.(stack.context)).toBeUndefined();
    await withVault(stack.context, (client) => client.seal());
    await unsealStep.apply(stack.context, agreed);
    expect(codes(await unsealStep.check(stack.context, agreed))).toContain('vaultSeenUnsealed');
  } finally {
    await stack.stop();
    await theirs.stop();
  }
});

describe('a Vault that is handed over', () => {
  let root: string;
  let host: string;
  let stack: VaultStack;
  let keeper: ChildProcess | undefined;
  const entriesOf = (code: string): number => stack.journal.filter((entry) => entry.code === code).length;
  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), 'sealdeck-host-'));
    host = join(root, "the other's host $x");
    const url = `https://127.0.0.1:${await freePort()}`;
    stack = await makeVaultStack({
      product: 'openbao',
      kvVersion: 2,
      servers: { vault: { way: 'handedOver', url, folder: host }, kes: { way: 'none' } },
    });
  });
  afterAll(async () => {
    if (keeper) await stopProcess(keeper);
    await stack?.stop();
    await rm(root, { recursive: true, force: true });
  });

  /** What the keeper of that host does: carries the files over and runs the written lines that need no other user. */
  async function keep(): Promise<void> {
    const from = stack.context.folder.path('handover/vault');
    await waitUntil(async () => (await stat(join(from, 'COMMANDS.txt'))).isFile());
    await cp(from, host, { recursive: true });
    const bin = join(root, 'bin');
    await mkdir(bin);
    await symlink(stack.binary, join(bin, 'bao'));
    const lines = (await readFile(join(host, 'COMMANDS.txt'), 'utf8')).split('\n');
    const makeData = lines.find((line) => line.startsWith('install -d')) ?? '';
    const start = lines.find((line) => line.startsWith('bao server')) ?? '';
    execFileSync('sh', ['-euc', makeData]);
    keeper = spawn('sh', ['-c', `exec ${start}`], { env: { PATH: `${bin}:${process.env.PATH}` }, stdio: 'ignore' });
  }

  it('gets its files with their modes, is waited for, and is then checked from this side', async () => {
    const plan = await vaultStep.plan(stack.context, vault);
    expect(plan.changes.map(({ code }) => code)).toContain('vaultPlanHandOver');
    expect(JSON.stringify(plan)).not.toContain('PRIVATE KEY');
    await Promise.all([vaultStep.apply(stack.context, vault), keep()]);
    expect((await stat(join(host, 'vault.key'))).mode & 0o777).toBe(0o600);
    expect((await stat(join(host, 'data'))).mode & 0o777).toBe(0o700);
    expect(await readFile(join(host, 'openbao.service'), 'utf8')).toContain(`-config="${host}/vault.hcl"`);
    expect(codes(await vaultStep.check(stack.context, vault))).toEqual(['vaultSeenAnswers', 'vaultSeenFresh', 'vaultSeenCertificate']);
    expect((await stack.context.servers.status('vault')).state).not.toBe('running');
  });

  it('is written only once while nothing changes', async () => {
    await vaultStep.apply(stack.context, vault);
    expect(entriesOf('vaultJournalHandedOver')).toBe(1);
    await vaultStep.apply(stack.context, { ...vault, ui: false });
    expect(entriesOf('vaultJournalHandedOver')).toBe(2);
  });

  it('is initialised, prepared and left without root like one that runs here', async () => {
    const input = unsealInput.parse({});
    await unsealStep.apply(stack.context, input);
    expect(outcomes(await unsealStep.check(stack.context, input))).not.toContain('fail');
    const prepare = await prepareStep.propose(stack.context);
    await prepareStep.apply(stack.context, prepare);
    expect(outcomes(await prepareStep.check(stack.context, prepare))).not.toContain('fail');
    const admin = adminInput.parse({});
    // This stack knows no KES: revoking root asks none.
    const lastStep = createAdminStep({ proveKes: () => Promise.reject(new Error('no KES')) });
    await lastStep.apply(stack.context, admin);
    expect(codes(await lastStep.check(stack.context, admin))).toContain('vaultSeenRootGone');
    expect(await adminStep.skips?.(stack.context)).toBeUndefined();
  });

  it('stops waiting when the job is cancelled', async () => {
    if (keeper) await stopProcess(keeper);
    const cancelled = new AbortController();
    const context = { ...stack.context, stack: stack.context.stack, signal: cancelled.signal };
    setTimeout(() => cancelled.abort(), 300);
    await expect(vaultStep.apply(context, vault)).rejects.toMatchObject({ code: 'cancelled' });
  });
});
