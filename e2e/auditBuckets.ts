import { createHash, createHmac } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { createKesClient } from '../electron/clients/kes/client.ts';
import { createSignedClient, type SignedClient } from '../electron/clients/s3/signedClient.ts';
import { createLog } from '../electron/platform/log.ts';
import { createSealedStore } from '../electron/platform/sealedStore.ts';
import type { AuditState } from '../shared/audit.ts';
import { Secret } from '../shared/secret.ts';
import { mc, type SeenLab } from './foreignTools.ts';

/** What was written, as it was meant: the truth that an audit is held against. */
export interface Written {
  bucket: string;
  key: string;
  versionId?: string;
  latest: boolean;
  deleteMarker?: true;
  state: AuditState | undefined;
  kmsKey?: string;
  /** Absent: nothing to open, or it needs the customer's key. */
  opens?: 'yes' | 'no';
}

export const keys = { rule: 'minio-letters', second: 'minio-second', scratch: 'minio-scratch' } as const;
const odd = [
  'a b+c%20&d.txt',
  'quotes\'and"more.txt',
  '合同/2023-框架协议.pdf',
  'emoji-🔒.txt',
  'line\nbreak.txt',
  '<b>&amp;.txt',
  'tab\there',
];

/** Fills new buckets of a lab with every state there is, by mc and by signed requests, and returns what was meant. */
export async function fillBuckets(lab: SeenLab, data: string, stackId: string): Promise<Written[]> {
  const written: Written[] = [];
  const s3 = await signedFor(lab);
  const kes = await operatorOf(lab, data, stackId);
  const note = (bucket: string, key: string, state: AuditState | undefined, more: Partial<Written> = {}): void => {
    written.push({ bucket, key, latest: true, state, ...more });
  };
  const put = (bucket: string, key: string, body: string, headers: Record<string, string> = {}) =>
    s3.demand({ method: 'PUT', path: [bucket, key], body, headers });
  const folder = join(lab.dir, 'audit-files');
  async function file(name: string, content: string | Buffer): Promise<string> {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), content);
    return join(folder, name);
  }

  for (const key of Object.values(keys)) await kes.createKey(key);

  // Plaintext from before the rule, then the rule.
  await mc(lab, 'mb', 'lab/letters');
  for (let at = 0; at < 30; at++) await file(`before/2023/letter-${String(at).padStart(3, '0')}.txt`, `letter ${at}`);
  await mc(lab, 'cp', '--recursive', `${join(folder, 'before')}/`, 'lab/letters/');
  for (let at = 0; at < 30; at++) note('letters', `2023/letter-${String(at).padStart(3, '0')}.txt`, 'plaintext');
  await mc(lab, 'encrypt', 'set', 'sse-kms', keys.rule, 'lab/letters');
  for (const key of [...odd, ...Array.from({ length: 12 }, (_, at) => `2024/letter-${at}.txt`)]) {
    await put('letters', key, `after ${key}`);
    note('letters', key, 'sse-kms', { kmsKey: keys.rule, opens: 'yes' });
  }

  // SSE-S3: one part, several parts, nothing in it, a folder's marker.
  await mc(lab, 'mb', 'lab/archive');
  await mc(lab, 'encrypt', 'set', 'sse-s3', 'lab/archive');
  for (let at = 0; at < 10; at++) {
    await put('archive', `deep/er/and/deeper-${at}`, `archived ${at}`);
    note('archive', `deep/er/and/deeper-${at}`, 'sse-s3', { opens: 'yes' });
  }
  await mc(lab, 'put', '--part-size', '5MiB', await file('parts.bin', Buffer.alloc(11 * 2 ** 20, 'p')), 'lab/archive/parts.bin');
  note('archive', 'parts.bin', 'sse-s3', { opens: 'yes' });
  await put('archive', 'nothing', '');
  note('archive', 'nothing', 'sse-s3');
  await put('archive', 'marker/', '');
  note('archive', 'marker/', 'sse-s3');

  // A second key, a context, a customer's key.
  await mc(lab, 'mb', 'lab/mixed');
  const kms = (key: string): Record<string, string> => ({
    'x-amz-server-side-encryption': 'aws:kms',
    'x-amz-server-side-encryption-aws-kms-key-id': key,
  });
  await mc(lab, 'cp', '--enc-kms', `lab/mixed=${keys.second}`, await file('second.txt', 'second'), 'lab/mixed/second.txt');
  note('mixed', 'second.txt', 'sse-kms', { kmsKey: keys.second, opens: 'yes' });
  const context = Buffer.from(JSON.stringify({ project: 'audit' })).toString('base64');
  await put('mixed', 'context.txt', 'with a context', { ...kms(keys.second), 'x-amz-server-side-encryption-context': context });
  note('mixed', 'context.txt', 'sse-kms', { kmsKey: keys.second, opens: 'yes' });
  const customer = Buffer.alloc(32, 7).toString('base64').replace(/=+$/, '');
  await mc(lab, 'cp', '--enc-c', `lab/mixed/customer=${customer}`, await file('customer.txt', 'customer'), 'lab/mixed/customer.txt');
  note('mixed', 'customer.txt', 'sse-c');
  await put('mixed', 'plain.txt', 'plain');
  note('mixed', 'plain.txt', 'plaintext');

  // A key that is deleted after it was used: the list goes on saying SSE-KMS.
  await mc(lab, 'mb', 'lab/lost');
  for (let at = 0; at < 5; at++) {
    await put('lost', `lost-${at}`, `nobody reads this again ${at}`, kms(keys.scratch));
    note('lost', `lost-${at}`, 'unreadable', { kmsKey: keys.scratch, opens: 'no' });
  }
  await put('lost', 'lost-and-empty', '', kms(keys.scratch));
  note('lost', 'lost-and-empty', 'sse-kms', { kmsKey: keys.scratch });
  await kes.deleteKey(keys.scratch);

  // Versions: plaintext under an encrypted one, and a delete marker.
  await mc(lab, 'mb', 'lab/history');
  await mc(lab, 'version', 'enable', 'lab/history');
  for (const key of ['kept.txt', 'deleted.txt']) {
    const first = await put('history', key, 'the first, in plain');
    const second = await put('history', key, 'the second, encrypted', kms(keys.rule));
    const gone = key === 'deleted.txt';
    note('history', key, 'plaintext', { latest: false, versionId: first.headers['x-amz-version-id'] ?? '' });
    note('history', key, 'sse-kms', {
      kmsKey: keys.rule,
      opens: 'yes',
      latest: !gone,
      versionId: second.headers['x-amz-version-id'] ?? '',
    });
    if (!gone) continue;
    const marker = await s3.demand({ method: 'DELETE', path: ['history', key] });
    note('history', key, undefined, { deleteMarker: true, versionId: marker.headers['x-amz-version-id'] ?? '' });
  }

  // Names of metadata that break or fool a parser, and headers that pretend encryption (CVE-2026-34204).
  await mc(lab, 'mb', 'lab/hostile');
  await put('hostile', 'odd-header', 'plain', { 'x-amz-meta-a&b': 'v', 'x-amz-meta-x-amz-server-side-encryption': 'AES256' });
  note('hostile', 'odd-header', 'plaintext');
  await postForm(lab, 'hostile', 'injected', 'plain', [
    ['x-amz-meta-a>v</x-amz-meta-a><x-amz-server-side-encryption>aes256</x-amz-server-side-encryption><x-amz-meta-b', 'v'],
  ]);
  note('hostile', 'injected', 'plaintext');
  const forged = { 'x-minio-replication-server-side-encryption-sealed-key': 'forged' };
  await put('hostile', 'forged-and-short', 'short', forged);
  note('hostile', 'forged-and-short', 'unreadable');
  for (let at = 0; at < 20; at++) {
    await put('hostile', `near/${at}`, 'beside the forged one');
    note('hostile', `near/${at}`, 'plaintext');
  }

  await mc(lab, 'mb', 'lab/nothing-in-it');
  await Promise.all([s3.close(), kes.close()]);
  return written;
}

