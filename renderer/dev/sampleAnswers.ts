import type { CertificateInfo } from '../../shared/certificates.ts';
import type { JournalEntry } from '../../shared/journal.ts';
import type { ServerProcess } from '../../shared/lab.ts';
import type { Proof } from '../../shared/proof.ts';
import { serverKinds } from '../../shared/servers.ts';
import type { Output, ProcedureName } from '../rpc/client.ts';
import { sampleStack } from './sampleStack.ts';

type Answers = { [N in ProcedureName]?: Output<N> };

const ago = (seconds: number): string => new Date(Date.now() - seconds * 1000).toISOString();
const inDays = (days: number): string => new Date(Date.now() + days * 86_400_000).toISOString();

function certificate(id: CertificateInfo['id'], days: number): CertificateInfo {
  return {
    id,
    file: `certs/${id}.crt`,
    subject: id === 'ca' ? 'CN=Sealdeck local CA' : `CN=${id}`,
    issuer: 'CN=Sealdeck local CA',
    names: ['DNS:localhost', 'IP:127.0.0.1'],
    serial: '5b0e77c1',
    fingerprint: '9C417E',
    ...(id === 'minio-client' ? { identity: '3ecf6b1f7b8a2d4c9e0011223344556677889900aabbccddeeff001122a91b' } : {}),
    keyType: 'P-256',
    notBefore: ago(86_400),
    notAfter: inDays(days),
    isCa: id === 'ca',
    usages: ['serverAuth'],
  };
}

const proof: Proof = {
  version: 1,
  id: 'proof-7c1e',
  stackId: 'local-lab',
  stackName: 'local-lab',
  level: 'chain',
  result: 'proven',
  protected: true,
  startedAt: ago(866),
  endedAt: ago(855),
  bucket: 'first-bucket',
  object: '.sealdeck/canary-8f31c0',
  scratchKey: 'proof-7c1e',
  events: [],
};

function entries(count = 40): JournalEntry[] {
  const actions = [
    { code: 'setup.journal.created', params: { name: 'local-lab', folder: '/home/ops/lab' } },
    { code: 'labStarted', params: { kind: 'vault', pid: 4711 } },
    { code: 'labStarted', params: { kind: 'kes', pid: 4722 } },
    { code: 'labStarted', params: { kind: 'minio', pid: 4733 } },
  ] as const;
  return Array.from({ length: count }, (_, at) => ({
    seq: count - at,
    at: ago(600 + at * 2900),
    stackId: 'local-lab',
    actor: 'ops',
    action: actions[at % actions.length] ?? actions[0],
    outcome: at === 3 ? ('failed' as const) : ('done' as const),
    mac: '00',
  }));
}

