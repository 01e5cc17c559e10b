import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { ensureServers } from '../../../../servers/get.ts';
import { Secret } from '../../../../shared/secret.ts';
import { waitUntil } from '../../../clients/kes/kes.testSupport.ts';
import { minioEndpoint } from '../../../clients/s3/forStack.ts';
import type { TestStack } from '../../../clients/s3/minio.testSupport.ts';
import { createS3 } from '../../../clients/s3/s3Client.ts';
import { freePort } from '../../../platform/ports.ts';

const policy = `path "transit/datakey/plaintext/old-key" { capabilities = ["read", "update"] }
path "transit/decrypt/old-key" { capabilities = ["read", "update"] }`;

/**
 * The MinIO of April 2021 in the place of a test stack's own, with Vault's transit engine as its key manager and nothing between them:
 * real OpenBao, real old MinIO. It starts only with MINIO_KMS_VAULT_DEPRECATION=off.
 */
export async function startLegacyVaultMinio({ context }: TestStack): Promise<{ variables: Record<string, string>; stop(): Promise<void> }> {
  const binaries = await ensureServers(['openbao', 'minio-legacy']);
  const home = await mkdtemp(join(tmpdir(), 'sealdeck-legacy-'));
  const started: ReturnType<typeof spawn>[] = [];
  const run = (binary: string, args: string[], env: Record<string, string> = {}): void => {
    started.push(spawn(binary, args, { env: { PATH: process.env.PATH, HOME: home, ...env }, stdio: 'ignore' }));
  };
  const stop = async (): Promise<void> => {
    for (const child of started.toReversed()) child.kill('SIGKILL');
    await rm(home, { recursive: true, force: true });
  };
  try {
    const vault = `http://127.0.0.1:${await freePort()}`;
    run(binaries.openbao, [
      'server',
      '-dev',
      '-dev-no-store-token',
      '-dev-root-token-id=root',
      `-dev-listen-address=${new URL(vault).host}`,
    ]);
    const ask = async (method: string, path: string, body?: object): Promise<Record<string, string>> => {
      const answer = await fetch(`${vault}/v1/${path}`, {
        method,
        headers: { 'X-Vault-Token': 'root' },
        ...(body ? { body: JSON.stringify(body) } : {}),
      });
      if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
      const text = await answer.text();
      return text === '' ? {} : (JSON.parse(text).data ?? {});
    };
    await waitUntil(() =>
      fetch(`${vault}/v1/sys/health`).then(
        ({ ok }) => ok,
        () => false,
      ),
    );
    await ask('POST', 'sys/mounts/transit', { type: 'transit' });
    await ask('POST', 'transit/keys/old-key', {});
    await ask('POST', 'sys/auth/approle', { type: 'approle' });
    await ask('PUT', 'sys/policies/acl/old-minio', { policy });
    await ask('POST', 'auth/approle/role/old-minio', { token_period: '60s', token_policies: 'old-minio' });
    const { role_id: id = '' } = await ask('GET', 'auth/approle/role/old-minio/role-id');
    const { secret_id: secret = '' } = await ask('POST', 'auth/approle/role/old-minio/secret-id', {});
    const variables = {
      MINIO_KMS_VAULT_ENDPOINT: vault,
      MINIO_KMS_VAULT_AUTH_TYPE: 'approle',
      MINIO_KMS_VAULT_APPROLE_ID: id,
      MINIO_KMS_VAULT_APPROLE_SECRET: secret,
      MINIO_KMS_VAULT_KEY_NAME: 'old-key',
      MINIO_KMS_VAULT_KEY_VERSION: '1',
      MINIO_KMS_VAULT_DEPRECATION: 'off',
    };
    const root = { user: 'old-root', password: 'old-password' };
    await context.secrets.set('minio.root', new Secret(JSON.stringify(root)));
    const endpoint = await minioEndpoint(context);
    const { folder } = context;
    run(
      binaries['minio-legacy'],
      ['server', '--certs-dir', folder.path('minio/certs'), '--address', new URL(endpoint.url).host, folder.path('minio/data')],
      { ...variables, MINIO_ROOT_USER: root.user, MINIO_ROOT_PASSWORD: root.password },
    );
    const s3 = createS3(endpoint);
    // It answers before it has read its configuration, and says then that there is no key manager.
    await waitUntil(async () => {
      try {
        if (!(await s3.bucketExists('started'))) await s3.createBucket('started');
        await s3.putObject('started', 'x', Readable.from(['x']), { length: 1, sse: { kind: 'sse-s3' } });
        await s3.deleteObject('started', 'x');
        return true;
      } catch {
        return false;
      }
    });
    await s3.close();
    return { variables, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
