import type { ClusterPicture, ClusterProof, ClusterRecord } from '../../shared/clusters.ts';
import type { JobSnapshot } from '../../shared/jobs.ts';
import type { ServerProcess } from '../../shared/lab.ts';
import type { Stack } from '../../shared/stacks.ts';
import type { Output, ProcedureName } from '../rpc/client.ts';
import { sampleStack } from './sampleStack.ts';

type Answers = { [N in ProcedureName]?: Output<N> };

const ago = (seconds: number): string => new Date(Date.now() - seconds * 1000).toISOString();
const url = (port: number): string => `https://127.0.0.1:${port}`;

const input: Output<'clusters.propose'>['input'] = {
  id: 'minio-2',
  kesNodes: 1,
  ports: { kes: 7374, kesSecond: 7375, minio: 9010, minioConsole: 9011 },
  prefix: 'minio-2',
  role: 'kes-minio-2',
  policy: 'minio-2-key-policy',
  keyPrefix: 'minio-2-',
  key: 'minio-2-default',
  cacheAny: '5s',
  cacheUnused: '5s',
  bucket: 'first-bucket',
};

const record: ClusterRecord = { version: 1, input, step: 'kes', startedAt: ago(840) };

const proof: ClusterProof = {
  at: ago(845),
  writes: 5,
  clusters: [
    { id: 'minio', ownWrite: 5, otherWrite: 0 },
    { id: 'minio-2', ownWrite: 5, otherWrite: 0 },
  ],
  refused: [
    { by: 'minio', of: 'minio-2', what: 'prefix', asked: 'kv/data/minio-2/sealdeck-probe-7f3a91c2', status: 403 },
    { by: 'minio', of: 'minio-2', what: 'kes', asked: '/v1/key/generate/minio-2-default', status: 403 },
    { by: 'minio-2', of: 'minio', what: 'prefix', asked: 'kv/data/minio/sealdeck-probe-04de7f3a', status: 403 },
    { by: 'minio-2', of: 'minio', what: 'kes', asked: '/v1/key/generate/minio-default', status: 403 },
  ],
};

function cluster(id: string, kesPorts: readonly number[], port: number, requests: number): ClusterPicture {
  const first = id === 'minio';
  const nodes = kesPorts.map((each, at) => ({
    node: first ? `kes-${at + 1}` : `kes-${at + 2}`,
    url: url(each),
    way: 'here' as const,
    state: 'working' as const,
    version: '2026-04-10T09-11-37Z',
    keyStoreLatencyMs: 3,
    requests: Math.floor(requests / kesPorts.length),
    at: ago(12),
  }));
  const version = 'RELEASE.2025-10-15T17-29-55Z';
  const kesEndpoints = kesPorts.map((each) => ({ url: url(each), online: true }));
  return {
    id,
    first,
    minio: [{ node: `${id}${first ? '-1' : ''}`, url: url(port), way: 'here', state: 'working', version, kesEndpoints, at: ago(12) }],
    kes: { id: first ? 'kes' : `kes-${id}`, nodes, pattern: `${id}-*`, requests },
    keyStore: {
      id: 'vault',
      kind: 'vault',
      path: `kv/${id}`,
      role: first ? 'kes-role' : `kes-${id}`,
      policy: first ? 'minio-key-policy' : `${id}-key-policy`,
    },
    identity: (first ? '3ecf6b1f7b8a2d4c9e00' : 'a91b04de7f3a91c20ba5').padEnd(64, '0d1e2f'),
    defaultKey: `${id}-default`,
  };
}

