import { randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { buffer } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { leaks } from '../../../e2e/tracers.ts';
import { type CustomerKey, type CustomerKeyWork, customerKey } from '../../../shared/objects.ts';
import { Secret } from '../../../shared/secret.ts';
import { say } from '../../../shared/text.ts';
import { bytesOf, customerKeysOf } from '../../clients/s3/customerKeys.ts';
import { mcAliasCommands } from '../../clients/s3/mcCommands.ts';
import { runWithMc, startMinio, startTestStack, type TestStack } from '../../clients/s3/minio.testSupport.ts';
import { createObjectClient } from '../../clients/s3/objectClient.ts';
import type { ObjectClient } from '../../clients/s3/objectTypes.ts';
import { createSignedClient } from '../../clients/s3/signedClient.ts';
import { sealText } from '../../platform/ageStream.ts';
import { ageDecrypt } from '../vault/custodyTools.testSupport.ts';
import { commandsFor } from './commands.ts';
import { createCustomerKeyHandlers } from './customerKeyHandlers.ts';

describe('customer keys, on a real MinIO', () => {
  let stack: TestStack;
  let client: ObjectClient;
  let handlers: ReturnType<typeof createCustomerKeyHandlers>;
  const stackId = 'test';
  const call = { signal: new AbortController().signal, host: 'cli' as const };
  const passphrase = 'correct horse battery';
  const answers: unknown[] = [];
  const made: CustomerKey[] = [];
  const bytes = randomBytes(32);
  const work = new Map<string, CustomerKeyWork[]>();
  let exported = '';

  beforeAll(async () => {
    stack = await startTestStack();
    await stack.operator.createKey('minio-default');
    const endpoint = await startMinio(stack);
    client = createObjectClient(endpoint);
    const raw = createSignedClient(endpoint);
    await raw.demand({ method: 'PUT', path: ['bucket'] });
    await raw.close();
    handlers = createCustomerKeyHandlers({
      open: async () => stack.context,
      keyWork: async () => work,
      auditedCustomer: async () => ({ objects: 7, buckets: 2, at: '2026-11-22T10:00:00.000Z' }),
    });
  });
  afterAll(async () => {
    await client?.close();
    await stack?.stop();
  });

  it('makes two and takes one in', async () => {
    made.push(await handlers['objects.makeCustomerKey']({ stackId, name: 'Archive' }, call));
    made.push(await handlers['objects.makeCustomerKey']({ stackId, name: 'Backups' }, call));
    made.push(await handlers['objects.takeCustomerKey']({ stackId, name: 'Theirs 中文', key: new Secret(bytes.toString('hex')) }, call));
    answers.push(...made, await handlers['objects.customerKeys']({ stackId }, call));
    for (const key of made) expect(customerKey.strict().parse(key)).toEqual(key);
  });

  it('finds the key that opens an object, noted or not, and none for an object of another kind or of a foreign key', async () => {
    const keys = customerKeysOf(stack.context);
    const at = { bucket: 'bucket', key: 'theirs' };
    const id = made[2]?.id ?? '';
    const content = randomBytes(1_000);
    await client.put(at, content, { encrypt: { kind: 'sse-c', key: keys.secret(id) } });
    expect((await keys.find(client, at))?.id).toBe(id);
    await keys.used(id, 'bucket', ['theirs']);
    const found = await keys.find(client, at);
    expect((await buffer((await client.get(at, { customerKey: found?.key })).body)).equals(content)).toBe(true);

    // Commands of other tools say which key is meant, and never what it is.
    const snippets = await commandsFor(stack.context, at);
    for (const { notes } of snippets) expect(notes).toContainEqual(say('snippetCustomerKeyNamed', { name: 'Theirs 中文' }));
    answers.push(snippets);

    await client.put({ bucket: 'bucket', key: 'plain' }, content, { encrypt: { kind: 'sse-s3' } });
    expect(await keys.find(client, { bucket: 'bucket', key: 'plain' })).toBeUndefined();
    const foreign = new Secret(randomBytes(32).toString('base64'));
    await client.put({ bucket: 'bucket', key: 'foreign' }, content, { encrypt: { kind: 'sse-c', key: foreign } });
    expect(await keys.find(client, { bucket: 'bucket', key: 'foreign' })).toBeUndefined();
    await expect(keys.find(client, { bucket: 'bucket', key: 'nothing' })).rejects.toMatchObject({ code: 'objectMissing' });
  });

  it('exports keys into a file that the real age opens, and its recipe reads an object with the real mc', async () => {
    const ids = made.map(({ id }) => id);
    const short = handlers['objects.exportCustomerKeys']({ stackId, ids, passphrase: new Secret('too short') }, call);
    await expect(short).rejects.toMatchObject({ code: 'customerKeyPassphraseShort' });
    const file = await handlers['objects.exportCustomerKeys']({ stackId, ids, passphrase: new Secret(passphrase) }, call);
    answers.push(file);
    exported = file.content;
    expect(file.name).toMatch(/^[\w-]+-customer-keys-\d{4}-\d\d-\d\d\.age$/);
    const text = await ageDecrypt(file.content, passphrase);
    for (const { name, md5 } of made) for (const part of [name, md5]) expect(text).toContain(part);
    expect(text).toContain(`Key (base64):     ${bytes.toString('base64')}`);
    expect((await handlers['objects.customerKeys']({ stackId }, call)).keys.map(({ exportedAt }) => typeof exportedAt)).toEqual([
      'string',
      'string',
      'string',
    ]);

    const hex = text.split('Name:             Theirs')[1]?.match(/Key \(hex\): +([0-9a-f]{64})/)?.[1] ?? '';
    const recipe =
      text
        .match(/^ {4}mc .*$/m)?.[0]
        ?.trim()
        .replaceAll('ALIAS/BUCKET', 'sealdeck/bucket')
        .replaceAll('OBJECT', 'theirs') ?? '';
    const lines = [...mcAliasCommands(stack.context).map(({ line = '' }) => line), `SSE_C_KEY=${hex}`, recipe];
    expect((await runWithMc(stack, lines)).code).toBe(0);
    expect(await readFile(stack.context.folder.path('home/theirs'))).toHaveLength(1_000);
  });

  it('takes a key in as people have it, and says what is wrong with what is none', async () => {
    const take = (name: string, key: string) => handlers['objects.takeCustomerKey']({ stackId, name, key: new Secret(key) }, call);
    for (const form of [bytes.toString('base64'), bytes.toString('base64').replace('=', ''), ` ${bytes.toString('hex').toUpperCase()}\n`])
      await expect(take('Again', form)).rejects.toMatchObject({ code: 'customerKeyKnown', details: { name: 'Theirs 中文' } });
    const other = randomBytes(33);
    for (const form of [other.toString('hex'), other.toString('base64')])
      await expect(take('Long', form)).rejects.toMatchObject({ code: 'customerKeyWrongLength', details: { bytes: 33 } });
    for (const form of ['x', `${bytes.toString('base64').slice(0, -1)}!`, `${bytes.toString('hex')}g`, '=', ' '])
      await expect(take('None', form)).rejects.toMatchObject({ code: 'customerKeyUnreadable' });
    await expect(take('backups', other.subarray(1).toString('hex'))).rejects.toMatchObject({ code: 'customerKeyNameTaken' });
    expect((await handlers['objects.customerKeys']({ stackId }, call)).keys).toHaveLength(3);
  });

  it('says what is known to need a key', async () => {
    const [archive, , theirs] = made;
    const one: CustomerKeyWork = { kind: 'upload', id: 'u1', where: 'bucket/', done: 1, state: 'open', at: '2026-11-22T10:00:00.000Z' };
    work.set(theirs?.id ?? '', [one]);
    const use = await handlers['objects.customerKeyUse']({ stackId, id: theirs?.id ?? '' }, call);
    expect(use).toEqual({
      key: expect.objectContaining({ name: 'Theirs 中文', objects: 1 }),
      buckets: [{ bucket: 'bucket', names: 1, sample: ['theirs'], folders: [] }],
      work: [one],
      audited: { objects: 7, buckets: 2, at: '2026-11-22T10:00:00.000Z' },
    });
    answers.push(use);
    const { keys } = await handlers['objects.customerKeys']({ stackId }, call);
    expect(keys.map(({ name, uploads, runs }) => [name, uploads, runs])).toEqual([
      ['Archive', 0, 0],
      ['Backups', 0, 0],
      ['Theirs 中文', 1, 0],
    ]);
    const busy: CustomerKeyWork = { ...one, state: 'runs' };
    work.set(archive?.id ?? '', [busy]);
    await expect(handlers['objects.removeCustomerKey']({ stackId, id: archive?.id ?? '', typed: 'Archive' }, call)).rejects.toMatchObject({
      code: 'customerKeyInUse',
      details: { name: 'Archive', where: 'bucket/' },
    });
    work.clear();
  });

  it('removes a key only under its own name', async () => {
    const [archive] = made;
    const input = { stackId, id: archive?.id ?? '' };
    await expect(handlers['objects.removeCustomerKey']({ ...input, typed: 'archive' }, call)).rejects.toMatchObject({
      code: 'customerKeyNameDiffers',
    });
    answers.push(await handlers['objects.removeCustomerKey']({ ...input, typed: 'Archive' }, call));
    await expect(handlers['objects.removeCustomerKey']({ ...input, typed: 'Archive' }, call)).rejects.toMatchObject({
      code: 'customerKeyMissing',
    });
  });

  it('takes the keys of an export in again: what is gone comes back under its name, which opens what it wrote', async () => {
    const bring = (content: string, words: string) =>
      handlers['objects.importCustomerKeys']({ stackId, content, passphrase: new Secret(words) }, call);
    await expect(bring(exported, 'another passphrase')).rejects.toMatchObject({ code: 'customerKeyFilePassphrase' });
    await expect(bring(exported.slice(0, 400), passphrase)).rejects.toMatchObject({ code: 'customerKeyFileNotAge' });
    await expect(bring('Key (base64): none', passphrase)).rejects.toMatchObject({ code: 'customerKeyFileNotAge' });
    const empty = await sealText(new Secret('Exported: 2026-11-22T10:00:00.000Z\n\nno key'), new Secret(passphrase), 10);
    await expect(bring(empty, passphrase)).rejects.toMatchObject({ code: 'customerKeyFileNoKeys' });

    // Its name is another key's by now, and the third one is gone, too.
    const [archive, , theirs] = made;
    await handlers['objects.makeCustomerKey']({ stackId, name: 'archive' }, call);
    await handlers['objects.removeCustomerKey']({ stackId, id: theirs?.id ?? '', typed: 'Theirs 中文' }, call);
    const outcome = await bring(exported, passphrase);
    answers.push(outcome);
    expect(outcome.known).toEqual([{ name: 'Backups', as: 'Backups' }]);
    expect(outcome.taken).toEqual([
      expect.objectContaining({ id: archive?.id, name: 'Archive (2)', was: 'Archive', createdAt: archive?.createdAt }),
      expect.objectContaining({ id: theirs?.id, name: 'Theirs 中文', objects: 0, exportedAt: expect.any(String) }),
    ]);
    const keys = customerKeysOf(stack.context);
    expect((await keys.find(client, { bucket: 'bucket', key: 'theirs' }))?.id).toBe(theirs?.id);
    expect(bytesOf(keys.secret(theirs?.id ?? '')).equals(bytes)).toBe(true);
    expect((await bring(exported, passphrase)).taken).toEqual([]);
  });

  it('tells their bytes nowhere: no answer, no journal, no file of the stack', async () => {
    const keys = customerKeysOf(stack.context);
    const all = [bytes, ...keys.list().map(({ id }) => Buffer.from(keys.secret(id).reveal(), 'base64'))];
    const forms = all.flatMap((key) => [key.toString('base64'), key.toString('base64url'), key.toString('hex'), key.toString('latin1')]);
    const told = JSON.stringify([answers, stack.journal]);
    expect(forms.filter((form) => told.includes(form))).toEqual([]);
    expect(stack.journal.map(({ code }) => code)).toEqual([
      'customerKeyDidMake',
      'customerKeyDidMake',
      'customerKeyDidTake',
      'customerKeyDidExport',
      'customerKeyDidRemove',
      'customerKeyDidMake',
      'customerKeyDidRemove',
      'customerKeyDidImport',
    ]);
    // mc takes it as an argument, and the test notes its arguments.
    await writeFile(stack.context.folder.path('home/arguments'), '');
    expect(leaks(stack.context.folder.path('.'), forms, [])).toEqual([]);
  });
});
