import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decrypt, generateKey, readMessage } from 'openpgp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Secret } from '../../../shared/secret.ts';
import { placeInput } from '../../../shared/setup.ts';
import type { Stack } from '../../../shared/stacks.ts';
import type { StackAccess } from '../../jobs/step.ts';
import { createSealedStore, type SealedStore } from '../../platform/sealedStore.ts';
import { stackOf } from '../setup/placeDocument.ts';
import { createCustody } from './custody.ts';

const call = { signal: new AbortController().signal, host: 'cli' } as const;
const id = { stackId: 'test' };
const log = { info: () => undefined, error: () => undefined };
const shares = [1, 2].map((byte) => Buffer.alloc(33, byte).toString('base64'));
const ports = { vault: 1, vaultCluster: 2, kes: 3, minio: 4, minioConsole: 5 };
const place = placeInput.parse({ name: 'test', folder: '/nowhere', hosts: ['127.0.0.1'], ports, product: 'openbao' });

describe('custody that is killed', () => {
  let key: Awaited<ReturnType<typeof pair>>;
  const folders: string[] = [];
  const pair = () => generateKey({ type: 'ecc', userIDs: [{ name: 'Ann' }], format: 'object' });
  beforeAll(async () => {
    key = await pair();
  });
  afterAll(async () => {
    for (const folder of folders) await rm(folder, { recursive: true, force: true });
  });

  /** A stack on a real sealed store; `writes` counts every write, and the one numbered `deadly` and all after it never happen. */
  async function makeStack() {
    const folder = await mkdtemp(join(tmpdir(), 'sealdeck-custody-'));
    folders.push(folder);
    let stack: Stack = stackOf('test', place, new Date().toISOString());
    let [writes, deadly] = [0, Number.POSITIVE_INFINITY];
    const write = async (work: () => Promise<void> | void): Promise<void> => {
      writes += 1;
      if (writes >= deadly) throw new Error('killed');
      await work();
    };
    let store: SealedStore = createSealedStore({ folder, log });
    await store.create('practice');
    const init = { keys_base64: shares, shares: 2, threshold: 2 };
    await store.set('s', 'vault.init', new Secret(JSON.stringify(init)));
    const engine = () => {
      const access = {
        get stack() {
          return stack;
        },
        update: (change: (before: Stack) => Stack) =>
          write(() => {
            stack = change(stack);
          }),
        secrets: {
          get: (name: string) => store.get('s', name),
          set: (name: string, value: Secret) => write(() => store.set('s', name, value)),
        },
        journal: () => write(() => undefined),
      } as unknown as StackAccess;
      return createCustody({ open: async () => access, publish: () => undefined, jobs: undefined as never, log });
    };
    return {
      folder,
      engine,
      kept: () => (JSON.parse(store.get('s', 'vault.init')?.reveal() ?? '{}') as { keys_base64: string[] }).keys_base64,
      custodians: () => stack.keyStores[0]?.custodians ?? [],
      dieAt: (number: number) => {
        [writes, deadly] = [0, number];
      },
      /** As after a kill: what is on disk is read again. */
      async restart() {
        deadly = Number.POSITIVE_INFINITY;
        store = createSealedStore({ folder, log });
        await store.openIfPossible();
      },
    };
  }

  async function open(content: string): Promise<string> {
    const { data } = await decrypt({ message: await readMessage({ armoredMessage: content }), decryptionKeys: key.privateKey });
    return String(data);
  }

  /** Both custodians get a file and confirm it, then the copy goes. Can be run again after a kill anywhere. */
  async function ceremony(engine: ReturnType<typeof createCustody>, files: Map<string, string>): Promise<void> {
    for (const name of ['Ann', 'Bob']) {
      const { custodians } = await engine['vault.custody'](id, call);
      if (custodians.some((each) => each.name === name && each.confirmedAt !== undefined)) continue;
      const planned = { kind: 'pgp', name, key: key.publicKey.armor() } as const;
      const { custodian, content } = await engine['vault.handOut']({ ...id, planned }, call);
      const text = await open(content);
      files.set(name, /^Share: +(\S+)$/m.exec(text)?.[1] ?? '');
      const code = /^Confirmation code: +(\S+)$/m.exec(text)?.[1] ?? '';
      await engine['vault.confirmHandOut']({ ...id, custodian, content, code }, call);
    }
    await engine['vault.destroyShares'](id, call);
  }

  it('leaves either Sealdeck’s copy or every custodian’s opened file, at whichever write it happens', async () => {
    for (let deadly = 1; ; deadly += 1) {
      const stack = await makeStack();
      const files = new Map<string, string>();
      stack.dieAt(deadly);
      const ended = await ceremony(stack.engine(), files).then(
        () => 'done',
        (error: Error) => error.message,
      );
      await stack.restart();
      const confirmed = stack.custodians().filter(({ confirmedAt }) => confirmedAt !== undefined);
      const held = confirmed.map(({ name }) => files.get(name));
      if (stack.kept().length === 0) expect(held.sort(), `write ${deadly}`).toEqual([...shares].sort());
      else expect(stack.kept(), `write ${deadly}`).toEqual(shares);
      if (ended === 'done') {
        expect(deadly).toBeGreaterThan(10);
        break;
      }
      expect(ended).toBe('killed');
      await ceremony(stack.engine(), files);
      expect(stack.kept()).toEqual([]);
      expect([...files.values()].sort()).toEqual([...shares].sort());
      expect(await inBackup(stack.folder), `write ${deadly}`).toEqual([]);
    }
  });

  /** The shares in the generation before, opened as its owner could. */
  async function inBackup(folder: string): Promise<string[]> {
    const other = await mkdtemp(join(tmpdir(), 'sealdeck-custody-bak-'));
    folders.push(other);
    await copyFile(join(folder, 'sealed.sdv.bak'), join(other, 'sealed.sdv'));
    await copyFile(join(folder, 'practice.key'), join(other, 'practice.key'));
    const store = createSealedStore({ folder: other, log });
    await store.openIfPossible();
    const text = store.get('s', 'vault.init')?.reveal() ?? 'not there';
    expect(text).toContain('keys_base64');
    return shares.filter((share) => text.includes(share));
  }

  it('never gives one share to two custodians, however many ask at once', async () => {
    const stack = await makeStack();
    const engine = stack.engine();
    const armored = key.publicKey.armor();
    const asked = await Promise.allSettled(
      ['a', 'b', 'c', 'd'].map((name) => engine['vault.handOut']({ ...id, planned: { kind: 'pgp', name, key: armored } }, call)),
    );
    expect(asked.filter(({ status }) => status === 'fulfilled')).toHaveLength(2);
    expect(stack.custodians().map(({ share }) => share)).toEqual([1, 2]);
  });

  it('destroys nothing while no file was opened, and gives a known custodian another key but the same share', async () => {
    const stack = await makeStack();
    const engine = stack.engine();
    const armored = key.publicKey.armor();
    const first = await engine['vault.handOut']({ ...id, planned: { kind: 'pgp', name: 'Ann', key: armored } }, call);
    const other = await pair();
    const again = { ...id, custodian: first.custodian, planned: { kind: 'pgp', name: 'Anna', key: other.publicKey.armor() } as const };
    await engine['vault.handOut'](again, call);
    expect(stack.custodians()).toMatchObject([
      { id: first.custodian, name: 'Anna', share: 1, pgp: { fingerprint: other.publicKey.getFingerprint().toUpperCase() } },
    ]);
    await engine['vault.handOut']({ ...id, planned: { kind: 'pgp', name: 'Bob', key: armored } }, call);
    await expect(engine['vault.destroyShares'](id, call)).rejects.toMatchObject({
      code: 'vaultSharesUnconfirmed',
      details: { names: 'Anna, Bob' },
    });
    const clash = { ...id, custodian: first.custodian, planned: { kind: 'pgp', name: 'Bob', key: armored } as const };
    await expect(engine['vault.handOut'](clash, call)).rejects.toMatchObject({ code: 'vaultCustodianNamed' });
    await expect(engine['vault.forgetCustodian']({ ...id, custodian: 'c-none' }, call)).rejects.toMatchObject({
      code: 'vaultCustodianUnknown',
    });
  });
});
