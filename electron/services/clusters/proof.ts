import { randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import type { ClusterProof } from '../../../shared/clusters.ts';
import { AppError } from '../../../shared/rpc/errors.ts';
import { Secret } from '../../../shared/secret.ts';
import type { Stack } from '../../../shared/stacks.ts';
import { say } from '../../../shared/text.ts';
import { createKesClient } from '../../clients/kes/client.ts';
import { identityFor, kesAddress, withKes } from '../../clients/kes/forStack.ts';
import { withS3 } from '../../clients/s3/forStack.ts';
import { keyStoreOf, readAppRole, vaultFor } from '../../clients/vault/forStack.ts';
import { kvPath } from '../../clients/vault/kv.ts';
import { clusterView, whereOf } from '../../jobs/clusterView.ts';
import type { StackAccess, StepContext } from '../../jobs/step.ts';
import { kesOf } from '../../jobs/ways.ts';

/**
 * How many objects each cluster writes. Others ask a KES meanwhile, as every open window does for its lights: what grows with
 * the writes is MinIO's, so a KES that counted too much is asked again with more before anybody is blamed.
 */
const rounds = [5, 50, 100] as const;

interface Member {
  id: string;
  access: StackAccess;
}

/**
 * Writes through each cluster while all KES count, and asks with each role and each identity for what belongs to the
 * others. `unfinished`: additions that stand still, which may have no bucket, nor a server that answers. Throws
 * `clusterWrongKes`, `clusterNotApart`.
 */
export async function proveApart(
  context: Pick<StepContext, 'signal'> & StackAccess,
  unfinished: readonly string[] = [],
): Promise<ClusterProof> {
  const members = provable(context.stack, unfinished).map((id): Member => ({ id, access: clusterView(context, id) }));
  const { writes, counted } = await countWrites(members, context.signal);
  const refused: ClusterProof['refused'] = [];
  for (const by of members)
    for (const of of members.filter(({ id }) => id !== by.id)) {
      context.signal.throwIfAborted();
      refused.push(...(await refusedByVault(by, of)), ...(await refusedByKes(by, of)));
    }
  await context.journal(say('clusters.journal.proven', { clusters: members.map(({ id }) => id).join(', ') }));
  return {
    at: new Date().toISOString(),
    writes,
    clusters: [...counted].map(([id, { own, other }]) => ({ id, ownWrite: own, otherWrite: other })),
    refused,
  };
}

/** Ids of the clusters that have a KES and are whole. */
export function provable({ minioClusters }: Pick<Stack, 'minioClusters'>, unfinished: readonly string[]): string[] {
  return minioClusters.filter(({ id, kes }) => kes && !unfinished.includes(id)).map(({ id }) => id);
}

interface Counted {
  writes: number;
  counted: Map<string, { own: number; other: number }>;
}

/** What each KES counted of its own MinIO's writes and, at most, of another's. Throws `clusterWrongKes`. */
async function countWrites(members: readonly Member[], signal: AbortSignal): Promise<Counted> {
  let wrong: AppError | undefined;
  for (const writes of rounds) {
    wrong = undefined;
    const counted: Counted['counted'] = new Map();
    for (const writer of members) {
      signal.throwIfAborted();
      const before = await countsOf(members);
      await write(writer, writes);
      const after = await countsOf(members);
      for (const { id } of members) {
        // A look at its counters is none of the requests that KES v0.24 counts [seen].
        const count = (after.get(id) ?? 0) - (before.get(id) ?? 0);
        const known = counted.get(id) ?? { own: 0, other: 0 };
        counted.set(id, id === writer.id ? { ...known, own: count } : { ...known, other: Math.max(known.other, count) });
        if (id === writer.id ? count < writes : count >= writes)
          wrong ??= new AppError('clusterWrongKes', { cluster: writer.id, writes, of: id, count });
      }
      if (wrong) break;
    }
    if (wrong === undefined) return { writes, counted };
  }
  throw wrong;
}

/** What the KES of each cluster counted since their start, all nodes together. */
async function countsOf(members: readonly Member[]): Promise<Map<string, number>> {
  const counts = members.map(async ({ id, access }) => [id, await requestsOf(access)] as const);
  return new Map(await Promise.all(counts));
}

async function requestsOf(access: StackAccess): Promise<number> {
  const nodes = kesOf(access.stack)?.nodes ?? [];
  const counts = await Promise.all(nodes.map(({ id }) => withKes(access, 'operator', (kes) => kes.requestCount(), id)));
  return counts.reduce((sum, count) => sum + count, 0);
}

/** Into a bucket that is there, under a name that is gone afterwards. Throws `proofNoBucket`. */
async function write({ access }: Member, writes: number): Promise<void> {
  const key = access.stack.minioClusters[0]?.defaultKey ?? '';
  await withS3(access, async (s3) => {
    const bucket = (await s3.listBuckets())[0]?.name;
    if (bucket === undefined) throw new AppError('proofNoBucket', { stack: whereOf(access) });
    const name = `.sealdeck/apart-${randomBytes(4).toString('hex')}`;
    try {
      for (let at = 0; at < writes; at += 1)
        await s3.putObject(bucket, name, Readable.from(['apart']), { length: 5, sse: { kind: 'sse-kms', key } });
    } finally {
      await s3.deleteVersions(bucket, name);
    }
  });
}

/**
 * Logs in as this cluster's KES does and asks for a name in the other's prefix. Vault decides before it looks: 403, where
 * the own prefix says 404. No key is read. Nothing where Sealdeck has no login of that KES.
 */
async function refusedByVault(by: Member, of: Member): Promise<ClusterProof['refused']> {
  const kept = readAppRole(by.access);
  if (kept === undefined) return [];
  const { appRole } = keyStoreOf(by.access);
  const anonymous = await vaultFor(by.access);
  const { token } = await anonymous.appRoleLogin(appRole.mount, kept.roleId, new Secret(kept.secretId)).finally(() => anonymous.close());
  const client = await vaultFor(by.access, token);
  try {
    const name = `sealdeck-probe-${randomBytes(4).toString('hex')}`;
    const asked = async ({ access }: Member): Promise<{ path: string; status: number }> => {
      const { mount, version, prefix } = keyStoreOf(access).engine;
      const path = kvPath(mount, version, 'data', `${prefix}/${name}`);
      return { path, status: (await client.attempt('GET', path)).status };
    };
    const own = await asked(by);
    // A role that is refused everywhere would prove nothing.
    if (own.status !== 404) throw new AppError('vaultProofFailed', { what: 'read', path: own.path, reason: `HTTP ${own.status}` });
    const { path, status } = await asked(of);
    return [{ by: by.id, of: of.id, what: 'prefix', asked: path, status: refusal(by, of, path, status) }];
  } finally {
    await client.revokeSelf();
    await client.close();
  }
}

/** Shows this cluster's identity to the other's KES. Nothing where its certificate or key lies elsewhere. */
async function refusedByKes(by: Member, of: Member): Promise<ClusterProof['refused']> {
  const identity = await identityFor(by.access, 'minio');
  if (identity === undefined) return [];
  const kes = createKesClient({ ...(await kesAddress(of.access)), ...identity });
  try {
    const path = `/v1/key/generate/${of.access.stack.minioClusters[0]?.defaultKey ?? ''}`;
    const { status } = await kes.probe('POST', path, {});
    return [{ by: by.id, of: of.id, what: 'kes', asked: path, status: refusal(by, of, path, status) }];
  } finally {
    await kes.close();
  }
}

function refusal(by: Member, of: Member, asked: string, status: number): number {
  if (status !== 403) throw new AppError('clusterNotApart', { by: by.id, of: of.id, asked, status });
  return status;
}
