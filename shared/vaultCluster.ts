import { z } from 'zod';
import { procedure } from './rpc/define.ts';
import { errorFrame } from './rpc/frames.ts';
import { secretInput } from './secret.ts';
import { commandLine, evidence, serverUrl } from './setup.ts';
import { stackId } from './stacks.ts';
import { text } from './text.ts';
import { plannedCustodian, vaultNodeStatus } from './vault.ts';
import { vaultConfigProcedures } from './vaultConfig.ts';

const nodeId = z.string().min(1).max(80);
const at = z.string();

/** One server of raft's configuration, as the leader tells it. */
export const raftPeer = z.object({
  id: z.string(),
  /** Cluster address, host and port. */
  address: z.string(),
  leader: z.boolean(),
  voter: z.boolean(),
  /** The stack's node that this is, where it can be told. */
  node: z.string().optional(),
  healthy: z.boolean().optional(),
  /** Since the leader last heard of it, as the server writes it: "1.2s". */
  lastContact: z.string().optional(),
});
export type RaftPeer = z.infer<typeof raftPeer>;

/** A node as `vault.status` tells it, and what only matters where there are several. */
export const clusterNode = vaultNodeStatus.extend({
  /** `shamir`, or what opens it by itself: `transit`, `awskms` … */
  seal: z.string().optional(),
  /** People hold recovery keys: the seal device opens this node. */
  recovery: z.boolean().optional(),
  clusterId: z.string().optional(),
  clusterName: z.string().optional(),
  /** The leader's API address, as this node believes. */
  leader: z.string().optional(),
  isLeader: z.boolean().optional(),
  highAvailability: z.boolean().optional(),
  /** Its clock minus ours, seconds; the server tells whole seconds only. */
  clockSeconds: z.number().optional(),
  /** It is in raft's configuration. Absent: not raft, or nobody could be asked. */
  inRaft: z.boolean().optional(),
});
export type ClusterNode = z.infer<typeof clusterNode>;

export const clusterView = z.object({
  nodes: z.array(clusterNode),
  /** Raft's configuration. `error`: why it could not be read. */
  raft: z.object({ peers: z.array(raftPeer), from: z.string().optional(), error: errorFrame.optional() }).optional(),
  /** What follows from all answers together: no leader, two clusters, how many more may fail. */
  findings: z.array(z.object({ level: z.enum(['ok', 'warn', 'fail', 'info']), text })),
  at,
});
export type ClusterView = z.infer<typeof clusterView>;

/** What a change of a cluster means. `no`: why it would do nothing good, with the way out. */
export const clusterPlan = z.object({
  facts: z.array(text),
  warnings: z.array(text),
  no: errorFrame.optional(),
  commands: z.array(commandLine),
});
export type ClusterPlan = z.infer<typeof clusterPlan>;

/** Shares as people give them for a ceremony: who, and when. */
const given = z.array(z.object({ custodian: z.string().optional(), at }));

/** New shares for whoever opens it (`unseal`), or for the recovery keys of a node that opens by itself. */
export const shareKind = z.enum(['unseal', 'recovery']);
export type ShareKind = z.infer<typeof shareKind>;

/** Where a renewal of the shares stands. */
export const rekeyPhase = z.enum([
  /** Nothing runs. */
  'none',
  /** Old shares are being given. */
  'collecting',
  /** The new shares are sealed here; the old ones count until they are verified. */
  'sealed',
  /** Somebody else's renewal runs on the server. */
  'foreign',
  /** The server has cut new shares that never arrived: the old ones count, this renewal can only be cancelled. */
  'answerLost',
  /** The new shares are sealed here, and the server no longer says whether they were verified: `rekeyVerify` finds out. */
  'unsure',
]);

