import type { Stack } from '../../shared/stacks.ts';

/** Sample document for dev/sampleEngine.ts. */
export const sampleStack: Stack = {
  version: 2,
  draft: false,
  readOnly: false,
  id: 'local-lab',
  name: 'local-lab',
  origin: 'lab',
  createdAt: '2026-11-20T09:00:00.000Z',
  folder: '/home/ops/.local/share/sealdeck/stacks/local-lab',
  cas: [{ id: 'local', kind: 'file', subject: 'CN=Sealdeck local CA', fingerprint: '9C:41:7E:00:11:22:33:44', file: 'certs/ca.crt' }],
  identities: [],
  keyStores: [
    {
      id: 'vault',
      kind: 'vault',
      product: 'openbao',
      storage: 'raft',
      nodes: [{ id: 'vault-1', url: 'https://127.0.0.1:8200', way: 'here' }],
      ca: 'local',
      engine: { mount: 'kv', version: 2, prefix: 'minio' },
      appRole: { mount: 'approle', role: 'kes-role', policy: 'minio-key-policy' },
      custodians: [],
    },
  ],
  kesClusters: [
    {
      id: 'kes',
      nodes: [{ id: 'kes-1', url: 'https://127.0.0.1:7373', way: 'here' }],
      ca: 'local',
      keyStore: 'vault',
      policy: { name: 'minio', pattern: 'minio-*' },
      cache: { any: '5s', unused: '5s' },
      operator: 'operator',
    },
  ],
  minioClusters: [
    {
      id: 'minio',
      nodes: [{ id: 'minio-1', url: 'https://127.0.0.1:9000', way: 'here' }],
      ca: 'local',
      kes: 'kes',
      identity: 'minio',
      defaultKey: 'minio-default',
    },
  ],
};
