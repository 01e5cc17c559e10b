import { Secret } from '../../../shared/secret.ts';
import { startTestChain } from '../../clients/chain.testSupport.ts';
import { createKesClient } from '../../clients/kes/client.ts';
import { makeTestIdentity, waitUntil } from '../../clients/kes/kes.testSupport.ts';
import { createMinioAdmin } from '../../clients/minioAdmin/adminClient.ts';
import { minioEndpoint } from '../../clients/s3/forStack.ts';

export const minioRules = ['create', 'generate', 'decrypt', 'describe'].map((verb) => `/v1/key/${verb}/minio-*`);
const others = ['/v1/key/list/*', '/v1/status', '/v1/metrics', '/v1/api'];
const operatorRules = [...minioRules, '/v1/key/encrypt/minio-*', '/v1/key/delete/minio-*', ...others];

const auditor = JSON.stringify({
  Version: '2012-10-17',
  Statement: [
    { Effect: 'Allow', Action: ['admin:ServerInfo', 'admin:KMSKeyStatus'] },
    { Effect: 'Allow', Action: ['kms:Status', 'kms:KeyStatus', 'kms:ListKeys'] },
    { Effect: 'Allow', Action: ['s3:Get*', 's3:List*'], Resource: ['arn:aws:s3:::*'] },
  ],
});

/** For tests: OpenBao, KES and MinIO that work together, started by hand with files that somebody else wrote. */
export async function startElsewhere() {
  const chain = await startTestChain();
  const { folder, servers, secrets, stack } = chain.context;
  const urlOf = (list: readonly { nodes: readonly { url: string }[] }[]): string => list[0]?.nodes[0]?.url ?? '';
  const url = { vault: urlOf(stack.keyStores), kes: urlOf(stack.kesClusters), minio: urlOf(stack.minioClusters) };
  const weak = await makeTestIdentity('client');
  const ca = (await folder.read('certs/ca.crt')) ?? '';
  const operatorPair = { cert: (await folder.read('certs/operator.crt')) ?? '', key: secrets.get('operator.key')?.reveal() ?? '' };
  const operator = createKesClient({ url: url.kes, ca: [ca], cert: operatorPair.cert, key: new Secret(operatorPair.key) });
  const rules = { minio: [...minioRules, ...others], operator: operatorRules };

  /** Starts KES, again when its rules were changed. */
  async function startKes(): Promise<void> {
    const role = JSON.parse(secrets.get('kes.approle')?.reveal() ?? '{}') as { roleId: string; secretId: string };
    const hashOf = (purpose: string): string => stack.identities.find((one) => one.purpose === purpose)?.hash ?? '';
    const config = {
      address: new URL(url.kes).host,
      admin: { identity: 'disabled' },
      tls: { key: folder.path('certs/kes.key'), cert: folder.path('certs/kes.crt') },
      policy: {
        minio: { allow: rules.minio, identities: [hashOf('minio')] },
        operator: { allow: rules.operator, identities: [hashOf('operator')] },
        weak: { allow: ['/v1/status'], identities: [weak.hash] },
      },
      cache: { expiry: { any: '1s', unused: '1s' } },
      keystore: {
        vault: {
          endpoint: url.vault,
          engine: 'kv',
          version: 'v2',
          prefix: 'minio',
          approle: { id: role.roleId, secret: role.secretId },
          tls: { ca: folder.path('certs/ca.crt') },
          status: { ping: '1s' },
        },
      },
    };
    await folder.write('kes/kes.yaml', JSON.stringify(config), 0o600);
    await servers.stop('kes');
    await servers.start('kes', 'kes', { args: ['server', '--config', folder.path('kes/kes.yaml')] });
    await waitUntil(async () => (await operator.version()) !== '');
  }

  /** Users of MinIO: one that only reads, one for objects alone, one without any policy. Their passwords are `NAME-password`. */
  async function addUsers(): Promise<void> {
    await chain.shell([
      { line: 'mkdir -p .mc/certs/CAs && cp certs/ca.crt .mc/certs/CAs/' },
      { line: `mc -q alias set m ${url.minio} root-user root-password` },
      { line: `printf '%s' '${auditor}' > auditor.json && mc -q admin policy create m auditor auditor.json` },
      { line: 'mc -q admin user add m auditor-ro auditor-password && mc -q admin policy attach m auditor --user auditor-ro' },
      { line: 'mc -q admin user add m narrow narrow-password && mc -q admin policy attach m readwrite --user narrow' },
      { line: 'mc -q admin user add m nothing nothing-password' },
    ]);
  }

  async function stop(): Promise<void> {
    await operator.close();
    await chain.stop();
  }

  try {
    await startKes();
    await operator.createKey('minio-default');
    await chain.startMinio();
    const admin = createMinioAdmin(await minioEndpoint(chain.context));
    await waitUntil(async () => (await admin.ready()).ready).finally(() => admin.close());
  } catch (error) {
    await stop();
    throw error;
  }
  return { chain, url, ca, operator, operatorPair, weak, rules, startKes, addUsers, stop };
}
export type Elsewhere = Awaited<ReturnType<typeof startElsewhere>>;
