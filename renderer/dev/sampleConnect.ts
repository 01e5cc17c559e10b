import type { LightResult, ServerTest, ShownCertificate } from '../../shared/connect.ts';
import { serverKinds } from '../../shared/servers.ts';
import type { ServerKind, Stack } from '../../shared/stacks.ts';
import type { Output } from '../rpc/client.ts';
import { sampleStack } from './sampleStack.ts';

/** Servers of others as the stand-in engine tells them: KES shows a certificate for another name, as in the mockup. */
const host = { vault: 'vault-1.fra1.example.net:8200', kes: 'kes.fra1.example.net:7373', minio: 's3.fra1.example.net:9000' } as const;
const order = ['name', 'tcp', 'tls', 'identity', 'policy', 'keyStore', 'key'] as const;
const print = '4E:0B:91:C2:5D:7F:00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF:01:23:45:67:89:AB:CD:EF:77:AF';
const now = (): string => new Date(Date.now() - 4000).toISOString();

export function sampleCertificate(kind: ServerKind): ShownCertificate {
  return {
    subject: `CN=${kind}`,
    issuer: 'O=Example, CN=fra1-internal CA',
    names: kind === 'kes' ? ['DNS:localhost', 'IP:127.0.0.1'] : [`DNS:${host[kind].replace(/:.*/, '')}`],
    notBefore: '2026-03-02T00:00:00.000Z',
    notAfter: '2027-03-02T00:00:00.000Z',
    fingerprint: print.replace('4E', '9C'),
    isCa: false,
  };
}

const labels: Record<ServerKind, readonly string[]> = {
  vault: ['10.20.4.11', '1 ms', 'trusted', 'AppRole', '4 rights', 'kv v2', ''],
  kes: ['10.20.4.17', '1 ms', 'trusted', 'operator', '7 rights', 'answers', 'opens'],
  minio: ['10.20.4.20', '1 ms', 'trusted', 'auditor-ro', 'may audit', 'KES online', 'opens'],
};

export function sampleTest(kind: ServerKind, broken: boolean): ServerTest {
  const lights = order.map((light, at): LightResult => {
    // Not a code: `sentence` shows an unknown one as it stands, which is all that a picture needs.
    const label = { code: (labels[kind][at] ?? '') as LightResult['label']['code'] };
    if (kind === 'vault' && light === 'key') return { light, outcome: 'notItsJob', label };
    if (kind === 'kes' && broken && at >= 2) {
      if (at > 2) return { light, outcome: 'notTried', label };
      const details = { host: host.kes, reason: 'It names localhost and 127.0.0.1.' };
      return { light, outcome: 'fail', label: { code: 'wrong name' as LightResult['label']['code'] }, error: { code: 'tlsName', details } };
    }
    return { light, outcome: 'ok', label };
  });
  return { kind, url: `https://${host[kind]}`, lights, certificate: sampleCertificate(kind), at: now() };
}

export function samplePreflight(): Output<'connect.preflight'> {
  const text = (words: string) => ({ code: words as LightResult['label']['code'] });
  const answers = ['200', '200', '200', '200', '200', 'online, 3 ms'];
  const whats = [
    'KES answers its status',
    'MinIO’s identity may create keys',
    'may generate data keys',
    'may decrypt',
    'KES reads its key store',
    'MinIO reaches KES',
  ];
  return {
    at: now(),
    ticks: [
      ...whats.map((what, at) => ({ id: `t${at}`, what: text(what), outcome: 'ok' as const, answer: answers[at] ?? '' })),
      {
        id: 'list',
        what: text('may list keys'),
        outcome: 'missing' as const,
        answer: '403 not authorized: insufficient permissions',
        line: { file: text('server-config.yaml, policy.minio.allow'), content: '- /v1/key/list/*' },
      },
    ],
  };
}

export const sampleConnected: Stack = {
  ...sampleStack,
  id: 'fra1-prod',
  name: 'fra1-prod',
  origin: 'connected',
  draft: true,
  readOnly: true,
  cas: serverKinds.map((id) => ({
    id,
    kind: 'file' as const,
    subject: 'O=Example, CN=fra1-internal CA',
    fingerprint: print.toLowerCase(),
    file: `connect/${id}-ca.pem`,
    confirmedAt: now(),
  })),
  keyStores: sampleStack.keyStores.map((each) => ({
    ...each,
    ca: 'vault',
    nodes: [{ id: 'vault-1', url: `https://${host.vault}`, way: 'api' as const }],
  })),
  kesClusters: sampleStack.kesClusters.map((each) => ({
    ...each,
    ca: 'kes',
    nodes: [{ id: 'kes-1', url: `https://${host.kes}`, way: 'api' as const }],
  })),
  minioClusters: sampleStack.minioClusters.map((each) => ({
    ...each,
    ca: 'minio',
    nodes: [{ id: 'minio-1', url: `https://${host.minio}`, way: 'api' as const }],
  })),
};

/** What the connect procedures say; undefined: another procedure. */
export function sampleConnect(name: string, input: unknown, scenario: string): unknown {
  const { kind = 'kes', id } = (input ?? {}) as { kind?: ServerKind; id?: string };
  switch (name) {
    case 'stacks.get':
      return id === 'fra1-prod' ? { ...sampleConnected, draft: scenario === 'connect' } : undefined;
    case 'connect.look':
      return { chain: [sampleCertificate('kes')], trustedBySystem: false };
    case 'connect.readCa':
      return { certificates: [{ ...sampleCertificate('kes'), subject: 'O=Example, CN=fra1-internal CA', isCa: true, fingerprint: print }] };
    case 'connect.test':
      return sampleTest(kind, scenario !== 'green');
    case 'connect.preflight':
      return samplePreflight();
    case 'connect.aliases':
      return {
        source: 'mc',
        aliases: ['fra1', 'lab', 'play'].map((alias) => ({ name: alias, url: `https://${alias}.example.net:9000`, accessKey: 'ops' })),
      };
    case 'connect.save':
    case 'connect.forget':
    case 'connect.finish':
    case 'stacks.readOnly':
      return {};
    default:
      return undefined;
  }
}
