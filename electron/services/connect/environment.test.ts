import { describe, expect, it } from 'vitest';
import { sentence } from '../../../shared/messages.ts';
import { readMinioEnvironment } from './environment.ts';

const good = `# MinIO
export MINIO_ROOT_USER=admin
MINIO_ROOT_PASSWORD="a-root-password"
MINIO_KMS_KES_ENDPOINT=https://kes-1:7373,https://kes-2:7373
MINIO_KMS_KES_KEY_NAME=minio-default
MINIO_KMS_KES_CERT_FILE=/etc/minio/kes.crt
MINIO_KMS_KES_KEY_FILE=/etc/minio/kes.key
MINIO_KMS_KES_CAPATH=/etc/minio/ca.crt
`;
const warnings = (content: string): string[] => readMinioEnvironment(content).warnings.map((text) => sentence('en', text));

describe('a MinIO environment file', () => {
  it('tells what it says of KES and MinIO, and nothing that is secret', () => {
    const { credentials, ...shown } = readMinioEnvironment(
      `${good}MINIO_NOTIFY_WEBHOOK_ENDPOINT=https://user:hook@x\nDB_URL=postgres://u:db-secret@h\nMINIO_KMS_KES_API_KEY=kes:v1:secret-key\n`,
    );
    expect(shown).toMatchObject({ kesUrl: 'https://kes-1:7373', defaultKey: 'minio-default', user: 'admin' });
    expect(shown.values).toContainEqual({ name: 'MINIO_KMS_KES_KEY_FILE', value: '/etc/minio/kes.key', secret: false });
    expect(shown.values).toContainEqual({ name: 'MINIO_ROOT_PASSWORD', secret: true });
    expect(JSON.stringify([shown, [...credentials]])).not.toMatch(/a-root-password|hook|db-secret|secret-key/);
    expect(credentials.get('minio')).toMatchObject({ kind: 'minio', user: 'admin' });
    expect(credentials.get('kes')).toMatchObject({ kind: 'kes' });
  });

  it.each([
    ['MINIO_SERVER_URL=https://user:a/tracer@minio:9000', 'https://minio:9000'],
    ['MINIO_VOLUMES="https://u:tra@cer/tracer@n1/d https://u:tracer@n2/d"', 'https://n1/d https://n2/d'],
    ['MINIO_BROWSER_REDIRECT_URL=https://minio/?token=tracer', 'https://minio/'],
    ['MINIO_OPTS="--console-address :9001 --anything tracer"', undefined],
    [`MINIO_SERVER_URL=https://${'u'.repeat(3000)}:tracer@minio`, '…'],
  ])('shows of an address or of options only what is no secret, %#', (line, value) => {
    const { credentials: _, ...shown } = readMinioEnvironment(line);
    expect(shown.values[0]?.value).toBe(value);
    expect(JSON.stringify(shown)).not.toContain('tracer');
  });

  it('names no secret in a complaint, and no user that is none', () => {
    const http = readMinioEnvironment('MINIO_KMS_KES_ENDPOINT=http://u:a/tracer@kes:7373');
    expect(JSON.stringify(http.warnings)).not.toContain('tracer');
    expect(readMinioEnvironment(`MINIO_ROOT_USER=${'x'.repeat(129)}`).user).toBeUndefined();
  });

  it('has nothing to complain of in a good one', () => expect(warnings(good)).toEqual([]));

  it.each([
    ['MINIO_ACCESS_KEY=minio', 'MINIO_ROOT_USER'],
    ['MINIO_SECRET_KEY_FILE=secret', 'MINIO_ROOT_PASSWORD_FILE'],
    ['MINIO_KMS_KES_CA_PATH=/ca', 'today it is MINIO_KMS_KES_CAPATH'],
    ['MINIO_KMS_MASTER_KEY=k:00', 'today it is MINIO_KMS_SECRET_KEY'],
    ['MINIO_SSE_VAULT_ENDPOINT=https://v', 'MINIO_KMS_KES_ENDPOINT'],
    ['MINIO_KMS_SECRET_KEY=k:x', 'Several key managers'],
    ['MINIO_KMS_KES_API_KEY=kes:v1:x', 'one or the other'],
    ['MINIO_KMS_AUTO_ENCRYPTION=yes', 'neither on nor off'],
    ['MINIO_ROOT_PASSWORD=short', 'fewer than 8'],
  ])('warns of %s', (line, words) => expect(warnings(good + line)).toEqual([expect.stringContaining(words)]));

  it('warns of what MinIO does not start with', () => {
    expect(warnings('MINIO_KMS_KES_ENDPOINT=http://u:p@kes:7373')).toEqual([
      'http://kes:7373 is not https: KES speaks TLS only',
      'MINIO_KMS_KES_KEY_NAME is missing: MinIO does not start',
      'MINIO_KMS_KES_CERT_FILE, MINIO_KMS_KES_KEY_FILE is missing: MinIO does not start',
      expect.stringContaining('MINIO_KMS_KES_CAPATH'),
    ]);
    expect(warnings('MINIO_KMS_AUTO_ENCRYPTION=on')).toEqual([expect.stringContaining('without a key manager')]);
  });

  it('proposes only an address of KES that can be dialled', () => {
    const kesUrl = (value: string) => readMinioEnvironment(`MINIO_KMS_KES_ENDPOINT=${value}`).kesUrl;
    expect(kesUrl('https://kes-{1...4}:7373,https://kes-5:7373/')).toBe('https://kes-5:7373');
    for (const none of ['', 'http://kes:7373', 'https://u:p@kes:7373', 'https://kes-{1...4}/x']) expect(kesUrl(none)).toBeUndefined();
  });

  it('survives what is no environment file', () =>
    expect(readMinioEnvironment('=\n===\n#\nexport\n{"a":1}\n')).toMatchObject({ values: [], warnings: [] }));
});
