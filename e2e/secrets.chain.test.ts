import { chmod, mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { armor, Decrypter } from 'age-encryption';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findEngine } from '../electron/hosts/engine/attach.ts';
import { freePort } from '../electron/platform/ports.ts';
import { type Client, createClient } from '../electron/rpc/client.ts';
import { ensureServers } from '../servers/get.ts';
import { procedures } from '../shared/contract.ts';
import type { Procedure } from '../shared/rpc/define.ts';
import { stepIds } from '../shared/setup.ts';
import { call, sealdeck, temporaryFolder } from './cli.ts';
import { openPracticeLab } from './foreignTools.ts';
import { processesNaming, watchProcesses } from './processes.ts';
import { leaks } from './tracers.ts';

const servers = ['vault', 'kes', 'minio'] as const;
/** What a test of reading calls must not do, beside all that changes servers. */
const acting =
  /^(app|store|jobs|files|settings)\.|^setup\.(create|draft|apply|check|express|propose)$|^lab\.(get|start|stop|restart)$|^stacks\.(rename|readOnly|remove|import|backup|restore)$|^connect\.(save|forget|finish|replace)$|^vault\.(handOut|confirmHandOut|forgetCustodian|destroyShares)$/;
const alsoActing = new Set(['vault.unseal', 'vault.unsealKept', 'vault.resetUnseal', 'vault.seal', 'proof.run']);

