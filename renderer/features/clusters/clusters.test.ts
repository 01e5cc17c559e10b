import { describe, expect, it } from 'vitest';
import { type ClusterInput, type ClusterPicture, clusterInput, clusterSteps } from '../../../shared/clusters.ts';
import type { JobSnapshot } from '../../../shared/jobs.ts';
import { sampleStack } from '../../dev/sampleStack.ts';
import { clusterCommands } from './clusterCommands.ts';
import { followed, refusedField } from './fields.ts';
import { clusterMark, newestProof, stepLines, stepOf } from './standing.ts';

const proposed: ClusterInput = clusterInput.parse({
  id: 'minio-2',
  ports: { kes: 7374, kesSecond: 7375, minio: 9010, minioConsole: 9011 },
  prefix: 'minio-2',
  role: 'kes-minio-2',
  policy: 'minio-2-key-policy',
  keyPrefix: 'minio-2-',
  key: 'minio-2-default',
});
const at = '2026-11-21T12:00:00Z';

describe('the form of the next cluster', () => {
  it('lets the names follow the cluster’s name, but for what somebody typed', () => {
    const values = followed(proposed, { id: 'archive', role: 'reader' });
    expect(values).toMatchObject({ prefix: 'archive', role: 'reader', policy: 'archive-key-policy', key: 'archive-default' });
  });

  it('lets the key follow its prefix, and nothing follow a name that is none', () => {
    expect(followed(proposed, { keyPrefix: 'b-' }).key).toBe('b-default');
    expect(followed(proposed, { id: 'Bad Name' })).toMatchObject({ id: 'Bad Name', prefix: 'minio-2' });
  });

  it('finds the field that a refusal is about, and none for what is about no field', () => {
    expect(refusedField({ code: 'clusterNested', details: { prefix: 'minio/b', other: 'minio', owner: 'minio' } }, proposed)).toBe(
      'prefix',
    );
    expect(refusedField({ code: 'clusterPort', details: { port: 9011, owner: 'other' } }, proposed)).toBe('ports.minioConsole');
    expect(refusedField({ code: 'clusterTaken', details: { field: 'role', value: 'kes-minio-2', owner: 'x' } }, proposed)).toBe('role');
    expect(refusedField({ code: 'clusterTaken', details: { field: '?', value: 'minio-2-key-policy', owner: 'x' } }, proposed)).toBe(
      'policy',
    );
    expect(refusedField({ code: 'vaultSealed', details: {} }, proposed)).toBeUndefined();
  });
});

describe('how a cluster stands', () => {
  const node = { url: '', way: 'here', at } as const;
  const cluster = (kes: 'working' | 'unreachable', minio: 'working' | 'keyFails'): ClusterPicture => ({
    id: 'minio',
    first: true,
    minio: [{ ...node, node: 'minio-1', state: minio, kesEndpoints: [] }],
    kes: {
      id: 'kes',
      pattern: 'minio-*',
      nodes: [
        { ...node, node: 'kes-1', state: 'working' },
        { ...node, node: 'kes-2', state: kes },
      ],
    },
    defaultKey: 'minio-default',
  });

  it('is as its KES and its MinIO are together', () => {
    expect(clusterMark(cluster('working', 'working'))).toBe('ok');
    expect(clusterMark(cluster('unreachable', 'working'))).toBe('warn');
    expect(clusterMark(cluster('unreachable', 'keyFails'))).toBe('fail');
  });

  it('is not there yet while it is being added', () => {
    const unfinished = { version: 1, input: proposed, step: 'kes', startedAt: at } as const;
    expect(clusterMark({ ...cluster('unreachable', 'keyFails'), unfinished })).toBe('absent');
    expect(stepOf(undefined, unfinished)).toBe('kes');
  });

  it('shows the step at work between those before and those after', () => {
    const states = stepLines('kes', 'failed').map(({ state }) => state);
    expect(states).toEqual(['proven', 'proven', 'proven', 'failed', 'todo', 'todo', 'todo', 'todo']);
    expect(stepLines('proven', 'todo').every(({ state }) => state === 'proven')).toBe(true);
    expect(stepLines('proof', 'todo')).toHaveLength(clusterSteps.length);
  });

  it('takes the newest proof, by itself or at the end of an addition, of this stack', () => {
    const proof = { at, writes: 5, clusters: [{ id: 'minio', ownWrite: 3, otherWrite: 0 }], refused: [] };
    const job = (code: 'clusters.job' | 'clusters.jobProve', stackId: string, result: unknown): JobSnapshot => ({
      id: code,
      title: { code },
      stackId,
      state: 'succeeded',
      done: 1,
      unit: 'steps',
      startedAt: at,
      result,
    });
    expect(newestProof([job('clusters.jobProve', 'other', proof)], 'lab')).toBeUndefined();
    expect(newestProof([job('clusters.job', 'lab', { cluster: 'minio-2', proof })], 'lab')).toEqual(proof);
    expect(newestProof([job('clusters.jobProve', 'lab', 'nonsense'), job('clusters.jobProve', 'lab', proof)], 'lab')).toEqual(proof);
  });
});

describe('the commands beside the picture', () => {
  it('ask each cluster’s role, policy and KES, with its own certificate', () => {
    const [kes] = sampleStack.kesClusters;
    const [minio] = sampleStack.minioClusters;
    if (!kes || !minio) throw new Error('the sample has no cluster');
    const placeInStore = {
      engine: { mount: 'kv', version: 2 as const, prefix: 'minio-2' },
      appRole: { mount: 'approle', role: 'kes-minio-2', policy: 'minio-2-key-policy' },
    };
    const identity = { id: 'minio-2', hash: 'ab', purpose: 'minio' as const, certFile: 'clusters/minio-2/certs/minio-client.crt' };
    const lines = clusterCommands({
      ...sampleStack,
      identities: [identity],
      kesClusters: [kes, { ...kes, id: 'kes-b', nodes: [{ id: 'kes-2', url: 'https://127.0.0.1:7374', way: 'here' }], placeInStore }],
      minioClusters: [minio, { ...minio, id: 'minio-2', kes: 'kes-b', identity: 'minio-2' }],
    }).map(({ line }) => line);
    expect(lines).toContain('bao policy read minio-key-policy');
    expect(lines).toContain('bao kv list kv/minio-2');
    expect(lines.at(-1)).toBe(
      'curl --cacert certs/ca.crt --cert clusters/minio-2/certs/minio-client.crt --key clusters/minio-2/certs/minio-client.key https://127.0.0.1:7374/v1/status',
    );
  });
});
