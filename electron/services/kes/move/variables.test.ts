import { describe, expect, it } from 'vitest';
import { minioOf } from './deployment.ts';
import { kesUrlOf, loginOf } from './look.ts';
import { moveVariables } from './variables.ts';

const served = { names: ['IP Address:127.0.0.1'], port: 7373, folder: '/srv/minio' };
const found = (lines: string) => moveVariables(minioOf(lines), served).map(({ name, now, must }) => [name, now, must]);

describe('MinIO’s variables of the guide', () => {
  it('name what today’s MinIO does not take, with the line of today', () => {
    expect(
      found(
        'export MINIO_KMS_KES_ENDPOINT=https://localhost:7373\nexport MINIO_KMS_KES_CA_PATH=kes-tls.crt\nexport MINIO_ACCESS_KEY=minio\nexport MINIO_SECRET_KEY=minio123\nexport MINIO_KMS_AUTO_ENCRYPTION=on',
      ),
    ).toEqual([
      ['MINIO_KMS_KES_ENDPOINT', 'MINIO_KMS_KES_ENDPOINT=https://127.0.0.1:7373', true],
      ['MINIO_KMS_KES_CA_PATH', 'MINIO_KMS_KES_CAPATH=/srv/minio/kes-tls.crt', true],
      ['MINIO_ACCESS_KEY', 'MINIO_ROOT_USER=minio', false],
      ['MINIO_SECRET_KEY', `MINIO_ROOT_PASSWORD=\${MINIO_SECRET_KEY}`, false],
      ['MINIO_KMS_AUTO_ENCRYPTION', undefined, false],
    ]);
  });

  it('say nothing where everything is of today', () => {
    expect(
      found('MINIO_KMS_KES_ENDPOINT=https://127.0.0.1:7373\nMINIO_KMS_KES_CAPATH=/etc/kes.crt\nMINIO_ROOT_USER=a\nMINIO_ROOT_PASSWORD=b'),
    ).toEqual([]);
  });

  it('take a name with a wildcard for what it covers, and no more', () => {
    const wild = { ...served, names: ['DNS:*.example.net'] };
    const of = (host: string) => moveVariables(new Map([['MINIO_KMS_KES_ENDPOINT', `https://${host}:7373`]]), wild).length;
    expect([of('kes.example.net'), of('a.kes.example.net'), of('example.net')]).toEqual([0, 1, 1]);
  });

  it('are read from a unit, too, and never show the password', () => {
    const unit =
      '[Service]\nEnvironment="MINIO_ACCESS_KEY=minio" "MINIO_SECRET_KEY=a secret"\nExecStart=/usr/local/bin/minio server /data\n';
    expect(loginOf(minioOf(unit))).toEqual({ user: 'minio', password: 'a secret' });
    expect(JSON.stringify(moveVariables(minioOf(unit), served))).not.toContain('a secret');
  });
});

describe('the address of the old KES', () => {
  const url = (address: string, ...serverNames: string[]) => kesUrlOf({ config: { address } as never, serverNames });
  it('is one that its certificate names, where it listens everywhere', () => {
    expect(url('0.0.0.0:7373', 'DNS:localhost', 'IP Address:127.0.0.1')).toBe('https://127.0.0.1:7373');
    expect(url(':7373', 'DNS:kes.example.net')).toBe('https://kes.example.net:7373');
    expect(url('10.1.2.3:7000', 'IP Address:127.0.0.1')).toBe('https://10.1.2.3:7000');
    expect(url('[::]:7373', 'IP Address:0:0:0:0:0:0:0:1')).toBe('https://[0:0:0:0:0:0:0:1]:7373');
    expect(url('0.0.0.0:7373')).toBeUndefined();
  });
});
