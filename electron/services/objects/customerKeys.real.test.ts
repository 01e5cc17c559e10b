import { randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { buffer } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { leaks } from '../../../e2e/tracers.ts';
import { type CustomerKey, customerKey } from '../../../shared/objects.ts';
import { Secret } from '../../../shared/secret.ts';
import { customerKeysOf } from '../../clients/s3/customerKeys.ts';
import { mcAliasCommands } from '../../clients/s3/mcCommands.ts';
import { runWithMc, startMinio, startTestStack, type TestStack } from '../../clients/s3/minio.testSupport.ts';
import { createObjectClient } from '../../clients/s3/objectClient.ts';
import type { ObjectClient } from '../../clients/s3/objectTypes.ts';
import { createSignedClient } from '../../clients/s3/signedClient.ts';
import { ageDecrypt } from '../vault/custodyTools.testSupport.ts';
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

  beforeAll(async () => {
    stack = await startTestStack();
    await stack.operator.createKey('minio-default');
    const endpoint = await startMinio(stack);
    client = createObjectClient(endpoint);
    const raw = createSignedClient(endpoint);
    await raw.demand({ method: 'PUT', path: ['bucket'] });
    await raw.close();
    handlers = createCustomerKeyHandlers({ open: async () => stack.context });
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
    ]);
    // mc takes it as an argument, and the test notes its arguments.
    await writeFile(stack.context.folder.path('home/arguments'), '');
    expect(leaks(stack.context.folder.path('.'), forms, [])).toEqual([]);
  });
});
