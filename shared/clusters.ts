import { z } from 'zod';
import { jobStarted } from './jobs.ts';
import { kesInput, kesStatus, keyName } from './kes.ts';
import { bucketName, minioStatus } from './minio.ts';
import { procedure } from './rpc/define.ts';
import { errorFrame } from './rpc/frames.ts';
import { stepPlan } from './setup.ts';
import { clusterId, stackId, way } from './stacks.ts';
import { prepareInput, vaultNodeStatus } from './vault.ts';

const port = z.int().min(1).max(65535);

/** The next MinIO cluster with a KES of its own: both run here, beside the first. Every field is proposed. */
export const clusterInput = z.strictObject({
  id: clusterId,
  /** KES nodes: with two its MinIO writes on while one of them, or its Vault node, is stopped. */
  kesNodes: z.union([z.literal(1), z.literal(2)]).default(1),
  /** `kesSecond` counts only for two KES nodes. */
  ports: z.strictObject({ kes: port, kesSecond: port, minio: port, minioConsole: port }),
  /** In the key store: a folder of its own in the mount of the first cluster, never above or below another's. */
  prefix: prepareInput.shape.prefix.unwrap(),
  role: prepareInput.shape.role.unwrap(),
  policy: prepareInput.shape.policy.unwrap(),
  /** In KES: the keys that this MinIO may use, a prefix; the star is added. */
  keyPrefix: kesInput.shape.keyPrefix.unwrap(),
  key: keyName,
  cacheAny: kesInput.shape.cacheAny,
  cacheUnused: kesInput.shape.cacheUnused,
  bucket: bucketName.default('first-bucket'),
});
export type ClusterInput = z.infer<typeof clusterInput>;

/** In order. `proof`: each cluster writes through its own KES, and neither gets at the keys of the other. */
export const clusterSteps = ['document', 'certificates', 'prepare', 'kes', 'key', 'minio', 'bucket', 'proof'] as const;
export const clusterStep = z.enum(clusterSteps);
export type ClusterStep = z.infer<typeof clusterStep>;

/** What is kept of an addition: written before anything else, so that a kill loses nothing. `step`: the one that it stands at. */
export const clusterRecord = z.object({
  version: z.literal(1),
  input: clusterInput,
  step: clusterStep,
  startedAt: z.string(),
  /** When it was proven. Absent: it is not finished. */
  finishedAt: z.string().optional(),
  /** When it was given up. What Vault has under these names stays this cluster's, for who adds it again. */
  forgottenAt: z.string().optional(),
  /** A root token was made for it by the kept shares, and is not revoked yet. */
  rootToken: z.literal(true).optional(),
  /** What stopped it, where it did not end with the engine. */
  error: errorFrame.optional(),
  /** Absent: nothing works on it now. */
  jobId: z.string().optional(),
});
export type ClusterRecord = z.infer<typeof clusterRecord>;

const place = { way };
/** Requests about keys, policies and identities since that KES started, as it counts them itself. */
const requests = z.int().optional();

export const clusterPicture = z.object({
  id: z.string(),
  /** The one that the stack was set up with. */
  first: z.boolean(),
  minio: z.array(minioStatus.extend(place)),
  /** Absent: it has none, or Sealdeck does not know it. `requests` absent: that KES could not be asked, `error` says why. */
  kes: z
    .object({
      id: z.string(),
      nodes: z.array(kesStatus.extend({ ...place, requests })),
      /** Keys that its MinIO may use, with the star. */
      pattern: z.string(),
      /** Sum of all its nodes; absent when one of them is not known. */
      requests,
    })
    .optional(),
  /** `path`: engine and prefix, as `kv/minio-2`; role and policy only for Vault. Absent: not known. */
  keyStore: z
    .object({ id: z.string(), kind: z.string(), path: z.string().optional(), role: z.string().optional(), policy: z.string().optional() })
    .optional(),
  /** Hash of the certificate that its MinIO shows to KES; absent until there is one. */
  identity: z.string().optional(),
  defaultKey: z.string(),
  /** Its addition did not come to its end yet. */
  unfinished: clusterRecord.optional(),
});
export type ClusterPicture = z.infer<typeof clusterPicture>;

/** What each KES counted while one cluster after the other wrote `writes` objects. */
export const clusterProof = z.object({
  at: z.string(),
  writes: z.int(),
  clusters: z.array(
    z.object({
      id: z.string(),
      /** Requests that its own KES counted while this cluster wrote, and while another did. */
      ownWrite: z.int(),
      otherWrite: z.int(),
    }),
  ),
  /** What was tried and refused: `asked` by `by`. `status`: the answer's HTTP status. */
  refused: z.array(z.object({ by: z.string(), of: z.string(), what: z.enum(['prefix', 'kes']), asked: z.string(), status: z.int() })),
});
export type ClusterProof = z.infer<typeof clusterProof>;

const one = z.strictObject({ stackId, cluster: clusterId });

export const clusterProcedures = {
  /** Asks every server of the stack. `vault`: the nodes of the key store that the clusters share. */
  'clusters.picture': procedure({
    input: z.strictObject({ stackId }),
    output: z.object({
      clusters: z.array(clusterPicture),
      vault: z.array(vaultNodeStatus.extend(place)),
      /** Additions of which the document has nothing yet. */
      unfinished: z.array(clusterRecord),
      /** Why no further cluster can be added here. */
      refused: errorFrame.optional(),
    }),
  }),
  /** Free names and ports for the next one. Changes nothing. */
  'clusters.propose': procedure({ input: z.strictObject({ stackId }), output: z.object({ input: clusterInput }) }),
  /** Refuses as `clusters.add` would. Changes nothing. */
  'clusters.plan': procedure({ input: z.strictObject({ stackId, input: clusterInput }), output: z.object({ plan: stepPlan }) }),
  /** The job counts the steps of `clusterSteps`; its note names the one at work. Result: `{cluster, proof}`. */
  'clusters.add': procedure({ input: z.strictObject({ stackId, input: clusterInput }), output: jobStarted, changesServers: true }),
  /** Goes on with a kept addition where it stood. The same job and result. */
  'clusters.resume': procedure({ input: one, output: jobStarted, changesServers: true }),
  /** Writes some objects in each cluster and takes them away again; asks for the others' keys. Result: `clusterProof`. */
  'clusters.prove': procedure({ input: z.strictObject({ stackId }), output: jobStarted, changesServers: true }),
  /**
   * Gives an unfinished addition up: its servers here are ended and it leaves the stack. Its files and secrets stay, as what
   * Vault has of it, so that adding it again under the same name goes on with them.
   */
  'clusters.forget': procedure({ input: one, output: z.object({}), changesServers: true }),
};
/** A cluster came, changed or went, or its addition did. */
export const clusterEvents = { 'clusters.changed': z.object({ stackId }) };
