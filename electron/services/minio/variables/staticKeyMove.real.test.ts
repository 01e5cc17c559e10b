import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Secret } from '../../../../shared/secret.ts';
import { withMinioAdmin } from '../../../clients/minioAdmin/forStack.ts';
import { withS3 } from '../../../clients/s3/forStack.ts';
import { runWithMc, startMinio, startTestStack, type TestStack } from '../../../clients/s3/minio.testSupport.ts';
import { readPlaces } from './read.ts';
import { readRunning } from './running.ts';
import { readStaticKey, type StaticKey } from './staticKey.ts';
import { importStaticKey, type MoveDeps, proveStaticKey } from './staticKeyMove.ts';
import { today } from './today.ts';
import { writeVariables } from './write.ts';

const name = 'minio-static';
const { signal } = new AbortController();
const contents = new Map(['one', 'two', 'three', 'four'].map((key) => [key, randomBytes(70_000)]));

/** One real MinIO, from a guide's hex key to KES. The tests go on from each other. */
describe('a static key of MinIO', () => {
  let stack: TestStack;
  let dataFolder: string;
  let deps: MoveDeps;
  let key: StaticKey;
  let lines: string[];

  beforeAll(async () => {
    stack = await startTestStack();
    // KES knows one identity here: Sealdeck and MinIO share it.
    await stack.context.folder.write('certs/operator.crt', stack.kes.client.cert, 0o600);
    await stack.context.secrets.set('operator.key', stack.kes.client.key);
    await stack.context.update((document) => ({
      ...document,
      identities: [
        ...document.identities.filter(({ purpose }) => purpose !== 'operator'),
        { id: 'operator', hash: '', purpose: 'operator', certFile: 'certs/operator.crt' },
      ],
    }));
    dataFolder = await mkdtemp(join(tmpdir(), 'sealdeck-static-'));
    deps = { dataFolder, kesFromHere: (access, wanted) => stack.minioDeps.kesFromHere(access, wanted) };
    const old = `MINIO_KMS_MASTER_KEY=${name}:${randomBytes(32).toString('hex')}\n`;
    const [place] = readPlaces(old, 'minio.env');
    const values = today(place ?? { form: 'environment', name: '', entries: [], elsewhere: [] }).values;
    const [file] = writeVariables({ values, form: 'environment', secretsAs: 'inline', secret: (_name, value) => value });
    lines = (file?.content ?? '').trim().split('\n');
    const read = readStaticKey(values.get('MINIO_KMS_SECRET_KEY') ?? '');
    if (!read) throw new Error('the key was not read');
    key = read;
  });
  afterAll(async () => {
    await stack?.stop();
    await rm(dataFolder, { recursive: true, force: true });
  });

  const restart = async (withLines: string[]): Promise<void> => {
    await stack.context.servers.stop('minio');
    await startMinio(stack, withLines);
  };
  const kesLines = (): string[] => {
    const { folder } = stack.context;
    return [
      `MINIO_KMS_KES_ENDPOINT=${stack.kes.url}`,
      `MINIO_KMS_KES_CERT_FILE="${folder.path('certs/minio-client.crt')}"`,
      `MINIO_KMS_KES_KEY_FILE="${folder.path('certs/minio-client.key')}"`,
      `MINIO_KMS_KES_CAPATH="${folder.path('certs/ca.crt')}"`,
      `MINIO_KMS_KES_KEY_NAME=${name}`,
    ];
  };
  const aliceSees = async (): Promise<string> => {
    const { host } = new URL(stack.context.stack.minioClusters[0]?.nodes[0]?.url ?? '');
    const alias = `export MC_HOST_root="https://$MINIO_ROOT_USER:$MINIO_ROOT_PASSWORD@${host}" MC_HOST_alice="https://alice:alice-password@${host}"`;
    const add = 'mc --insecure admin user add root alice alice-password; mc --insecure admin policy attach root readwrite --user alice';
    const { output } = await runWithMc(stack, [
      `${alias}; ${lines.length > 0 ? add : 'true'} || true; mc --insecure ls alice 2>&1 || true`,
    ]);
    lines = [];
    return output;
  };

  it('of a guide’s hex form runs today’s MinIO in base64, which seals with it', async () => {
    await startMinio(stack, lines);
    const status = await withMinioAdmin(stack.context, (admin) => admin.kmsStatus());
    expect(status).toMatchObject({ name: 'MinIO builtin', defaultKey: name });
    await withS3(stack.context, async (s3) => {
      await s3.createBucket('sealed');
      for (const [object, bytes] of contents)
        await s3.putObject('sealed', object, Readable.from([bytes]), { length: bytes.length, sse: { kind: 'sse-s3' } });
    });
    expect(await aliceSees()).toContain('sealed');
  });

  it('stands among what MinIO itself says that it runs with, without its value', async () => {
    const running = await withMinioAdmin(stack.context, readRunning);
    expect(running).toMatchObject({ differing: [], kms: { name: 'MinIO builtin', defaultKey: name, keys: 1, keyWorks: true } });
    const [node] = running.nodes;
    expect(node?.variables.find(({ name: variable }) => variable === 'MINIO_KMS_SECRET_KEY')).toEqual({
      name: 'MINIO_KMS_SECRET_KEY',
      line: 0,
      secret: true,
      standing: 'works',
      carried: true,
    });
    expect(node?.findings).toEqual([]);
    expect(JSON.stringify(running)).not.toContain(key.material);
  });

  it('is refused where KES has another key of that name, where MinIO has another one, and where KES knows no such name', async () => {
    await stack.operator.importKey(name, new Secret(randomBytes(32).toString('base64')));
    await expect(importStaticKey(deps, stack.context, key, signal)).rejects.toMatchObject({ code: 'staticKeyTaken', details: { name } });
    await stack.operator.deleteKey(name);
    const other = { ...key, name: 'minio-other' };
    await expect(importStaticKey(deps, stack.context, other, signal)).rejects.toMatchObject({ code: 'staticKeyOther' });
    const dotted = { ...key, name: 'my.key' };
    await expect(importStaticKey(deps, stack.context, dotted, signal)).rejects.toMatchObject({ code: 'staticKeyName' });
    await expect(proveStaticKey(deps, stack.context, signal)).rejects.toMatchObject({ code: 'staticKeyNone' });
    expect(await stack.operator.listKeys()).not.toContain(name);
  });

  it('is taken into KES under its own name after objects were read with it, and a second time changes nothing', async () => {
    const evidence = await importStaticKey(deps, stack.context, key, signal);
    expect(evidence.map(({ text: { code, params }, outcome }) => [code, params?.count, outcome])).toEqual([
      ['staticKeyRead', 3, 'ok'],
      ['staticKeyThere', undefined, 'ok'],
      ['staticKeyMinioMay', undefined, 'ok'],
    ]);
    await importStaticKey(deps, stack.context, key, signal);
    expect(stack.journal.filter(({ code }) => code === 'staticKeyJournal')).toHaveLength(1);
    const kept = await readFile(join(dataFolder, 'stacks', 'test', 'static-key.json'), 'utf8');
    expect(kept).not.toContain(key.material);
    await expect(proveStaticKey(deps, stack.context, signal)).rejects.toMatchObject({ code: 'staticKeyStill' });
  });

  it('leaves every object and user where they were once MinIO asks KES', async () => {
    await restart(kesLines());
    const evidence = await proveStaticKey(deps, stack.context, signal);
    expect(evidence.map(({ text }) => text)).toContainEqual({ code: 'staticKeyReadAgain', params: { count: 3 } });
    await withS3(stack.context, async (s3) => {
      for (const [object, bytes] of contents) {
        const { body } = await s3.getObject('sealed', object);
        expect(Buffer.concat(await body.toArray())).toEqual(bytes);
      }
    });
    expect(await aliceSees()).toContain('sealed');
  });

  it('whose bytes in KES are others is found, although MinIO is ready', async () => {
    await stack.operator.deleteKey(name);
    await stack.operator.importKey(name, new Secret(randomBytes(32).toString('base64')));
    await stack.context.servers.stop('minio');
    // KES forgets what it has cached.
    await expect.poll(() => stack.operator.generate(name).then(() => true), { timeout: 20_000 }).toBe(true);
    await startMinio(stack, kesLines());
    await expect(proveStaticKey(deps, stack.context, signal)).rejects.toMatchObject({
      code: expect.stringMatching(/^(?:minioIamNotLoaded|staticKeyLost)$/),
    });
  });
});
