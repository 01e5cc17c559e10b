import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { stopProcess, waitUntil } from '../electron/clients/kes/kes.testSupport.ts';
import { createS3 } from '../electron/clients/s3/s3Client.ts';
import { freePort } from '../electron/platform/ports.ts';
import { ensureServers } from '../servers/get.ts';
import { Secret } from '../shared/secret.ts';
import { call } from './cli.ts';
import { mc, openPracticeLab } from './foreignTools.ts';
import { expect } from './host.ts';
import { test } from './lab.ts';
import { expectAccessible } from './window.ts';

const names = ['a', 'b', 'c'].map((name) => `papers/${name}`);

// The old server's own age, direct Vault, is copy.real.test.ts; here any other MinIO stands in its place.
test('objects of another MinIO are copied into the lab, encrypted and compared, and a conflict is named', async ({
  window: page,
  lab,
  place,
}) => {
  const seen = await openPracticeLab(lab.dir, lab.data, lab.stackId);
  const { minio } = await ensureServers(['minio']);
  const url = `https://127.0.0.1:${await freePort()}`;
  const certs = join(lab.dir, 'minio/certs');
  const args = ['server', '--certs-dir', certs, '--address', new URL(url).host, join(place.folder, 'old-data')];
  const old = spawn(minio, args, {
    stdio: 'ignore',
    env: { HOME: place.folder, MINIO_ROOT_USER: 'old-root', MINIO_ROOT_PASSWORD: 'old-password' },
  });
  const ca = await readFile(join(lab.dir, 'certs/ca.crt'), 'utf8');
  const s3 = createS3({ url, ca: [ca], credentials: { accessKey: 'old-root', secretKey: new Secret('old-password') } });
  try {
    await waitUntil(() =>
      s3.listBuckets().then(
        () => true,
        () => false,
      ),
    );
    await s3.createBucket('archive');
    for (const name of names) await s3.putObject('archive', name, Readable.from([`content of ${name}`]), { length: 11 + name.length });
    const data = ['--data', lab.data];
    const { place: proposed } = (await call(data, 'setup.propose', {
      folder: join(place.folder, 'old'),
      name: 'old',
      product: 'openbao',
    })) as {
      place: object;
    };
    const none = { way: 'none' };
    const servers = { vault: none, kes: none, minio: { way: 'api', url } };
    const { stackId } = await call(data, 'setup.create', { place: { ...proposed, servers } });
    const credential = { kind: 'minioKeys', accessKey: 'old-root', secretKey: 'old-password' };
    await call(data, 'connect.save', { stackId, kind: 'minio', trust: { kind: 'file', pem: ca }, credential });
    await call(data, 'connect.finish', { stackId });
    await call(data, 'settings.write', { currentStack: lab.stackId });

    await test.step('it is planned with counts, and with what stays behind', async () => {
      await page.reload();
      await page.getByRole('link', { name: 'MinIO', exact: true }).click();
      await page.getByRole('link', { name: 'MinIO variables' }).click();
      await page.getByLabel('Or paste its lines').fill('MINIO_KMS_VAULT_ENDPOINT=https://vault:8200');
      await page.getByRole('button', { name: 'Read', exact: true }).click();
      await page.getByRole('link', { name: 'Copy from an old MinIO' }).click();
      await expect(page.getByRole('combobox', { name: 'Read from' })).toHaveValue('old');
      await page.getByRole('button', { name: 'Look what is there' }).click();
      await expect(page.getByText('3 objects, 57 B, about 1 minute.')).toBeVisible();
      await expect(page.getByRole('row', { name: /archive/ })).toContainText('no such bucket');
      await expect(page.getByText('Users, policies, bucket rules and settings stay behind', { exact: false })).toBeVisible();
      await expectAccessible(page);
    });

    await test.step('all of it comes over, encrypted, as mc sees it', async () => {
      await page.getByRole('button', { name: 'Copy', exact: true }).press('Enter');
      await expect(page.getByText('3 objects copied, each read again and the same byte by byte.')).toBeVisible();
      for (const name of names) {
        const stat = await mc(seen, 'stat', `lab/archive/${name}`);
        expect(stat).toContain('SSE-KMS');
        expect(await mc(seen, 'cat', `lab/archive/${name}`)).toBe(`content of ${name}`);
      }
      await expectAccessible(page);
    });

    await test.step('what is another object here is left, and named', async () => {
      await mc(seen, 'cp', '--quiet', join(certs, 'public.crt'), 'lab/archive/papers/b');
      await page.getByRole('button', { name: 'Copy', exact: true }).click();
      await expect(page.getByText('2 copied; 1 object failed.')).toBeVisible();
      await expect(page.getByText('archive/papers/b is there already with another content')).toBeVisible();
      expect(await mc(seen, 'cat', 'lab/archive/papers/b')).toContain('BEGIN CERTIFICATE');
    });
  } finally {
    await s3.close();
    await stopProcess(old);
  }
});