/** Every frame that leaves the engine while a chain is made, sealed, opened, broken and looked at. */
describe('what leaves the engine', () => {
  let place: Awaited<ReturnType<typeof temporaryFolder>>;
  let dir: string;
  let data: string;
  let client: Client;
  let stackId: string;
  let temporary: string;
  let watched: ReturnType<typeof watchProcesses>;
  const frames: string[] = [];
  const secrets = new Set<string>();

  beforeAll(async () => {
    place = await temporaryFolder();
    dir = join(place.folder, 'lab');
    data = join(dir, '.sealdeck');
    temporary = join(place.folder, 'tmp');
    await mkdir(temporary);
    watched = watchProcesses();
    await call(['--data', data], 'store.create', { mode: 'practice' }, { TMPDIR: temporary });
    const attached = await findEngine(data, 'cli');
    if (!attached) throw new Error('no engine');
    client = createClient(attached.pipe);
    attached.pipe.onFrame((frame) => frames.push(JSON.stringify(frame)));
    const { place: proposal } = await client.call('setup.propose', { folder: dir });
    const [vault, vaultCluster, kes, minio, minioConsole] = [
      await freePort(),
      await freePort(),
      await freePort(),
      await freePort(),
      await freePort(),
    ];
    const ports = { vault, vaultCluster, kes, minio, minioConsole };
    stackId = (await client.call('setup.create', { place: { ...proposal, ports } })).stackId;
  });
  afterAll(async () => {
    watched?.stop();
    client?.close();
    await sealdeck(['down', '--dir', dir, '--json']);
    for (const { pid } of processesNaming(place.folder)) process.kill(pid, 'SIGKILL');
    await place.remove();
  });

  async function wait({ jobId }: { jobId: string }) {
    for (;;) {
      const job = (await client.call('jobs.list', {})).jobs.find((one) => one.id === jobId);
      if (job === undefined || job.state !== 'running') return job;
      await new Promise((done) => setTimeout(done, 50));
    }
  }
  const apply = async (step: (typeof stepIds)[number], input: Record<string, unknown> = {}) =>
    wait(await client.call('setup.apply', { stackId, step, input }));
  const collect = async (): Promise<void> => {
    for (const secret of (await openPracticeLab(dir, data, stackId)).secrets.all) secrets.add(secret);
  };
  const leaked = (): string[] => {
    const all = frames.join('\n');
    return [...secrets].filter((secret) => all.includes(secret)).map((secret) => `${secret.slice(0, 4)}…`);
  };

  it('holds no secret while the chain is made', async () => {
    for (const step of stepIds) {
      expect(await apply(step, step === 'servers' ? { get: true } : {}), step).toMatchObject({ state: 'succeeded' });
      // Early: the root token is gone at the end.
      if (step === 'unseal' || step === 'minio') await collect();
    }
    await collect();
    expect(secrets.size).toBeGreaterThan(8);
    expect(frames.length).toBeGreaterThan(50);
    expect(leaked()).toEqual([]);
  });

  it('holds no secret in any plan or answer of a reading call', async () => {
    for (const step of stepIds) await client.call('setup.plan', { stackId, step }).catch(() => undefined);
    const { proofs } = await client.call('proof.list', { stackId });
    const input = { stackId, id: stackId, bucket: 'first-bucket', prefix: '', kind: 'kes', key: 'x', limit: 500, lines: 500 };
    let answered = 0;
    for (const [name, procedure] of Object.entries(procedures)) {
      const { input: schema, changesServers } = procedure as Procedure;
      if (changesServers === true || acting.test(name) || alsoActing.has(name)) continue;
      const shape = Object.keys((schema as unknown as { shape: Record<string, unknown> }).shape);
      const fitting = Object.fromEntries(Object.entries(input).filter(([field]) => shape.includes(field)));
      const own = name === 'proof.get' ? { stackId, id: proofs[0]?.id } : fitting;
      await client.call(name as keyof typeof procedures, own as never).then(
        () => (answered += 1),
        () => undefined,
      );
    }
    for (const kind of servers) await client.call('lab.log', { stackId, kind, lines: 500 });
    expect(answered).toBeGreaterThan(12);
    expect(leaked()).toEqual([]);
  });

  it('holds no secret while an audit runs, is looked at, compared, saved and reported, nor in its files', async () => {
    const { secrets: known } = await openPracticeLab(dir, data, stackId);
    for (const secret of [...known.all, known.minioPassword]) secrets.add(secret);
    const ids: string[] = [];
    for (const options of [{ verifyAll: true }, { requestsPerSecond: 50 }]) {
      const { id, jobId } = await client.call('audit.start', { stackId, scope: { versions: true }, options });
      expect(await wait({ jobId })).toMatchObject({ state: 'succeeded' });
      ids.push(id);
    }
    const [before = '', id = ''] = ids;
    await client.call('audit.get', { stackId, id });
    const { rows } = await client.call('audit.rows', { stackId, id });
    await client.call('audit.look', { stackId, id, row: rows[0]?.row ?? 1 });
    await client.call('audit.map', { stackId, id });
    await client.call('audit.compare', { stackId, before, after: id });
    for (const format of ['csv', 'jsonl', 'html', 'keys'] as const)
      await wait(await client.call('audit.save', { stackId, id, format, file: join(dir, `audit.${format}`) }));
    expect(await wait(await client.call('audit.report', { stackId, id }))).toMatchObject({ state: 'succeeded' });
    // What the last tests of this file search, here for itself: rows, summaries, saved forms and the signed report.
    const files = (await readdir(dir, { recursive: true })).join('\n');
    for (const part of [/audits.*\.sqlite$/m, /audit\.csv$/m, /report\.html$/m, /manifest\.sig$/m]) expect(files).toMatch(part);
    expect(leaks(dir, [...secrets])).toEqual([]);
    expect(leaked()).toEqual([]);
  });

  it('holds no typed share, right or wrong, and no error repeats one', async () => {
    const { secrets: known } = await openPracticeLab(dir, data, stackId);
    const shares = known.all.filter((value) => Buffer.from(value, 'base64').length === 33);
    await client.call('vault.seal', { stackId });
    const wrong = Buffer.alloc(33, 0xa7).toString('base64');
    const tried = [wrong, `${wrong.slice(0, -2)}!!`, wrong.slice(0, 20), 'TRACER-no-share-at-all', ...shares.slice(0, 3)];
    for (const share of tried) {
      secrets.add(share);
      await client.call('vault.unseal', { stackId, share }).catch(() => undefined);
    }
    expect(leaked()).toEqual([]);
    await client.call('vault.unsealKept', { stackId });
  });

  it('holds no share, code or passphrase while shares are handed out, confirmed and given from a file', async () => {
    const passphrase = 'TRACER passphrase of a custodian';
    secrets.add(passphrase);
    const planned = { kind: 'passphrase', name: 'Ann' } as const;
    const { custodian, content } = await client.call('vault.handOut', { stackId, planned, passphrase });
    const opener = new Decrypter();
    opener.addPassphrase(passphrase);
    const text = await opener.decrypt(armor.decode(content), 'text');
    for (const label of ['Share', 'Confirmation code']) {
      const value = new RegExp(`^${label}: +(\\S+)$`, 'm').exec(text)?.[1] ?? '';
      expect(value.length).toBeGreaterThan(8);
      secrets.add(value);
    }
    await client.call('vault.confirmHandOut', { stackId, custodian, content, passphrase });
    await client.call('vault.destroyShares', { stackId }).catch(() => undefined);
    await client.call('vault.seal', { stackId });
    for (const typed of [passphrase, 'TRACER of another passphrase']) {
      secrets.add(typed);
      await client.call('vault.unsealFile', { stackId, content, passphrase: typed }).catch(() => undefined);
    }
    expect(leaked()).toEqual([]);
    await client.call('vault.unsealKept', { stackId });
  });

  it('holds no bytes of a customer key that was made, taken in, shown, exported and removed', async () => {
    const typed = `${'ab'.repeat(31)}cd`;
    const { id } = await client.call('objects.makeCustomerKey', { stackId, name: 'Made' });
    const taken = await client.call('objects.takeCustomerKey', { stackId, name: 'Taken', key: typed });
    await client.call('objects.customerKeys', { stackId });
    await client.call('objects.exportCustomerKeys', { stackId, ids: [id, taken.id], passphrase: 'correct horse battery' });
    const kept = (await openPracticeLab(dir, data, stackId)).customerKeys;
    expect(kept).toHaveLength(2);
    for (const key of kept) for (const form of ['base64', 'hex'] as const) secrets.add(Buffer.from(key, 'base64').toString(form));
    secrets.add(typed).add('correct horse battery');
    await client.call('objects.removeCustomerKey', { stackId, id, typed: 'Made' });
    expect(leaked()).toEqual([]);
    expect(leaks(dir, [...secrets])).toEqual([]);
  });

  it('refuses unknown fields of a draft, which would lie in a file', async () => {
    secrets.add('TRACER-in-a-draft');
    const draft = client.call('setup.draft', { stackId, step: 'minio', input: { password: 'TRACER-in-a-draft' } });
    await expect(draft).rejects.toMatchObject({ code: 'invalidInput' });
    expect(leaked()).toEqual([]);
  });

  it('holds no secret in arguments and environments of any process that ran, nor in temporary files', () => {
    const seen = watched.text();
    // The search sees processes that live only to be asked for their version.
    expect(seen).toMatch(/--version|\0version/);
    expect([...secrets].filter((secret) => seen.includes(secret))).toEqual([]);
    expect(leaks(temporary, [...secrets], [])).toEqual([]);
  });

  it('leaves none in the logs, the journal and the whole folder, but in the files on the written list', () => {
    expect(leaks(dir, [...secrets])).toEqual([]);
    expect(leaks(dir, [...secrets], []).map(({ file }) => file)).toContain('kes/kes.yaml');
  });

  it('holds no secret of servers that print their configuration and environment when they die', async () => {
    const real = await ensureServers(['kes', 'minio']);
    const folder = join(place.folder, 'talkative');
    await mkdir(folder);
    const picked: Record<string, string> = {};
    for (const program of ['kes', 'minio'] as const) {
      const file = join(folder, program);
      const print = program === 'kes' ? 'cat "$3"' : 'env; cat "$MINIO_CONFIG_ENV_FILE"';
      await writeFile(
        file,
        `#!/bin/sh\nif [ "$1" = server ]; then ${print}; echo "Error: talks too much"; exit 1; fi\nexec '${real[program]}' "$@"\n`,
      );
      await chmod(file, 0o755);
      picked[program] = file;
    }
    await wait(await client.call('lab.stop', { stackId }));
    expect(await apply('servers', { picked })).toMatchObject({ state: 'succeeded' });
    for (const step of ['certificates', 'vault', 'unseal', 'prepare'] as const)
      expect(await apply(step)).toMatchObject({ state: 'succeeded' });
    expect(await apply('kes')).toMatchObject({ state: 'failed' });
    await client.call('lab.status', { stackId });
    const { lines } = await client.call('lab.log', { stackId, kind: 'kes', lines: 100 });
    expect(lines.join('\n')).toContain('talks too much');
    await apply('servers', { picked: { minio: picked.minio } });
    for (const step of stepIds.slice(2, stepIds.indexOf('minio'))) expect(await apply(step), step).toMatchObject({ state: 'succeeded' });
    expect(await apply('minio')).toMatchObject({ state: 'failed' });
    await client.call('lab.status', { stackId });
    const minio = await client.call('lab.log', { stackId, kind: 'minio', lines: 100 });
    expect(minio.lines.join('\n')).toContain('talks too much');
    await client.call('setup.state', { stackId });
    await collect();
    expect(leaked()).toEqual([]);
    // A server may write what it likes into its own log, which only this user can read; nothing of ours repeats it.
    expect(leaks(data, [...secrets])).toEqual([]);
  });
});
