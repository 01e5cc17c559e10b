import { setTimeout as pause } from 'node:timers/promises';
import { AppError, isAppError } from '../../../../shared/rpc/errors.ts';
import { caFileOf } from '../../../../shared/servers.ts';
import type { StackNode } from '../../../../shared/stacks.ts';
import { say, type Text } from '../../../../shared/text.ts';
import type { ClusterNode, ClusterPlan, RaftPeer } from '../../../../shared/vaultCluster.ts';
import { trustOf } from '../../../clients/trust.ts';
import { keyStoreOf, vaultFor, vaultTokenFor } from '../../../clients/vault/forStack.ts';
import { createVaultClient } from '../../../clients/vault/vaultClient.ts';
import { commented, environmentLines, programOf, tokenLines } from '../../../clients/vault/vaultCommands.ts';
import type { StackAccess } from '../../../jobs/step.ts';
import { shellWord } from '../../../platform/shellWord.ts';
import { changeStore } from '../custodians.ts';
import { productName } from '../productName.ts';
import { clusterNodeOf, quorumOf, raftPeers } from './nodes.ts';

const settleMs = 20_000;

/** The stack's node of that id. Throws `vaultNodeUnknown`. */
function nodeOf(access: StackAccess, id: string): StackNode {
  const found = keyStoreOf(access).nodes.find((node) => node.id === id);
  if (found === undefined) throw new AppError('vaultNodeUnknown', { node: id });
  return found;
}

/** Adds a server that runs already. Asked first. Throws `vaultNodeThere`, `vaultProductDiffers`, and what stands in the way of TLS. */
export async function addNode(access: StackAccess, url: string, wanted: string | undefined): Promise<string> {
  const { nodes, ca, product } = keyStoreOf(access);
  const there = nodes.find((node) => node.url === url || node.id === wanted);
  if (there !== undefined) throw new AppError('vaultNodeThere', { node: there.id, url: there.url });
  const client = createVaultClient({ url, ca: await trustOf(access, ca) });
  const health = await client.health().finally(() => client.close());
  if (health.product !== 'unknown' && health.product !== product)
    throw new AppError('vaultProductDiffers', { host: client.host, expected: productName(product), actual: productName(health.product) });
  const taken = new Set(nodes.map(({ id }) => id));
  let number = nodes.length + 1;
  while (taken.has(`vault-${number}`)) number += 1;
  const id = wanted ?? `vault-${number}`;
  await changeStore(access, (store) => ({ ...store, nodes: [...store.nodes, { id, url, way: 'api' }] }));
  await access.journal(say('vaultJournalNodeAdded', { node: id, url }));
  return id;
}

/** Throws `vaultNodeOwn` for one that Sealdeck started, and for the last. */
export async function forgetNode(access: StackAccess, id: string): Promise<void> {
  const { way, url } = nodeOf(access, id);
  if (way === 'here' || keyStoreOf(access).nodes.length === 1) throw new AppError('vaultNodeOwn', { node: id });
  await changeStore(access, (store) => ({ ...store, nodes: store.nodes.filter((node) => node.id !== id) }));
  await access.journal(say('vaultJournalNodeForgotten', { node: id, url }));
}

interface JoinFacts {
  node: ClusterNode;
  leader: StackNode | undefined;
  /** Shares that open a node of this cluster. */
  threshold: number;
  inRaft: boolean;
  no?: AppError;
}

async function joinFacts(access: StackAccess, id: string): Promise<JoinFacts> {
  nodeOf(access, id);
  const others = keyStoreOf(access).nodes.filter((node) => node.id !== id);
  const node = await clusterNodeOf(access, id);
  const seen = await Promise.all(others.map((other) => clusterNodeOf(access, other.id)));
  const lead = seen.find(({ state }) => state === 'active');
  const leader = others.find((other) => other.id === lead?.node);
  const peers = leader === undefined ? [] : await raftPeers(access).catch(ignoreAppError);
  const inRaft = (peers ?? []).some((peer) => peer.node === id);
  const known = { node, leader, threshold: lead?.threshold ?? 0, inRaft };
  const refused = (error: AppError): JoinFacts => ({ ...known, no: error });
  if (node.state === 'unreachable') return refused(AppError.of(node.error ?? { code: 'vaultNodeUnknown', details: { node: id } }));
  if (leader === undefined) return refused(new AppError('vaultJoinNoLeader', { node: id }));
  if (inRaft) return refused(new AppError('vaultJoinDone', { node: id }));
  if (node.storage !== 'raft' || lead?.storage !== 'raft')
    return refused(new AppError('vaultJoinNotRaft', { node: id, storage: node.storage ?? '?', leaderStorage: lead?.storage ?? '?' }));
  // A node that was initialised by itself can never join (#16031, #16542); only an open one tells whose it is.
  if (node.state !== 'uninitialised' && node.clusterId !== lead.clusterId) {
    if (node.clusterId !== undefined) return refused(new AppError('vaultJoinOwnCluster', { node: id }));
  }
  return known;
}

function ignoreAppError(error: unknown): undefined {
  if (!isAppError(error)) throw error;
  return undefined;
}

