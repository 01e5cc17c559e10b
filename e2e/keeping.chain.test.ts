import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ageDecryptFile } from '../electron/services/vault/custodyTools.testSupport.ts';
import { call, enginePid, sealdeck, temporaryFolder } from './cli.ts';
import { mc, openPracticeLab } from './foreignTools.ts';
import { processesNaming } from './processes.ts';

const run = promisify(execFile);
const passphrase = 'correct horse battery staple';
const text = 'An object of before the backup.\n';

describe('a stack that is kept', () => {
  let place: Awaited<ReturnType<typeof temporaryFolder>>;
  let first: string;
  let second: string;
  let secret: string;
  let backup: string;
  let stackId: string;
  let name: string;
  const dataOf = (dir: string): string => join(dir, '.sealdeck');
  const on = (dir: string, name: string, input: unknown = {}) => call(['--data', dataOf(dir)], name, input);

  beforeAll(async () => {
    place = await temporaryFolder();
    [first, second, secret] = [join(place.folder, 'first'), join(place.folder, 'second'), join(place.folder, 'passphrase')];
    await writeFile(secret, `${passphrase}\n`, { mode: 0o600 });
    const made = await sealdeck(['up', '--dir', first, '--name', 'local-lab', '--practice', '--build-servers', '--json']);
    expect(made.stderr).toBe('');
    stackId = String(made.lines.at(-1)?.stack);
    name = String((await on(first, 'stacks.get', { id: stackId })).name);
    await writeFile(join(place.folder, 'before.txt'), text);
    await mc(await openPracticeLab(first, dataOf(first), stackId), 'cp', join(place.folder, 'before.txt'), 'lab/first-bucket/before.txt');
  });
  afterAll(async () => {
    for (const dir of [first, second]) {
      await sealdeck(['down', '--dir', dir, '--json']);
      if (existsSync(dataOf(dir))) await sealdeck(['quit', '--data', dataOf(dir), '--force']);
    }
    for (const { pid } of processesNaming(place.folder)) process.kill(pid, 'SIGKILL');
    await place.remove();
  });

  it('is one sealed file that the real age and tar open, while its servers run on', async () => {
    const to = join(place.folder, 'backups');
    const made = await sealdeck(['backup', '--dir', first, '--to', to, '--objects', '--passphrase-file', secret, '--json']);
    expect(made.code, made.stderr).toBe(0);
    backup = String(made.lines.at(-1)?.file);
    expect(await readdir(to)).toEqual([backup.slice(to.length + 1)]);
    expect((await stat(backup)).mode & 0o777).toBe(0o600);
    const tar = join(place.folder, 'plain.tar');
    await ageDecryptFile(backup, tar, passphrase);
    const names = (await run('tar', ['tf', tar])).stdout.split('\n');
    expect(names).toEqual(expect.arrayContaining(['backup.json', 'secrets.json', 'vault.snapshot', 'files/certs/ca.crt', 'manifest.json']));
    const sealed = await readFile(backup);
    const { secrets } = await openPracticeLab(first, dataOf(first), stackId);
    for (const value of secrets.all) expect(sealed.includes(value)).toBe(false);
    expect((await sealdeck(['prove', '--dir', first, '--json'])).code).toBe(0);
  });

  it('comes back in another data folder beside the first one, proves itself, and an object of before reads', async () => {
    const made = await sealdeck(['restore', backup, '--dir', second, '--practice', '--passphrase-file', secret, '--json']);
    expect(made.code, made.stderr).toBe(0);
    // The first one runs, so its ports are taken.
    expect(made.lines.at(-1)).toMatchObject({ stackId, ports: expect.arrayContaining([expect.objectContaining({ server: 'kes' })]) });
    const { proofs } = (await on(second, 'proof.list', { stackId })) as { proofs: { result: string }[] };
    expect(proofs.map(({ result }) => result)).toEqual(['proven', 'proven']);
    const lab = await openPracticeLab(second, dataOf(second), stackId);
    expect(await mc(lab, 'cat', 'lab/first-bucket/before.txt')).toBe(text);
    expect(lab.stack.folder).toBe(second);
    const { entries } = (await on(second, 'journal.list', { stackId, limit: 100 })) as { entries: { action: { code: string } }[] };
    expect(entries.map(({ action }) => action.code)).toContain('stacksJournalRestored');
  });

  it('is not restored over anything, with a wrong passphrase, or from a damaged or cut file; and then nothing is made', async () => {
    const third = join(place.folder, 'third');
    await writeFile(join(place.folder, 'wrong'), 'another passphrase\n');
    const bytes = await readFile(backup);
    const altered = Buffer.from(bytes);
    altered[bytes.length - 5000] = (altered[bytes.length - 5000] ?? 0) ^ 1;
    for (const [name, content] of [
      ['altered.sealdeck.age', altered],
      ['cut.sealdeck.age', bytes.subarray(0, bytes.length - 5000)],
      ['foreign.sealdeck.age', Buffer.from('PK\x03\x04')],
    ] as const)
      await writeFile(join(place.folder, name), content);
    const file = (name: string): string => join(place.folder, `${name}.sealdeck.age`);
    for (const [from, word, code] of [
      [backup, join(place.folder, 'wrong'), 'backupPassphrase'],
      [file('altered'), secret, 'backupDamaged'],
      [file('cut'), secret, 'backupDamaged'],
      [file('foreign'), secret, 'backupForeign'],
    ] as const) {
      const data = ['--data', dataOf(second)];
      const refused = await sealdeck(['restore', from, '--dir', third, ...data, '--passphrase-file', word, '--json']);
      expect(refused.stderr).toMatch(new RegExp(`^${code}:`));
      expect(existsSync(third)).toBe(false);
    }
    const over = await sealdeck(['restore', backup, '--dir', first, '--data', dataOf(second), '--passphrase-file', secret, '--json']);
    expect(over.stderr).toMatch(/^restoreFolderUsed:/);
  });

  it('goes to a colleague without any secret, and arrives read-only', async () => {
    const { content } = (await on(first, 'stacks.export', { id: stackId })) as { content: string };
    const { secrets } = await openPracticeLab(first, dataOf(first), stackId);
    for (const value of secrets.all) expect(content).not.toContain(value);
    expect(content).not.toContain(place.folder);
    const taken = (await on(second, 'stacks.import', { content })) as { stackId: string };
    expect(await on(second, 'stacks.get', { id: taken.stackId })).toMatchObject({ origin: 'connected', draft: true, readOnly: true });
    const refused = await sealdeck(['call', 'setup.express', '-', '--data', dataOf(second), '--json'], {
      input: JSON.stringify({ stackId: taken.stackId }),
    });
    expect(refused.stderr).toMatch(/^stackReadOnly:/);
    await on(second, 'stacks.remove', { id: taken.stackId, name, servers: 'keep', files: 'delete' });
  });

  it('is removed as a whole: its name typed, its servers ended, only its own files deleted', async () => {
    const wrong = await sealdeck(['call', 'stacks.remove', '-', '--data', dataOf(second), '--json'], {
      input: JSON.stringify({ id: stackId, name: `${name}x`, servers: 'end', files: 'delete' }),
    });
    expect(wrong.stderr).toMatch(/^stackNameDiffers:/);
    const facts = await on(second, 'stacks.removal', { id: stackId });
    expect(facts).toMatchObject({ running: ['vault', 'kes', 'minio'], folder: second });
    expect((facts.lost as { code: string }[]).map(({ code }) => code)).toEqual(
      expect.arrayContaining(['stacksLostKeys', 'stacksLostShares', 'stacksLostCaKey', 'stacksLostCredentials']),
    );
    const outside = join(place.folder, 'outside');
    await mkdir(outside);
    await writeFile(join(outside, 'kept.txt'), 'kept');
    await symlink(outside, join(second, 'handover'));
    await writeFile(join(second, 'mine.txt'), 'mine');
    const result = await on(second, 'stacks.remove', { id: stackId, name, servers: 'end', files: 'delete' });
    expect(result).toMatchObject({ ended: ['vault', 'kes', 'minio'] });
    expect(await on(second, 'stacks.list')).toMatchObject({ stacks: [] });
    // What is not Sealdeck's stays: the tests' own, too.
    const left = (await readdir(second)).filter((name) => name !== 'mc-test');
    expect(left.sort()).toEqual(['.sealdeck', 'mine.txt']);
    expect(await readFile(join(outside, 'kept.txt'), 'utf8')).toBe('kept');
    expect(processesNaming(second).filter(({ args }) => !args.some((arg) => arg.includes('engine')))).toEqual([]);
    const gone = await openPracticeLab(first, dataOf(second), stackId).catch(() => undefined);
    expect(gone?.secrets.minioPassword).toBeUndefined();
  });

  it('is removed with its servers kept: they run on, and its folder can be found again by hand', async () => {
    const wrong = await sealdeck(['call', 'stacks.remove', '-', '--data', dataOf(first), '--json'], {
      input: JSON.stringify({ id: stackId, name, servers: 'keep', files: 'delete' }),
    });
    expect(wrong.stderr).toMatch(/^stackFilesInUse:/);
    const { servers } = (await on(first, 'lab.status', { stackId })) as { servers: { pid: number }[] };
    const result = await on(first, 'stacks.remove', { id: stackId, name, servers: 'keep', files: 'keep' });
    expect(result).toMatchObject({ kept: ['vault', 'kes', 'minio'] });
    for (const { pid } of servers) expect(() => process.kill(pid, 0)).not.toThrow();
    expect(existsSync(join(first, 'certs/ca.crt'))).toBe(true);
    // Nobody's any more: the test ends what it started.
    for (const { pid } of servers) process.kill(pid, 'SIGKILL');
    expect(enginePid(dataOf(first))).toBeGreaterThan(0);
  });
});
