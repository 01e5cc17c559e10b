import {
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { describe, expect, it } from 'vitest';
import { Secret } from '../../../shared/secret.ts';
import { canonicalRequest, canonicalUrl, emptyPayloadHash, sha256Hex, signRequest } from './sigv4.ts';

const credentials = { accessKey: 'any', secretKey: new Secret('minio123') };
const now = new Date('2026-01-01T00:00:00Z');
const base = 'https://minio.example.net:9000';

const vectors = [
  {
    name: 'a KMS status call',
    method: 'GET',
    url: canonicalUrl(base, ['minio', 'kms', 'v1', 'key', 'status'], { 'key-id': 'minio-key-1' }),
    region: 'us-east-1',
    payloadHash: emptyPayloadHash,
    canonical: '639c6a29be65445f88180eb4c59a7dd5d08c83ad0e268fe0283590429959f125',
    signature: '7b64efc1150b91ff44ea8070d7f19519332d60b6e6d31f41422268ea0c05bd82',
  },
  {
    name: 'the same in an empty region',
    method: 'GET',
    url: canonicalUrl(base, ['minio', 'kms', 'v1', 'key', 'status'], { 'key-id': 'minio-key-1' }),
    region: '',
    payloadHash: emptyPayloadHash,
    canonical: '639c6a29be65445f88180eb4c59a7dd5d08c83ad0e268fe0283590429959f125',
    signature: '8a2d52ddc941015854a68fd4808676685c144f477773590daa44cf98e9680960',
  },
  {
    name: 'a bare query name',
    method: 'PUT',
    url: new URL(`${base}/docs?encryption`),
    region: 'us-east-1',
    payloadHash: 'UNSIGNED-PAYLOAD',
    canonical: 'eb8e5c6ba8d4fc61dfe05429b7e8a6f1e70aa208c84221a5e6aa3ebd02ba12c5',
    signature: 'a5437325eb17e00b5cc374378ff5780206a439304386b03837e9d0ab4250ea2c',
  },
  {
    name: 'a listing with a prefix of every kind of character',
    method: 'GET',
    url: canonicalUrl(base, ['docs'], { prefix: 'a b/ü+(1)*', 'list-type': '2', metadata: 'true', 'max-keys': '1000' }),
    region: 'us-east-1',
    payloadHash: emptyPayloadHash,
    canonical: '915774866dccbffde72050c81ba16f2ec077e62ec561b78eb34e722b3e1673b1',
    signature: 'b1226d64033ae632bac06c93d2c812a1f79a36f9159bbc5aac187221bb209912',
  },
];

describe('signature V4', () => {
  it.each(vectors)('signs $name as the computed vector says', ({ method, url, region, payloadHash, canonical, signature }) => {
    const headers = { host: url.host, 'x-amz-content-sha256': payloadHash, 'x-amz-date': '20260101T000000Z' };
    const request = canonicalRequest(method, url, headers, ['host', 'x-amz-content-sha256', 'x-amz-date'], payloadHash);
    expect(sha256Hex(request)).toBe(canonical);
    expect(signRequest({ method, url, credentials, payloadHash, region, now }).authorization).toMatch(
      new RegExp(`Signature=${signature}$`),
    );
  });

  const odd = "中文/a b+c%20d/ü(1)!*'~";
  it.each([
    ['a plain key', new PutObjectCommand({ Bucket: 'docs', Key: 'plain.txt', Body: 'x' }), 'plain.txt'],
    ['a key with blanks, plus and percent', new PutObjectCommand({ Bucket: 'docs', Key: 'a b+c%20d', Body: 'x' }), 'a b+c%20d'],
    ['a key with every kind of character', new PutObjectCommand({ Bucket: 'docs', Key: odd, Body: 'x' }), odd],
    ['a key with two slashes', new PutObjectCommand({ Bucket: 'docs', Key: 'sub//folder', Body: 'x' }), 'sub//folder'],
    ['HEAD of a version', new HeadObjectCommand({ Bucket: 'docs', Key: odd, VersionId: 'a+b/c=' }), odd],
    ['the first byte', new GetObjectCommand({ Bucket: 'docs', Key: odd, Range: 'bytes=0-0' }), odd],
    ['a listing', new ListObjectsV2Command({ Bucket: 'docs', Prefix: odd, StartAfter: `${odd}//\n😀`, EncodingType: 'url' }), undefined],
    [
      'a listing of versions',
      new ListObjectVersionsCommand({ Bucket: 'docs', KeyMarker: `${odd}[minio_cache:v2]`, VersionIdMarker: 'null' }),
      undefined,
    ],
  ])('agrees with the signer of the SDK: %s', async (_, command, key) => {
    let seen: { method: string; path: string; query: Record<string, string>; headers: Record<string, string> } | undefined;
    const client = new S3Client({
      endpoint: base,
      region: 'us-east-1',
      forcePathStyle: true,
      credentials: { accessKeyId: credentials.accessKey, secretAccessKey: credentials.secretKey.reveal() },
      requestChecksumCalculation: 'WHEN_REQUIRED',
      requestHandler: {
        handle: async (request: NonNullable<typeof seen>) => {
          seen = request;
          throw new Error('seen enough');
        },
      },
    });
    await expect(client.send(command as PutObjectCommand)).rejects.toThrow('seen enough');
    if (!seen) throw new Error('the SDK sent nothing');

    // The SDK writes a bucket's path with a slash at its end.
    const url = canonicalUrl(base, ['docs', key ?? ''], seen.query);
    const signedNames = /SignedHeaders=([^,]+)/.exec(seen.headers.authorization ?? '')?.[1]?.split(';') ?? [];
    const time = seen.headers['x-amz-date'] ?? '';
    expect(url.pathname).toBe(seen.path);

    const at = new Date(time.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'));
    const ours = signRequest({
      method: seen.method,
      url,
      credentials,
      payloadHash: seen.method === 'PUT' ? sha256Hex('x') : emptyPayloadHash,
      now: at,
      signedHeaders: signedNames,
      headers: seen.headers,
    });
    expect(ours.authorization?.split('Signature=')[1]).toBe(seen.headers.authorization?.split('Signature=')[1]);
  });

  it('refuses half a letter, which has no UTF-8, in a name and in a query', () => {
    const refused = expect.objectContaining({ code: 'objectNameRefused' });
    expect(() => canonicalUrl(base, ['docs', 'a\ud800'])).toThrow(refused);
    expect(() => canonicalUrl(base, ['docs'], { prefix: '\udc00b' })).toThrow(refused);
    expect(canonicalUrl(base, ['docs', '\u{1f511}']).pathname).toBe('/docs/%F0%9F%94%91');
  });

  it('refuses a name that a URL would fold away', () => {
    expect(() => canonicalUrl(base, ['docs', '../minio/admin'])).toThrow(expect.objectContaining({ code: 'objectNameRefused' }));
  });
});
