import { isAppError } from '../../../../shared/rpc/errors.ts';
import { say } from '../../../../shared/text.ts';
import type { ClusterNode, ClusterView, RaftPeer } from '../../../../shared/vaultCluster.ts';
import { keyStoreOf, vaultFor, vaultTokenFor, withVault } from '../../../clients/vault/forStack.ts';
import type { StackAccess } from '../../../jobs/step.ts';
import { nodeStatus } from '../nodeStatus.ts';

/** All nodes side by side, raft's configuration where a login may read it, and what follows from them together. */
export async function clusterOf(access: StackAccess): Promise<ClusterView> {
  const store = keyStoreOf(access);
  const nodes = await Promise.all(store.nodes.map(({ id }) => clusterNodeOf(access, id)));
  const raft = await raftOf(access, nodes);
  const seen = nodes.map((node) =>
    raft === undefined || raft.error !== undefined ? node : { ...node, inRaft: raft.peers.some((peer) => peer.node === node.node) },
  );
  const findings = [...findingsOf(seen, raft?.peers ?? []), ...(await loginFinding(access, nodes))];
  return { nodes: seen, ...(raft === undefined ? {} : { raft }), findings, at: new Date().toISOString() };
}

/** An open Vault says nothing about our login: it is tried, because a green node with dead credentials behind it is not well. */
async function loginFinding(access: StackAccess, nodes: readonly ClusterNode[]): Promise<ClusterView['findings']> {
  if (!nodes.some(({ state }) => state === 'active')) return [];
  try {
    await withVault(access, (client) => client.lookupSelf());
    return [];
  } catch (error) {
    if (!isAppError(error)) throw error;
    return error.code === 'vaultNoToken'
      ? [{ level: 'info', text: say('vaultClusterNoLogin') }]
      : [{ level: 'fail', text: say('vaultClusterLoginDead') }];
  }
}

/** What a node says of itself and of its cluster. A server that cannot be asked is a state. */
export async function clusterNodeOf(access: Pick<StackAccess, 'stack' | 'folder'>, id: string): Promise<ClusterNode> {
  const status = await nodeStatus(access, id);
  if (status.state === 'unreachable') return status;
  const client = await vaultFor(access, undefined, id);
  try {
    const asked = Date.now();
    const { time } = await client.health();
    // Half of the way there and back, and half of the second that the server does not tell.
    const clock = time === undefined ? undefined : time + 0.5 - (asked + Date.now()) / 2000;
    const seal = await client.sealStatus();
    const leader = await client.leader();
    return {
      ...status,
      seal: seal.type,
      recovery: seal.recovery_seal,
      ...(seal.cluster_id === undefined ? {} : { clusterId: seal.cluster_id }),
      ...(seal.cluster_name === undefined ? {} : { clusterName: seal.cluster_name }),
      ...(leader === undefined ? {} : { isLeader: leader.is_self, highAvailability: leader.ha_enabled }),
      ...(leader === undefined || leader.leader_address === '' ? {} : { leader: leader.leader_address }),
      ...(clock === undefined ? {} : { clockSeconds: Math.round(clock * 10) / 10 }),
    };
  } catch (error) {
    if (!isAppError(error)) throw error;
    return { ...status, state: 'unreachable', error: error.frame };
  } finally {
    await client.close();
  }
}

/** Raft's configuration by the leader; `undefined` for other storages and while nobody leads. */
async function raftOf(access: StackAccess, nodes: readonly ClusterNode[]): Promise<ClusterView['raft']> {
  const lead = nodes.find(({ state }) => state === 'active');
  if (lead?.storage !== 'raft') return undefined;
  try {
    return { peers: await raftPeers(access), from: lead.node };
  } catch (error) {
    if (!isAppError(error)) throw error;
    return { peers: [], from: lead.node, error: error.frame };
  }
}

/** Throws `vaultNoToken`, `vaultPermissionDenied`, `vaultStandby`. */
export async function raftPeers(access: StackAccess): Promise<RaftPeer[]> {
  const client = await vaultFor(access, await vaultTokenFor(access));
  try {
    const servers = await client.raftServers();
    const health = await client.raftHealth();
    const urls = await client.apiAddresses();
    const { nodes } = keyStoreOf(access);
    return servers.map(({ node_id: id, address, leader, voter }) => {
      const url = urls.get(address)?.replace(/\/$/, '');
      // By its API address; a leader that does not hear of a node knows its id only, which may be the stack's own.
      const node = nodes.find((each) => each.url === url) ?? (url === undefined ? nodes.find((each) => each.id === id) : undefined);
      const { healthy, last_contact: lastContact } = health[id] ?? {};
      return {
        id,
        address,
        leader,
        voter,
        ...(node === undefined ? {} : { node: node.id }),
        ...(healthy === undefined ? {} : { healthy }),
        ...(lastContact === undefined || leader ? {} : { lastContact }),
      };
    });
  } finally {
    await client.close();
  }
}