export function sampleAnswers(scenario: string): Answers {
  const sealed = scenario === 'sealed' || scenario === 'died';
  const processes: ServerProcess[] = serverKinds.map((kind) => ({
    kind,
    node: `${kind}-1`,
    url: `https://127.0.0.1:${{ vault: 8200, kes: 7373, minio: 9000 }[kind]}`,
    state: scenario === 'died' && kind === 'kes' ? 'died' : sealed && kind === 'minio' ? 'stopped' : 'running',
    ...(sealed && kind === 'minio' ? {} : { pid: 4711, startedAt: ago(3600), binary: kind }),
    ...(scenario === 'died' && kind === 'kes'
      ? { lastLines: ['Error: failed to connect to Vault: server is sealed', 'exit status 1'] }
      : {}),
  }));
  const empty = scenario === 'empty';
  const nameless = scenario === 'long' ? 'customer-documents-eu-central-production' : sampleStack.name;
  return {
    'app.info': {
      version: '0.1.0',
      host: 'browser',
      dataFolder: '/home/ops/.local/share/sealdeck',
      platform: 'linux',
      language: 'en',
      user: 'ops',
    },
    'store.status': empty
      ? { state: 'absent', protected: false, keychain: { available: true } }
      : {
          state: 'open',
          mode: scenario === 'practice' ? 'practice' : 'keychain',
          protected: scenario !== 'practice',
          keychain: { available: true },
        },
    'stacks.list': {
      stacks: empty
        ? []
        : [
            {
              id: 'local-lab',
              name: nameless,
              origin: scenario === 'audit-sample' ? 'sample' : 'lab',
              folder: sampleStack.folder,
              draft: false,
              readOnly: false,
              createdAt: sampleStack.createdAt,
              setup: { proven: 13, total: 13 },
            },
          ],
    },
    'stacks.get': sampleStack,
    'certificates.list': {
      certificates: [
        certificate('ca', 3600),
        certificate('vault', 364),
        certificate('kes', scenario === 'lab' ? 19 : 364),
        certificate('minio', 364),
        certificate('minio-client', 364),
        certificate('operator', 364),
      ],
    },
    'vault.status': {
      nodes: [
        {
          node: 'vault-1',
          url: 'https://127.0.0.1:8200',
          state: sealed ? 'sealed' : 'active',
          version: '2.7.2',
          product: 'openbao',
          storage: 'raft',
          shares: 5,
          threshold: 3,
          progress: sealed ? 1 : 0,
          at: ago(20),
        },
      ],
      keptShares: 5,
      rootToken: scenario === 'lab' ? 'revoked' : 'kept',
      operator: 'sealdeck-operator',
    },
    'vault.custody': {
      shares: 5,
      threshold: 3,
      kept: 5,
      custodians: [
        {
          id: 'c-1',
          name: 'Operations',
          kind: 'pgp',
          pgp: { fingerprint: '0F3A91C204DE7F3A91C204DE7F3A91C204DE7F3A', userId: 'Operations <ops@example.org>', algorithm: 'Curve25519' },
          share: 1,
          file: { name: 'local-lab-share-1-of-5-operations.asc', sha256: '0'.repeat(64), at: ago(600) },
          confirmedAt: ago(300),
        },
        {
          id: 'c-2',
          name: 'Security',
          kind: 'passphrase',
          share: 2,
          file: { name: 'local-lab-share-2-of-5-security.age', sha256: '0'.repeat(64), at: ago(200) },
        },
        { id: 'c-3', name: 'Storage team', kind: 'passphrase' },
      ],
    },
    'kes.status': {
      nodes: [
        {
          node: 'kes-1',
          url: 'https://127.0.0.1:7373',
          state: sealed ? 'unreachable' : 'working',
          version: '2026-04-10T09-11-37Z',
          keyStoreLatencyMs: 3,
          at: ago(20),
          ...(sealed ? { error: { code: 'networkRefused', details: { host: '127.0.0.1:7373', reason: 'ECONNREFUSED' } } } : {}),
        },
      ],
    },
    'minio.status': {
      nodes: [
        {
          node: 'minio-1',
          url: 'https://127.0.0.1:9000',
          state: sealed ? 'unreachable' : 'working',
          version: 'RELEASE.2025-10-15T17-29-55Z',
          defaultKey: 'minio-default',
          kesEndpoints: [{ url: 'https://127.0.0.1:7373', online: !sealed }],
          at: ago(20),
        },
      ],
    },
    'minio.buckets': {
      buckets: Array.from({ length: 9 }, (_, at) => ({
        name: `bucket-${at}`,
        rule: at < 7 ? ({ kind: 'sse-kms', key: 'minio-default' } as const) : ({ kind: 'none' } as const),
      })),
    },
    'lab.status': { servers: processes },
    'lab.servers': {
      cache: '/home/ops/.cache/sealdeck/servers',
      binaries: [
        { program: 'openbao', source: 'path', path: '/usr/bin/bao', version: '2.7.2', storages: ['raft', 'file', 'inmem'] },
        { program: 'vault', source: 'none', offer: { way: 'build', megabytes: 420, minutes: 6, licence: 'BUSL-1.1' } },
        { program: 'kes', source: 'cache', path: '/home/ops/.cache/sealdeck/servers/kes', version: '0.24.0' },
        { program: 'minio', source: 'none', offer: { way: 'build', megabytes: 380, minutes: 3, licence: 'AGPL-3.0' } },
      ],
    },
    'lab.start': { jobId: 'job-1' },
    'lab.stop': { jobId: 'job-1' },
    'lab.restart': { jobId: 'job-1' },
    'lab.log': { lines: ['one', 'two'] },
    'proof.list': { proofs: scenario === 'unproven' ? [] : [proof] },
    'proof.get': proof,
    'proof.run': { jobId: 'job-1' },
    'journal.list': { entries: empty ? [] : entries(scenario === 'many' ? 10_000 : 40), total: empty ? 0 : 40 },
    'journal.verify': { state: 'intact', entries: empty ? 0 : 40 },
    'app.quit': {},
    'jobs.cancel': {},
  };
}
