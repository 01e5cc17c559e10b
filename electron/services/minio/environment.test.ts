import { describe, expect, it } from 'vitest';
import { readEnvironment } from '../../clients/minioAdmin/environmentFile.ts';
import { differences, minioEnvironment, writeEnvironment } from './environment.ts';

const parts = {
  user: 'root',
  password: `a#b "c' =d\\`,
  endpoints: ['https://127.0.0.1:7373', 'https://kes-2:7373'],
  certFile: '/tmp/with blank/client.crt',
  keyFile: 'C:\\keys\\client.key',
  caPath: '/tmp/ca.crt',
  defaultKey: 'minio-default',
  autoEncryption: false,
};

describe('the environment file of MinIO', () => {
  it('gives every value back as MinIO reads it', () => {
    const environment = minioEnvironment(parts);
    expect(readEnvironment(writeEnvironment(environment))).toEqual(environment);
    expect(writeEnvironment(environment)).toContain('MINIO_KMS_KES_ENDPOINT=https://127.0.0.1:7373,https://kes-2:7373\n');
    expect(writeEnvironment(environment)).toContain('MINIO_KMS_KES_CERT_FILE="/tmp/with blank/client.crt"\n');
  });

  it.each(["'quoted'", '"quoted"', ' blank at the ends ', '$HOME `id`'])('keeps the value %s as it is', (value) => {
    const environment = minioEnvironment({ ...parts, password: value });
    expect(readEnvironment(writeEnvironment(environment)).get('MINIO_ROOT_PASSWORD')).toBe(value);
  });

  it('refuses a line break', () => {
    const sneaky = minioEnvironment({ ...parts, caPath: '/tmp/x\nMINIO_ROOT_USER=me' });
    expect(() => writeEnvironment(sneaky)).toThrow(
      expect.objectContaining({ code: 'environmentValueRefused', details: { name: 'MINIO_KMS_KES_CAPATH' } }),
    );
  });

  it('writes only the names of today', () => {
    const names = [...minioEnvironment({ ...parts, autoEncryption: true }).keys()];
    expect(names).toContain('MINIO_KMS_AUTO_ENCRYPTION');
    for (const old of ['MINIO_ACCESS_KEY', 'MINIO_SECRET_KEY', 'MINIO_KMS_KES_CA_PATH', 'MINIO_KMS_MASTER_KEY'])
      expect(names).not.toContain(old);
  });

  it('tells changed settings from removed ones, and looks only at the key manager’s', () => {
    const wanted = minioEnvironment(parts);
    const running = Object.fromEntries(wanted);
    expect(differences({ ...running, MINIO_ROOT_PASSWORD: '*** EXISTS, REDACTED ***' }, wanted)).toEqual({ changed: [], removed: [] });
    expect(differences({ ...running, MINIO_KMS_KES_KEY_NAME: 'other', MINIO_KMS_AUTO_ENCRYPTION: 'on' }, wanted)).toEqual({
      changed: ['MINIO_KMS_KES_KEY_NAME'],
      removed: ['MINIO_KMS_AUTO_ENCRYPTION'],
    });
  });
});