/** How many servers must agree. */
export const quorumOf = (voters: number): number => Math.floor(voters / 2) + 1;

const clockLimit = 5;

/** What the answers say together. Pure. */
export function findingsOf(nodes: readonly ClusterNode[], peers: readonly RaftPeer[]): ClusterView['findings'] {
  const names = (some: readonly ClusterNode[]): string => some.map(({ node }) => node).join(', ');
  const open = nodes.filter(({ state }) => state === 'active' || state === 'standby');
  const findings: ClusterView['findings'] = [];
  const leaders = nodes.filter(({ state }) => state === 'active');
  const clusters = new Set(open.flatMap(({ clusterId }) => clusterId ?? []));
  if (clusters.size > 1) {
    // The cluster of most nodes is the stack's; of two equal ones, that of the first node.
    const counted = [...clusters].map((id) => ({ id, count: open.filter((node) => node.clusterId === id).length }));
    const own = counted.reduce((best, each) => (each.count > best.count ? each : best)).id;
    const others = open.filter(({ clusterId }) => clusterId !== undefined && clusterId !== own);
    findings.push({ level: 'fail', text: say('vaultClusterTwo', { names: names(others) }) });
  }
  if (open.length > 0 && leaders.length === 0) findings.push({ level: 'fail', text: say('vaultClusterNoLeader') });
  if (leaders.length > 1 && clusters.size === 1)
    findings.push({ level: 'warn', text: say('vaultClusterLeaders', { names: names(leaders) }) });
  const products = new Set(nodes.flatMap(({ product }) => product ?? []));
  if (products.size > 1) findings.push({ level: 'fail', text: say('vaultClusterProducts') });
  const versions = [...new Set(nodes.flatMap(({ version }) => version ?? []))];
  if (versions.length > 1) findings.push({ level: 'warn', text: say('vaultClusterVersions', { versions: versions.join(', ') }) });
  const late = nodes.filter(({ clockSeconds }) => Math.abs(clockSeconds ?? 0) > clockLimit);
  for (const { node, clockSeconds } of late)
    findings.push({ level: 'warn', text: say('vaultClusterClock', { node, seconds: Math.round(clockSeconds ?? 0) }) });
  const outside = nodes.filter(({ inRaft, state }) => inRaft === false && state !== 'unreachable');
  if (outside.length > 0) findings.push({ level: 'warn', text: say('vaultClusterOutside', { names: names(outside) }) });
  return [...findings, ...quorumFindings(nodes, peers)];
}

function quorumFindings(nodes: readonly ClusterNode[], peers: readonly RaftPeer[]): ClusterView['findings'] {
  const voters = peers.filter(({ voter }) => voter);
  if (voters.length === 0) return [];
  const down = voters.filter(({ healthy, node }) => {
    const known = nodes.find((each) => each.node === node);
    // What the leader says of it; where it says nothing, whether we reach it open.
    return healthy === undefined ? known !== undefined && known.state !== 'active' && known.state !== 'standby' : !healthy;
  }).length;
  const working = voters.length - down;
  const spare = working - quorumOf(voters.length);
  const unknown = peers.filter(({ node }) => node === undefined);
  if (voters.length === 1 && spare === 0) return [{ level: 'info', text: say('vaultClusterAlone') }, ...unlisted(unknown)];
  return [
    ...(spare < 0
      ? [{ level: 'fail' as const, text: say('vaultClusterNoQuorum', { working, voters: voters.length }) }]
      : [
          {
            level: spare === 0 ? ('warn' as const) : ('ok' as const),
            text:
              spare === 0
                ? say('vaultClusterLast', { working, voters: voters.length })
                : say('vaultClusterSpare', { count: spare, voters: voters.length }),
          },
        ]),
    ...unlisted(unknown),
  ];
}

function unlisted(peers: readonly RaftPeer[]): ClusterView['findings'] {
  return peers.length === 0 ? [] : [{ level: 'info', text: say('vaultClusterUnlisted', { names: peers.map(({ id }) => id).join(', ') }) }];
}
