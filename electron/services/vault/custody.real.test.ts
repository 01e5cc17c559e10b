import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Secret } from '../../../shared/secret.ts';
import { adminInput, prepareInput, unsealInput, vaultInput } from '../../../shared/vault.ts';
import { createAdminStep } from './adminStep.ts';
import { ageDecrypt, makeGpg, noGpg } from './custodyTools.testSupport.ts';
import { createPrepareStep } from './prepareStep.ts';
import { createUnsealStep } from './unsealStep.ts';
import { makeVaultStack, type VaultStack } from './vault.testSupport.ts';
import { createVaultStep } from './vaultStep.ts';

const call = { signal: new AbortController().signal, host: 'cli' } as const;
const id = { stackId: 'test' };
const missing = noGpg();

describe.skipIf(missing !== undefined)(`five custodians on OpenBao${missing === undefined ? '' : ` (${missing})`}`, () => {
  let stack: VaultStack;
  let gpg: Awaited<ReturnType<typeof makeGpg>>;
  let shares: string[];
  const files = new Map<string, { id: string; content: string; text: string }>();
  const passphrases: Record<string, string> = {
    Security: 'violet harbour kettle nine',
    Storage: 'seven quiet maples bending',
    数据中心: '昨夜 西风凋碧树 独上高楼 望尽天涯',
  };
  const steps = { vault: createVaultStep({}), unseal: createUnsealStep() };
  const handlers = () => stack.domain.handlers;
  const custody = () => handlers()['vault.custody'](id, call);
  const codeIn = (text: string): string => /^Confirmation code: +(\S+)$/m.exec(text)?.[1] ?? '';
  const shareIn = (text: string): string => /^Share: +(\S+)$/m.exec(text)?.[1] ?? '';
  const seat = (name: string) => stack.context.stack.keyStores[0]?.custodians.find((each) => each.name === name);

  async function handOut(name: string) {
    const passphrase = passphrases[name];
    const custodian = seat(name)?.id ?? '';
    return handlers()['vault.handOut'](
      { ...id, custodian, ...(passphrase === undefined ? {} : { passphrase: new Secret(passphrase) }) },
      call,
    );
  }

  beforeAll(async () => {
    stack = await makeVaultStack({ product: 'openbao', kvVersion: 2 });
    gpg = await makeGpg();
    await steps.vault.apply(stack.context, vaultInput.parse({}));
  });
  afterAll(async () => {
    await stack?.stop();
    await gpg?.close();
  });

  it('does not initialise with a key that can only sign, and says whose it is', async () => {
    const signs = await gpg.key('Signer <signer@example.org>', 'rsa2048');
    const custodians = ['a', 'b', 'c', 'd'].map((name) => ({ kind: 'passphrase', name }));
    const input = unsealInput.parse({ custodians: [...custodians, { kind: 'pgp', name: 'Compliance', key: signs }] });
    const refusal = { code: 'vaultPgpSignOnly', details: { who: 'Compliance' } };
    await expect(steps.unseal.plan(stack.context, input)).rejects.toMatchObject(refusal);
    await expect(steps.unseal.apply(stack.context, input)).rejects.toMatchObject(refusal);
    expect((await handlers()['vault.status'](id, call)).nodes[0]?.state).toBe('uninitialised');
  });

  it('names the custodians before it initialises, and says whose files wait', async () => {
    const input = unsealInput.parse({
      custodians: [
        { kind: 'pgp', name: 'Operations', key: await gpg.key('Operations <ops@example.org>') },
        { kind: 'passphrase', name: 'Security' },
        { kind: 'passphrase', name: 'Storage' },
        { kind: 'pgp', name: 'Compliance', key: await gpg.key('Compliance <law@example.org>', 'rsa3072/cert,sign,encr') },
        { kind: 'passphrase', name: '数据中心' },
      ],
    });
    await steps.unseal.apply(stack.context, input);
    const evidence = await steps.unseal.check(stack.context, input);
    expect(evidence.find(({ text }) => text.code === 'vaultSeenWaiting')).toMatchObject({
      outcome: 'warn',
      text: { params: { names: 'Operations, Security, Storage, Compliance, 数据中心' } },
    });
    shares = stack.init().keys_base64;
    expect(await custody()).toMatchObject({ shares: 5, threshold: 3, kept: 5, custodians: [{ kind: 'pgp' }, {}, {}, {}, {}] });
  });

  it('gives each a share in a file that the custodian’s own tool opens', async () => {
    for (const name of ['Operations', 'Security', 'Storage', 'Compliance', '数据中心']) {
      const { custodian, content, name: file, recipe } = await handOut(name);
      const passphrase = passphrases[name];
      const text = passphrase === undefined ? await gpg.decrypt(content) : await ageDecrypt(content, passphrase);
      expect(file).toMatch(passphrase === undefined ? /\.asc$/ : /\.age$/);
      expect(recipe).toContain(passphrase === undefined ? `gpg --decrypt '${file}'` : `age --decrypt '${file}'`);
      expect(text).toContain(`Custodian:          ${name}`);
      expect(shares.filter((share) => content.includes(share) || recipe.includes(share))).toEqual([]);
      files.set(name, { id: custodian, content, text });
    }
    const given = [...files.values()].map(({ text }) => shareIn(text));
    expect(given.sort()).toEqual([...shares].sort());
  });

  it('gives the same custodian the same share again, and the file before is void', async () => {
    const before = files.get('Security');
    const { content } = await handOut('Security');
    const text = await ageDecrypt(content, passphrases.Security ?? '');
    expect(shareIn(text)).toBe(shareIn(before?.text ?? ''));
    const passphrase = new Secret(passphrases.Security ?? '');
    const old = { ...id, custodian: before?.id ?? '', content: before?.content ?? '', passphrase };
    await expect(handlers()['vault.confirmHandOut'](old, call)).rejects.toMatchObject({ code: 'vaultFileDiffers' });
    files.set('Security', { id: before?.id ?? '', content, text });
  });

  it('gives no share to a sixth, and takes nobody off the list who has a file', async () => {
    const planned = { kind: 'passphrase', name: 'Sixth' } as const;
    const passphrase = new Secret('long enough to be taken');
    await expect(handlers()['vault.handOut']({ ...id, planned, passphrase }, call)).rejects.toMatchObject({ code: 'vaultNoShareFree' });
    await expect(handlers()['vault.forgetCustodian']({ ...id, custodian: seat('Storage')?.id ?? '' }, call)).rejects.toMatchObject({
      code: 'vaultCustodianHasFile',
    });
  });

  it('refuses a short passphrase and keeps the file as it was', async () => {
    const before = seat('Storage')?.file;
    const input = { ...id, custodian: seat('Storage')?.id ?? '', passphrase: new Secret('elevenchars') };
    await expect(handlers()['vault.handOut'](input, call)).rejects.toMatchObject({ code: 'vaultPassphraseShort', details: { min: 12 } });
    expect(seat('Storage')?.file).toEqual(before);
  });

  it('destroys nothing until every file was opened', async () => {
    await expect(handlers()['vault.destroyShares'](id, call)).rejects.toMatchObject({
      code: 'vaultSharesUnconfirmed',
      details: { names: 'Operations, Security, Storage, Compliance, 数据中心' },
    });
    expect(stack.init().keys_base64).toHaveLength(5);
  });

  it('confirms a file by its passphrase or by the code inside, and by nothing else', async () => {
    const confirm = (name: string, by: { passphrase?: string; code?: string }, content = files.get(name)?.content ?? '') =>
      handlers()['vault.confirmHandOut'](
        {
          ...id,
          custodian: files.get(name)?.id ?? '',
          content,
          ...(by.code === undefined ? {} : { code: by.code }),
          ...(by.passphrase === undefined ? {} : { passphrase: new Secret(by.passphrase) }),
        },
        call,
      );
    await expect(confirm('Storage', { passphrase: 'not the passphrase at all' })).rejects.toMatchObject({ code: 'vaultFilePassphrase' });
    await expect(confirm('Storage', { passphrase: passphrases.Storage ?? '' }, files.get('Security')?.content)).rejects.toMatchObject({
      code: 'vaultFileDiffers',
    });
    await expect(confirm('Operations', { code: '00000-00000' })).rejects.toMatchObject({ code: 'vaultCodeWrong', details: { left: 4 } });
    await expect(confirm('Operations', { code: codeIn(files.get('Compliance')?.text ?? '') })).rejects.toMatchObject({
      code: 'vaultCodeWrong',
      details: { left: 3 },
    });
    for (const [name, passphrase] of Object.entries(passphrases)) await confirm(name, { passphrase });
    await confirm('Operations', { code: ` ${codeIn(files.get('Operations')?.text ?? '').toLowerCase()} ` });
    const { custodians } = await confirm('Compliance', { code: codeIn(files.get('Compliance')?.text ?? '') });
    expect(custodians.filter(({ confirmedAt }) => confirmedAt === undefined)).toEqual([]);
  });

  it('takes no more codes after five wrong ones, until the share is handed out again', async () => {
    const operations = files.get('Operations');
    const again = await handOut('Operations');
    const text = await gpg.decrypt(again.content);
    const confirm = (code: string) =>
      handlers()['vault.confirmHandOut']({ ...id, custodian: again.custodian, content: again.content, code }, call);
    await expect(confirm(codeIn(operations?.text ?? ''))).rejects.toMatchObject({ code: 'vaultCodeWrong', details: { left: 4 } });
    for (const left of [3, 2, 1, 0]) await expect(confirm('22222-22222')).rejects.toMatchObject({ details: { left } });
    await expect(confirm(codeIn(text))).rejects.toMatchObject({ code: 'vaultCodeTries' });
    expect((await custody()).custodians.find(({ name }) => name === 'Operations')?.confirmedAt).toBeUndefined();
    const third = await handOut('Operations');
    const code = codeIn(await gpg.decrypt(third.content));
    await handlers()['vault.confirmHandOut']({ ...id, custodian: third.custodian, content: third.content, code }, call);
    files.set('Operations', { id: third.custodian, content: third.content, text: await gpg.decrypt(third.content) });
  });

  it('keeps its shares while the root token would be the only way to rule', async () => {
    await expect(handlers()['vault.destroyShares'](id, call)).rejects.toMatchObject({ code: 'vaultAdminFirst' });
    expect(stack.init().keys_base64).toHaveLength(5);
    await createPrepareStep().apply(stack.context, prepareInput.parse({}));
    await createAdminStep({}).apply(stack.context, adminInput.parse({ revokeRoot: false }));
  });

  it('destroys its own copy, also after a kill before the document was saved, and holds no share any more', async () => {
    const { update } = stack.context;
    stack.context.update = async () => {
      throw new Error('killed');
    };
    await expect(handlers()['vault.destroyShares'](id, call)).rejects.toThrow('killed');
    stack.context.update = update;
    expect(await custody()).toMatchObject({ kept: 0, custodians: [{ confirmedAt: expect.anything() }, {}, {}, {}, {}] });
    const { destroyedAt } = await handlers()['vault.destroyShares'](id, call);
    expect(destroyedAt).toBeDefined();
    expect(stack.init()).toMatchObject({ keys_base64: [], root_token: expect.any(String), shares: 5, threshold: 3 });
    const left = JSON.stringify([[...stack.kept].map(([name, secret]) => [name, secret.reveal()]), stack.context.stack, stack.journal]);
    expect(shares.filter((share) => left.includes(share))).toEqual([]);
    expect(stack.journal.at(-1)).toMatchObject({ code: 'vaultJournalSharesDestroyed', params: { shares: 5 } });
    await expect(handOut('Storage')).rejects.toMatchObject({ code: 'vaultSharesNotKept' });
    const evidence = await steps.unseal.check(stack.context, unsealInput.parse({}));
    expect(evidence.map(({ text }) => text.code)).toContain('vaultSeenSharesDestroyed');
  });

  it('says after a restart who must come, and opens with three of them', async () => {
    await stack.context.servers.stop('vault');
    await steps.vault.apply(stack.context, vaultInput.parse({}));
    const who = { code: 'vaultCustodiansNeeded', details: { threshold: 3, names: 'Operations, Security, Storage, Compliance, 数据中心' } };
    await expect(steps.unseal.apply(stack.context, unsealInput.parse({}))).rejects.toMatchObject(who);
    await expect(handlers()['vault.unsealKept'](id, call)).rejects.toMatchObject(who);
    // A backup that stopped Vault leaves it to them.
    await stack.domain.openKept('test');
    expect((await handlers()['vault.status'](id, call)).nodes[0]?.state).toBe('sealed');

    const unsealFile = (name: string, passphrase: string) =>
      handlers()['vault.unsealFile']({ ...id, content: files.get(name)?.content ?? '', passphrase: new Secret(passphrase) }, call);
    await expect(unsealFile('Storage', 'quite another passphrase')).rejects.toMatchObject({ code: 'vaultFilePassphrase' });
    await expect(unsealFile('Operations', 'x')).rejects.toMatchObject({ code: 'vaultShareEncrypted' });
    const first = await unsealFile('Storage', passphrases.Storage ?? '');
    expect(first).toMatchObject({ repeated: false, node: { progress: 1, given: [{ custodian: seat('Storage')?.id }] } });
    expect(await unsealFile('Storage', passphrases.Storage ?? '')).toMatchObject({ repeated: true, node: { progress: 1 } });
    const pasted = handlers()['vault.unseal']({ ...id, share: new Secret(files.get('Operations')?.content ?? '') }, call);
    await expect(pasted).rejects.toMatchObject({ code: 'vaultShareEncrypted' });
    const typed = new Secret(shareIn(await gpg.decrypt(files.get('Operations')?.content ?? '')));
    const second = await handlers()['vault.unseal']({ ...id, share: typed, custodian: seat('Operations')?.id ?? '' }, call);
    expect(second.node).toMatchObject({ progress: 2, given: [{}, { custodian: seat('Operations')?.id }] });
    expect(await unsealFile('数据中心', passphrases.数据中心 ?? '')).toMatchObject({ node: { state: 'active' } });
  });

  it('kept no share, code or passphrase in the document or the journal, only the hash of each file', async () => {
    const seen = JSON.stringify([stack.context.stack, stack.journal]);
    const codes = [...files.values()].map(({ text }) => codeIn(text));
    expect([...shares, ...codes, ...Object.values(passphrases)].filter((secret) => seen.includes(secret))).toEqual([]);
    for (const { id: custodian, content } of files.values()) {
      const { file } = stack.context.stack.keyStores[0]?.custodians.find((each) => each.id === custodian) ?? {};
      expect(file?.sha256).toBe(createHash('sha256').update(content).digest('hex'));
    }
  });
});
