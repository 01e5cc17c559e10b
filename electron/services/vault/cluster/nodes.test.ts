import { describe, expect, it } from 'vitest';
import type { ClusterNode, RaftPeer } from '../../../../shared/vaultCluster.ts';
import { rekeyStatus } from '../../../clients/vault/ceremonies.ts';
import { findingsOf } from './nodes.ts';
import { phaseOf } from './rekeyPhase.ts';
import type { RekeyRecord } from './rekeyRecord.ts';

const node = (name: string, more: Partial<ClusterNode> = {}): ClusterNode => ({
  node: name,
  url: `https://${name}:8200`,
  state: 'standby',
  at: 'now',
  product: 'openbao',
  version: '2.7.2',
  clusterId: 'one',
  ...more,
});
const peer = (id: string, more: Partial<RaftPeer> = {}): RaftPeer => ({
  id,
  address: `${id}:8201`,
  leader: false,
  voter: true,
  node: id,
  healthy: true,
  ...more,
});
const codes = (nodes: ClusterNode[], peers: RaftPeer[] = []): string[] =>
  findingsOf(nodes, peers).map(({ level, text }) => `${level} ${text.code}`);
const three = [node('a', { state: 'active' }), node('b'), node('c')];

describe('what the nodes say together', () => {
  it.each([
    ['three of three', [true, true, true], 'ok vaultClusterSpare'],
    ['two of three', [true, true, false], 'warn vaultClusterLast'],
    ['one of three', [true, false, false], 'fail vaultClusterNoQuorum'],
  ])('counts voters: %s', (_, healthy, said) => {
    expect(
      codes(
        three,
        healthy.map((well, at) => peer('abc'[at] ?? '', { healthy: well })),
      ),
    ).toEqual([said]);
  });

  it('counts a voter that the leader says nothing of by whether it is reached open', () => {
    const { healthy: _, ...silent } = peer('c');
    expect(codes([...three.slice(0, 2), node('c', { state: 'sealed' })], [peer('a'), peer('b'), silent])).toEqual([
      'warn vaultClusterLast',
    ]);
  });

  it('counts no node without a vote, and calls one node alone no fault', () => {
    expect(codes(three, [peer('a'), peer('b', { voter: false }), peer('c', { voter: false })])).toEqual(['info vaultClusterAlone']);
  });

  it('tells two clusters, two products, two versions and a clock that is off', () => {
    const strange = node('c', { state: 'active', clusterId: 'two', product: 'vault', version: '1.21.0', clockSeconds: -40 });
    expect(codes([three[0] as ClusterNode, three[1] as ClusterNode, strange])).toEqual([
      'fail vaultClusterTwo',
      'fail vaultClusterProducts',
      'warn vaultClusterVersions',
      'warn vaultClusterClock',
    ]);
    expect(findingsOf([three[0] as ClusterNode, three[1] as ClusterNode, strange], [])[0]?.text.params).toEqual({ names: 'c' });
  });

  it('misses a leader only while a node is open', () => {
    expect(codes([node('a'), node('b')])).toEqual(['fail vaultClusterNoLeader']);
    expect(codes([node('a', { state: 'sealed' }), node('b', { state: 'unreachable' })])).toEqual([]);
  });
});

describe('where a renewal stands', () => {
  const record: RekeyRecord = { kind: 'unseal', flow: 'rekey', startedAt: 'then', shares: 5, threshold: 3, custodians: [], nonce: 'ours' };
  const { nonce: _, ...intent } = record;
  const answered: RekeyRecord = { ...record, answer: { keys_base64: ['a'], verificationNonce: 'v', at: 'then' } };
  const server = (more: object = {}) => rekeyStatus.parse({ started: true, nonce: 'ours', t: 3, n: 5, progress: 0, required: 3, ...more });
  const idle = rekeyStatus.parse({ started: false });
  it.each([
    ['nothing', undefined, idle, 'none'],
    ['somebody’s', undefined, server(), 'foreign'],
    ['ours', record, server(), 'collecting'],
    ['begun by us, the nonce never arrived', intent, server({ nonce: 'new' }), 'collecting'],
    ['another’s with other numbers beside our intent', intent, server({ n: 4 }), 'foreign'],
    ['another’s that has shares beside our intent', intent, server({ progress: 1 }), 'foreign'],
    ['forgotten by the server', record, idle, 'none'],
    ['replaced by another', record, server({ nonce: 'theirs' }), 'foreign'],
    ['answered, and the answer never arrived', record, server({ verification_nonce: 'v' }), 'answerLost'],
    ['sealed here', answered, server({ verification_nonce: 'v' }), 'sealed'],
    ['sealed here, and the server knows nothing', answered, idle, 'unsure'],
    ['sealed here, while the server is asked which count', { ...answered, asking: true }, server({ nonce: 'asked' }), 'unsure'],
    ['sealed here, while somebody else renews', answered, server({ nonce: 'theirs' }), 'foreign'],
  ] as const)('%s', (_name, kept, status, phase) => {
    expect(phaseOf(kept as RekeyRecord | undefined, status)).toBe(phase);
  });
});