export async function joinPlan(access: StackAccess, id: string, voter: boolean): Promise<ClusterPlan> {
  const { node, leader, threshold, no } = await joinFacts(access, id);
  const caFile = caFileOf(access.stack, keyStoreOf(access).ca);
  const trust = caFile === undefined ? '' : ` -leader-ca-cert=@${shellWord(access.folder.path(caFile))}`;
  return {
    facts: [
      say('vaultJoinFact', { node: id, leader: leader?.id ?? '?', url: leader?.url ?? '?' }),
      say(voter ? 'vaultJoinVoter' : 'vaultJoinNonVoter', { node: id }),
      say(node.recovery === true ? 'vaultJoinAuto' : 'vaultJoinShares', { node: id }),
    ],
    warnings: [say('vaultJoinProof')],
    ...(no === undefined ? {} : { no: no.frame }),
    commands: [
      ...environmentLines(access).filter(({ line }) => line?.startsWith('export VAULT_ADDR=') !== true),
      { line: `export VAULT_ADDR=${shellWord(node.url)}` },
      { line: `${programOf(access)} operator raft join${voter ? '' : ' -non-voter'}${trust} ${shellWord(leader?.url ?? '')}` },
      commented(say('vaultCommandUnseal', { threshold }), `${programOf(access)} operator unseal`),
    ],
  };
}

/**
 * Tells the node where the leader is. `joined` of its answer is no proof: the configuration is read, which names the node
 * once it has the shares. Throws what `joinPlan` says under `no`.
 */
export async function join(access: StackAccess, id: string, voter: boolean): Promise<{ node: ClusterNode; inRaft: boolean }> {
  const { leader, no } = await joinFacts(access, id);
  if (isAppError(no, 'vaultJoinDone')) return { node: await clusterNodeOf(access, id), inRaft: true };
  if (no !== undefined || leader === undefined) throw no ?? new AppError('vaultJoinNoLeader', { node: id });
  const { ca } = keyStoreOf(access);
  const [pem] = caFileOf(access.stack, ca) === undefined ? [] : await trustOf(access, ca);
  const client = await vaultFor(access, undefined, id);
  try {
    await client.raftJoin({ leader_api_addr: leader.url, non_voter: !voter, ...(pem === undefined ? {} : { leader_ca_cert: pem }) });
  } finally {
    await client.close();
  }
  await access.journal(say('vaultJournalJoined', { node: id, leader: leader.id }));
  return { node: await clusterNodeOf(access, id), inRaft: await isInRaft(access, id) };
}

/** Without a login nobody can tell: then it counts as not there yet. */
async function isInRaft(access: StackAccess, id: string): Promise<boolean> {
  const peers = await raftPeers(access).catch(ignoreAppError);
  return (peers ?? []).some((peer) => peer.node === id);
}

async function peerOf(access: StackAccess, id: string): Promise<{ peer: RaftPeer; peers: RaftPeer[] }> {
  const peers = await raftPeers(access);
  const peer = peers.find((each) => each.id === id);
  if (peer === undefined) throw new AppError('vaultPeerUnknown', { peer: id });
  return { peer, peers };
}

export async function removePeerPlan(access: StackAccess, id: string): Promise<ClusterPlan> {
  const { peer, peers } = await peerOf(access, id);
  const voters = peers.filter(({ voter }) => voter).length;
  const left = voters - (peer.voter ? 1 : 0);
  const warnings: Text[] = [
    ...(peer.leader ? [say('vaultRemoveLeader')] : []),
    ...(left > 0 && left < 3 ? [say('vaultRemoveFew', { left })] : []),
  ];
  return {
    facts: [
      say('vaultRemoveFact', { peer: id, address: peer.address, node: peer.node ?? '–' }),
      say('vaultRemoveQuorum', { voters, left, quorum: quorumOf(Math.max(left, 1)) }),
      say('vaultRemoveData', { peer: id }),
    ],
    warnings,
    ...(left === 0 ? { no: new AppError('vaultPeerLast', { peer: id }).frame } : {}),
    commands: [...environmentLines(access), ...tokenLines(), { line: `${programOf(access)} operator raft remove-peer ${shellWord(id)}` }],
  };
}

/** Throws `vaultPeerUnknown`, `vaultPeerLast`, and `vaultPeerStays` when it is still named after 20 s. */
export async function removePeer(access: StackAccess, id: string): Promise<RaftPeer[]> {
  const { peer, peers } = await peerOf(access, id);
  if (peer.voter && peers.filter(({ voter }) => voter).length === 1) throw new AppError('vaultPeerLast', { peer: id });
  const client = await vaultFor(access, await vaultTokenFor(access));
  try {
    await client.removePeer(id);
  } finally {
    await client.close();
  }
  const end = Date.now() + settleMs;
  for (;;) {
    // The leader that removed itself answers no more: another one is elected meanwhile.
    const left = await raftPeers(access).catch(ignoreAppError);
    if (left?.length && !left.some((each) => each.id === id)) {
      await access.journal(say('vaultJournalPeerRemoved', { peer: id, address: peer.address }));
      return left;
    }
    if (Date.now() > end) throw new AppError('vaultPeerStays', { peer: id });
    await pause(300);
  }
}