export const rekeyView = z.object({
  phase: rekeyPhase,
  kind: shareKind,
  /** `rekey`: Vault's `sys/rekey`. `rotate`: OpenBao's `sys/rotate/root`, which wants a login. */
  flow: z.enum(['rekey', 'rotate']),
  nonce: z.string().optional(),
  /** Old shares that are needed, and those that were given. */
  required: z.int(),
  progress: z.int(),
  given,
  /** Old shares that Sealdeck keeps. */
  kept: z.int(),
  /** What the new shares will be. */
  next: z.object({ shares: z.int(), threshold: z.int(), custodians: z.array(z.string()) }).optional(),
  startedAt: z.string().optional(),
  sealedAt: z.string().optional(),
  /** What was found out when a renewal that was cut off was looked at. */
  settled: text.optional(),
  /** When the shares were last renewed from here. */
  lastAt: z.string().optional(),
  error: errorFrame.optional(),
  at,
});
export type RekeyView = z.infer<typeof rekeyView>;

const target = { stackId };
/** The same rules as at init: one custodian for each share, or none, and then Sealdeck keeps them until they are handed out. */
export const rekeyInput = z
  .strictObject({
    ...target,
    shares: z.int().min(1).max(255).default(5),
    threshold: z.int().min(1).max(255).default(3),
    custodians: z.array(plannedCustodian).max(255).default([]),
  })
  .refine((v) => v.custodians.length === 0 || v.custodians.length === v.shares, {
    path: ['custodians'],
    message: 'one custodian for each share',
  })
  .refine((v) => new Set(v.custodians.map(({ name }) => name)).size === v.custodians.length, {
    path: ['custodians'],
    message: 'each custodian has a name of their own',
  })
  .refine((v) => v.threshold <= v.shares, { path: ['threshold'], message: 'threshold cannot be larger than shares' })
  .refine((v) => v.shares === 1 || v.threshold > 1, {
    path: ['threshold'],
    message: 'threshold must be greater than one for multiple shares',
  });
export type RekeyInput = z.infer<typeof rekeyInput>;

/** A root token for the owner of a PGP key, as an armored message. */
export const rootMessage = z.object({ name: z.string(), content: z.string(), fingerprint: z.string() });

export const rootPhase = z.enum(['none', 'collecting', 'foreign', 'made', 'lost']);
/** Where the making of a root token stands. */
export const rootView = z.object({
  phase: rootPhase,
  flow: z.enum(['generate-root', 'generate-root-token']),
  /** `otp`: Sealdeck gets it. `pgp`: only the owner of the key can read it. */
  how: z.enum(['otp', 'pgp']).optional(),
  /** The token for the owner of the PGP key, until `rootCancel` forgets it. */
  message: rootMessage.optional(),
  nonce: z.string().optional(),
  required: z.int(),
  progress: z.int(),
  given,
  kept: z.int(),
  /** A root token that was made here and still lies in the credential store. */
  token: z.object({ accessor: z.string(), madeAt: z.string() }).optional(),
  /** Phase `lost`: since when. The attempt's answer never arrived, so a root token may live that nobody knows. */
  since: z.string().optional(),
  error: errorFrame.optional(),
  at,
});
export type RootView = z.infer<typeof rootView>;

/** The key that Vault's own data is sealed with. Not a key of KES, not a share. */
export const barrierKey = z.object({ term: z.int(), installedAt: z.string(), encryptions: z.int().optional() });
export type BarrierKey = z.infer<typeof barrierKey>;

const shareGiven = { share: secretInput, custodian: z.string().optional() };
const fileGiven = { content: z.string().min(1).max(100_000), passphrase: secretInput, custodian: z.string().optional() };