/** Scenarios `clusters`, `clusters-one`, `clusters-down`, `clusters-unfinished`: several MinIO clusters that share one Vault. */
export function sampleClusters(scenario: string, jobs: JobSnapshot[]): (name: ProcedureName) => unknown {
  const two = cluster('minio-2', [7374, 7375], 9010, 1204);
  const [kes] = sampleStack.kesClusters;
  const [minio] = sampleStack.minioClusters;
  const stack: Stack = {
    ...sampleStack,
    identities: [{ id: 'minio', hash: '3e', purpose: 'minio', certFile: 'certs/minio-client.crt' }],
    kesClusters: kes ? [kes, { ...kes, id: 'kes-minio-2', nodes: [] }] : [],
    minioClusters: minio ? [minio, { ...minio, id: 'minio-2', kes: 'kes-minio-2' }] : [],
  };
  const silent = { code: 'networkRefused', details: { host: '127.0.0.1:7374', reason: 'ECONNREFUSED' } } as const;
  if (scenario === 'clusters-down' && two.kes) {
    const [down, ...rest] = two.kes.nodes;
    if (down) Object.assign(two.kes, { nodes: [{ ...down, state: 'unreachable', error: silent }, ...rest], requests: undefined });
  }
  if (scenario === 'clusters-unfinished') {
    const down = { state: 'unreachable', error: silent } as const;
    two.minio = two.minio.map((node) => ({ ...node, ...down, kesEndpoints: [] }));
    Object.assign(two, { unfinished: record, kes: two.kes && { ...two.kes, nodes: two.kes.nodes.map((node) => ({ ...node, ...down })) } });
  }
  const vault: Output<'clusters.picture'>['vault'] = [1, 2, 3].map((at) => ({
    node: `vault-${at}`,
    url: url(8199 + at),
    way: 'here',
    state: at === 1 ? 'active' : scenario === 'clusters-down' && at === 3 ? 'sealed' : 'standby',
    version: '2.7.2',
    product: 'openbao',
    at: ago(12),
  }));
  const one = scenario === 'clusters-one';
  const clusters = [cluster('minio', [7373], 9000, 48_213), ...(one ? [] : [two])];
  if (scenario === 'clusters') {
    const done = {
      id: 'apart',
      stackId: 'local-lab',
      state: 'succeeded',
      done: 1,
      unit: 'steps',
      startedAt: ago(850),
      endedAt: ago(845),
    } as const;
    jobs.push({ ...done, title: { code: 'clusters.jobProve' }, result: proof });
  }
  const process = (kind: ServerProcess['kind'], node: string, port: number): ServerProcess => ({
    kind,
    node,
    url: url(port),
    state: 'running',
    pid: 4711,
    startedAt: ago(900),
  });
  const answers: Answers = {
    'clusters.picture': { clusters, vault: one ? vault.slice(0, 1) : vault, unfinished: [] },
    'clusters.propose': { input },
    'clusters.plan': {
      plan: {
        changes: [
          {
            code: 'clusters.plan.document',
            params: { cluster: 'minio-2', kes: 'kes-minio-2' },
          },
          { code: 'clusters.plan.proof' },
        ],
        warnings: [{ code: 'clusters.plan.oneKes' }],
        commands: [
          { line: 'bao policy write minio-2-key-policy minio-2-key-policy.hcl' },
          { line: 'bao write auth/approle/role/kes-minio-2' },
        ],
        files: [],
        seconds: 20,
      },
    },
    'clusters.add': { jobId: 'job-1' },
    'clusters.resume': { jobId: 'job-1' },
    'clusters.prove': { jobId: 'job-1' },
    'clusters.forget': {},
    'lab.status': {
      servers: [
        ...vault.map(({ node }, at) => process('vault', node, 8200 + at)),
        ...clusters.flatMap((each) => (each.kes?.nodes ?? []).map((node, at) => process('kes', node.node, 7373 + at))),
        ...clusters.flatMap((each) => each.minio.map((node, at) => process('minio', node.node, 9000 + at))),
      ],
    },
    'kes.status': { nodes: clusters.flatMap((each) => each.kes?.nodes ?? []) },
    'minio.status': { nodes: clusters.flatMap((each) => each.minio) },
    'stacks.get': one ? sampleStack : stack,
  };
  return (name) => answers[name];
}