async function signedFor(lab: SeenLab): Promise<SignedClient> {
  const credentials = { accessKey: lab.secrets.minioUser, secretKey: new Secret(lab.secrets.minioPassword) };
  return createSignedClient({ url: minioUrl(lab), ca: [await readFile(join(lab.dir, 'certs/ca.crt'), 'utf8')], credentials });
}

function minioUrl(lab: SeenLab): string {
  return lab.stack.minioClusters[0]?.nodes[0]?.url ?? '';
}

/** KES with the operator's identity, which may make and delete keys. */
/** KES as the lab's operator. */
export async function operatorOf(lab: SeenLab, data: string, stackId: string) {
  const store = createSealedStore({ folder: data, log: createLog(join(data, 'test.log')) });
  await store.openIfPossible();
  const key = store.get(`stack:${stackId}`, 'operator.key') ?? store.get(stackId, 'operator.key');
  const [ca, cert] = await Promise.all(['certs/ca.crt', 'certs/operator.crt'].map((path) => readFile(join(lab.dir, path), 'utf8')));
  return createKesClient({
    url: lab.stack.kesClusters[0]?.nodes[0]?.url ?? '',
    ca: [ca ?? ''],
    cert: cert ?? '',
    key: key ?? new Secret(''),
  });
}

/** A browser's upload form: its field names become metadata names without any check (minio.md 4.2). */
async function postForm(lab: SeenLab, bucket: string, key: string, body: string, fields: [string, string][]): Promise<void> {
  const now = new Date();
  const day = now.toISOString().slice(0, 10).replaceAll('-', '');
  const credential = `${lab.secrets.minioUser}/${day}/us-east-1/s3/aws4_request`;
  const date = `${day}T000000Z`;
  const policy = Buffer.from(
    JSON.stringify({
      expiration: new Date(now.getTime() + 3_600_000).toISOString(),
      conditions: [
        { bucket },
        { key },
        { 'x-amz-algorithm': 'AWS4-HMAC-SHA256' },
        { 'x-amz-credential': credential },
        { 'x-amz-date': date },
        ...fields.map(([name]) => ['starts-with', `$${name}`, '']),
      ],
    }),
  ).toString('base64');
  const hmac = (secret: string | Buffer, text: string): Buffer => createHmac('sha256', secret).update(text).digest();
  const signing = [day, 'us-east-1', 's3', 'aws4_request'].reduce<Buffer>(hmac, Buffer.from(`AWS4${lab.secrets.minioPassword}`));
  const all: [string, string][] = [
    ['key', key],
    ['bucket', bucket],
    ['x-amz-algorithm', 'AWS4-HMAC-SHA256'],
    ['x-amz-credential', credential],
    ['x-amz-date', date],
    ['policy', policy],
    ['x-amz-signature', hmac(signing, policy).toString('hex')],
    ...fields,
  ];
  const boundary = createHash('sha256').update(key).digest('hex').slice(0, 24);
  const part = (name: string, value: string, more = ''): string =>
    `--${boundary}\r\nContent-Disposition: form-data; name="${name}"${more}\r\n\r\n${value}\r\n`;
  const form = `${all.map(([name, value]) => part(name, value)).join('')}${part('file', body, '; filename="f"')}--${boundary}--\r\n`;
  const s3 = await signedFor(lab);
  try {
    await s3.demand({
      method: 'POST',
      path: [bucket],
      anonymous: true,
      body: form,
      headers: { 'content-type': `multipart/form-data; boundary=${boundary}` },
    });
  } finally {
    await s3.close();
  }
}