export const vaultClusterProcedures = {
  'vault.cluster': procedure({ input: z.strictObject(target), output: clusterView }),
  /** Another node of the same cluster, which runs already. Asked first: it must be the same product and trusted as the others. */
  'vault.addNode': procedure({
    input: z.strictObject({ ...target, url: serverUrl, id: nodeId.optional() }),
    output: z.object({ node: nodeId }),
  }),
  /** Takes a node off the stack's list. Nothing is changed on it. */
  'vault.forgetNode': procedure({ input: z.strictObject({ ...target, node: nodeId }), output: z.object({}) }),
  'vault.joinPlan': procedure({
    input: z.strictObject({ ...target, node: nodeId, voter: z.boolean().default(true) }),
    output: clusterPlan,
  }),
  /** `inRaft`: read from the configuration afterwards; a node that is sealed comes in only when it has the cluster's shares. */
  'vault.join': procedure({
    input: z.strictObject({ ...target, node: nodeId, voter: z.boolean().default(true) }),
    output: z.object({ node: clusterNode, inRaft: z.boolean() }),
    changesServers: true,
  }),
  'vault.removePeerPlan': procedure({ input: z.strictObject({ ...target, peer: z.string().min(1).max(200) }), output: clusterPlan }),
  /** Read back until it is gone. Throws `vaultPeerStays`. */
  'vault.removePeer': procedure({
    input: z.strictObject({ ...target, peer: z.string().min(1).max(200) }),
    output: z.object({ peers: z.array(raftPeer) }),
    changesServers: true,
  }),

  /** Also settles what a killed engine or a broken connection left: asks the server which shares count. */
  'vault.rekey': procedure({ input: z.strictObject(target), output: rekeyView }),
  /** Checks every PGP key in full. Changes nothing. */
  'vault.rekeyPlan': procedure({ input: rekeyInput, output: clusterPlan }),
  'vault.rekeyBegin': procedure({ input: rekeyInput, output: rekeyView, changesServers: true }),
  'vault.rekeyShare': procedure({
    input: z.strictObject({ ...target, ...shareGiven }),
    output: z.object({ view: rekeyView, repeated: z.boolean() }),
    changesServers: true,
  }),
  'vault.rekeyShareFile': procedure({
    input: z.strictObject({ ...target, ...fileGiven }),
    output: z.object({ view: rekeyView, repeated: z.boolean() }),
    changesServers: true,
  }),
  'vault.rekeyKept': procedure({ input: z.strictObject(target), output: rekeyView, changesServers: true }),
  /** The new shares, read back from the sealed store, are given once more: from then on the old ones open nothing. */
  'vault.rekeyVerify': procedure({ input: z.strictObject(target), output: rekeyView, changesServers: true }),
  'vault.rekeyCancel': procedure({ input: z.strictObject(target), output: rekeyView, changesServers: true }),

  'vault.rootAttempt': procedure({ input: z.strictObject(target), output: rootView }),
  /** `pgp`: armored text or base64 of a binary key, checked in full. */
  'vault.rootBegin': procedure({
    input: z.strictObject({ ...target, pgp: z.string().min(1).max(100_000).optional() }),
    output: rootView,
    changesServers: true,
  }),
  'vault.rootShare': procedure({
    input: z.strictObject({ ...target, ...shareGiven }),
    output: z.object({ view: rootView, repeated: z.boolean() }),
    changesServers: true,
  }),
  'vault.rootShareFile': procedure({
    input: z.strictObject({ ...target, ...fileGiven }),
    output: z.object({ view: rootView, repeated: z.boolean() }),
    changesServers: true,
  }),
  'vault.rootKept': procedure({ input: z.strictObject(target), output: rootView, changesServers: true }),
  'vault.rootCancel': procedure({ input: z.strictObject(target), output: rootView, changesServers: true }),
  /** Every root token that lives, by accessor. Wants the right to list accessors. */
  'vault.rootTokens': procedure({
    input: z.strictObject(target),
    output: z.object({ tokens: z.array(z.object({ accessor: z.string(), madeAt: z.string(), name: z.string(), ours: z.boolean() })), at }),
  }),
  /** Without an accessor the token that was made here. Seen dead afterwards. Throws `vaultAdminFirst`, `vaultRootLives`. */
  'vault.rootRevoke': procedure({
    input: z.strictObject({ ...target, accessor: z.string().max(100).optional() }),
    output: z.object({ evidence: z.array(evidence) }),
    changesServers: true,
  }),

  'vault.barrierKey': procedure({ input: z.strictObject(target), output: barrierKey }),
  /** Online; shares and data stay as they are. Throws `vaultBarrierSame` when the term did not move. */
  'vault.rotateBarrier': procedure({
    input: z.strictObject(target),
    output: z.object({ before: barrierKey, after: barrierKey }),
    changesServers: true,
  }),
  ...vaultConfigProcedures,
};
