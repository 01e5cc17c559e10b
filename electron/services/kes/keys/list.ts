import { keyName } from '../../../../shared/kes.ts';
import type { KeySource, ListedKey } from '../../../../shared/kesKeys.ts';
import { publicIdentity } from '../../../../shared/publicIdentities.ts';
import type { KesClient } from '../../../clients/kes/client.ts';
import { partOf } from '../../../clients/partOf.ts';
import { type Access, clusterOf, type KesKeysDeps } from './deps.ts';
import { keptTestsOf } from './keptTests.ts';
import { listKeys } from './listing.ts';
import { auditedUse, usesOf } from './use.ts';

/** Every key name that anybody knows, with who knows it and what uses it. A name that KES does not list is as good as lost: it is shown, too. */
export async function keyList(access: Access, kes: KesClient, deps: KesKeysDeps) {
  const { stack } = access;
  const cluster = clusterOf(stack);
  const [{ listing, fromKes, fromStore }, uses, audited, identities] = await Promise.all([
    listKeys(access, kes, cluster, deps.vaultToken),
    usesOf(access, cluster),
    deps.auditedKeys(stack.id, access.cluster),
    partOf(kes.listIdentities()),
  ]);
  const kept = keptTestsOf(access, cluster.id).all();
  const { byKey } = uses.minioElsewhere ? { byKey: new Map() } : auditedUse(audited);
  const sources = new Map<string, Set<KeySource>>();
  const add = (source: KeySource, names: Iterable<string>): void => {
    for (const name of names) sources.set(name, (sources.get(name) ?? new Set()).add(source));
  };
  add('kes', fromKes);
  add('keyStore', fromStore);
  add('minio', uses.fromMinio);
  add('rule', uses.rules.keys());
  add('audit', byKey.keys());
  // A ciphertext outlives its key: alone it names one only while KES does not tell which there are.
  if (listing.outcome !== 'listed') add('kept', kept.keys());
  if (uses.defaultKey !== undefined) add('minio', [uses.defaultKey]);

  const keys = [...sources]
    .toSorted(([one], [other]) => (one < other ? -1 : 1))
    .map(([name, by]): ListedKey => {
      const use = byKey.get(name);
      return {
        name,
        sources: [...by],
        default: name === uses.defaultKey,
        rules: uses.rules.get(name) ?? [],
        unreachable: !keyName.safeParse(name).success,
        ...(use === undefined ? {} : { use }),
      };
    });
  const own = stack.identities.map(({ hash }) => hash);
  const known = [...new Set([...own, ...(identities.value ?? [])])].flatMap((hash) => publicIdentity(hash) ?? []);
  return {
    keys,
    listing,
    errors: uses.errors,
    publicIdentities: known.map(({ hash, kind, where }) => ({ hash, kind, where })),
    fenced: own.some((hash) => publicIdentity(hash) !== undefined),
    at: new Date().toISOString(),
    ...(uses.defaultKey === undefined ? {} : { defaultKey: uses.defaultKey }),
    ...(audited.at === undefined || uses.minioElsewhere
      ? {}
      : { audited: { at: audited.at, buckets: audited.buckets, notSeen: audited.notSeen } }),
  };
}
