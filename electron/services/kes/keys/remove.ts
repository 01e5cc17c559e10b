import type { DeletionFacts, KeyNote } from '../../../../shared/kesKeys.ts';
import { AppError, isAppError } from '../../../../shared/rpc/errors.ts';
import type { Evidence } from '../../../../shared/setup.ts';
import type { KesCluster } from '../../../../shared/stacks.ts';
import { say, type Text } from '../../../../shared/text.ts';
import type { KesClient } from '../../../clients/kes/client.ts';
import { cacheMs } from '../../../clients/kes/duration.ts';
import { withKes } from '../../../clients/kes/forStack.ts';
import { partOf } from '../../../clients/partOf.ts';
import { withVault } from '../../../clients/vault/forStack.ts';
import { seen } from '../../../jobs/evidence.ts';
import { kesEnvironment } from '../commands.ts';
import { type Access, clusterOf, type KesKeysDeps, vaultBehind } from './deps.ts';
import { keptTestsOf } from './keptTests.ts';
import { tryKey } from './opens.ts';
import { keepRecord, noCopy, putBack } from './records.ts';
import { auditedUse, usesOf } from './use.ts';

interface Named {
  name: string;
}

/** Everything that is known to need a key, what becomes of it, and what nobody here can know. Changes nothing. */
export async function deletionFacts(access: Access, kes: KesClient, deps: KesKeysDeps, { name }: Named): Promise<DeletionFacts> {
  const { stack } = access;
  const cluster = clusterOf(stack);
  const [exists, uses, audited, why] = await Promise.all([
    kes.hasKey(name),
    usesOf(access, cluster),
    deps.auditedKeys(stack.id, access.cluster),
    noCopy(access, vaultBehind(stack, cluster), name, deps.vaultToken),
  ]);
  const { byKey, unnamed } = auditedUse(audited);
  const use = byKey.get(name);
  const rules = uses.rules.get(name) ?? [];
  const isDefault = uses.defaultKey === name;
  const used = isDefault || rules.length > 0 || (use?.objects ?? 0) > 0;
  const assumed = cluster.nodes.some(({ way }) => way === 'api');
  const cache = { any: cluster.cache.any, ms: cacheMs(cluster.cache.any), assumed };

  const consequences: KeyNote[] = [];
  const add = (level: KeyNote['level'], text: Text): void => void consequences.push({ level, text });
  if (isDefault) add('fail', say('kesDeleteDefault'));
  if (rules.length > 0) add('fail', say('kesDeleteRules', { count: rules.length }));
  if (use && use.objects > 0) add('fail', say('kesDeleteObjects', { count: use.objects, bytes: use.bytes }));
  if (isDefault && unnamed.objects > 0) add('fail', say('kesDeleteUnnamed', { count: unnamed.objects, bytes: unnamed.bytes }));
  add('info', say('kesDeleteCache', { any: cluster.cache.any }));
  if (cluster.nodes.length > 1) add('info', say('kesDeleteNodes', { count: cluster.nodes.length }));

  const unknown: Text[] = [];
  if (audited.at === undefined) unknown.push(say('kesUnknownNoAudit'));
  else unknown.push(say('kesUnknownSince'), ...audited.notSeen);
  if (unnamed.objects > 0 && !isDefault) unknown.push(say('kesUnknownUnnamed', { count: unnamed.objects, bytes: unnamed.bytes }));
  if (uses.errors.length > 0) unknown.push(say('kesUnknownMinio', { code: uses.errors[0]?.code ?? '' }));
  if (uses.minioElsewhere) unknown.push(say('kesUnknownElsewhere'));
  unknown.push(say('kesUnknownOthers'));
  return {
    name,
    exists,
    default: isDefault,
    rules,
    unnamed,
    used,
    cache,
    copy: why === undefined ? { possible: true } : { possible: false, why },
    consequences,
    unknown,
    commands: [...kesEnvironment(access), { comment: say('kesCommandDelete'), line: `kes key rm ${name}` }],
    ...(use === undefined ? {} : { use }),
  };
}

export interface Deletion extends Named {
  typed: string;
  although: boolean;
  copy: boolean;
}

/**
 * Deletes a key after its record was sealed here, where that is wanted, and believes nobody that it is gone: KES answers 200 also where
 * it deleted nothing (kes.md 2.2, 5.4), so every node is asked for it afterwards, and Vault for its entry.
 */
export async function deleteKey(
  access: Access,
  kes: KesClient,
  deps: KesKeysDeps,
  order: Deletion,
): Promise<{ evidence: Evidence[]; kept?: string }> {
  const { name } = order;
  const cluster = clusterOf(access.stack);
  if (order.typed !== name) throw new AppError('kesTypedOther', { name });
  const facts = await deletionFacts(access, kes, deps, order);
  if (!facts.exists) throw new AppError('kesKeyNotFound', { name });
  if (facts.used && !order.although) throw new AppError('kesKeyInUse', { name });
  const evidence: Evidence[] = [];
  // Whatever comes of it, a key that is made again under this name will be known.
  await keepTest(access, kes, cluster, name);
  const store = vaultBehind(access.stack, cluster);
  let kept: string | undefined;
  if (order.copy) {
    if (!store || !facts.copy.possible) throw new AppError('kesCopyImpossible', { name });
    const record = await keepRecord(access, store, cluster.id, name, await deps.vaultToken(access));
    kept = record.id;
    evidence.push(seen('vault', say('kesRecordKept', { place: record.place }), `sha256 ${record.sha256.slice(0, 12)}`));
  }
  await kes.deleteKey(name);
  await access.journal(kept === undefined ? say('kesJournalDeleted', { name }) : say('kesJournalDeletedKept', { name }));
  evidence.push(...(await confirmGone(access, kes, cluster, name, facts, deps)));
  return { evidence, ...(kept === undefined ? {} : { kept }) };
}

/** Another node than the one that was asked may still have it in its memory, or be out of reach. */
async function confirmGone(
  access: Access,
  kes: KesClient,
  cluster: KesCluster,
  name: string,
  facts: DeletionFacts,
  deps: KesKeysDeps,
): Promise<Evidence[]> {
  const evidence: Evidence[] = [];
  for (const { id: node, url } of cluster.nodes) {
    const own = url.replace(/\/+$/, '') === kes.url;
    const { value: there, error } = await partOf(own ? kes.hasKey(name) : withKes(access, 'operator', (one) => one.hasKey(name), node));
    if (there && own) throw new AppError('kesKeyNotDeleted', { name, reason: await whyNotDeleted(access, cluster, deps) });
    if (error && own) throw AppError.of(error);
    if (error) evidence.push(seen('sealdeck', say('kesNodeNotAsked', { node, code: error.code }), undefined, 'warn'));
    else if (there) evidence.push(seen('kes', say('kesStillCached', { node, any: facts.cache.any }), '200', 'info'));
    else evidence.push(seen('kes', say('kesGone', { node, name }), '404 key does not exist'));
  }
  const store = vaultBehind(access.stack, cluster);
  if (store === undefined) return evidence;
  const { mount, version, prefix } = store.engine;
  try {
    const left = await withVault(access, (vault) => vault.kvRead(mount, version, `${prefix}/${name}`), await deps.vaultToken(access));
    if (left !== undefined) throw new AppError('kesKeyNotDeleted', { name, reason: '@kesNotDeletedEntry' });
    evidence.push(seen('vault', say('kesEntryGone', { place: `${mount}/${prefix}/${name}` }), '404'));
  } catch (error) {
    if (!isAppError(error) || error.code === 'kesKeyNotDeleted') throw error;
    evidence.push(seen('sealdeck', say('kesVaultNotAsked', { code: error.code }), undefined, 'info'));
  }
  return evidence;
}

/** A KES that was told v2 on a mount of v1 deletes nothing and says that it did (kes.md 5.4). */
async function whyNotDeleted(access: Access, cluster: KesCluster, deps: KesKeysDeps): Promise<string> {
  const store = vaultBehind(access.stack, cluster);
  if (store === undefined) return '@kesNotDeletedUnknown';
  try {
    const mount = await withVault(access, (vault) => vault.mountSeen(store.engine.mount), await deps.vaultToken(access));
    if (mount === undefined) return '@kesNotDeletedUnknown';
    return mount.options?.version === '2' ? '@kesNotDeletedUnknown' : '@kesNotDeletedVersion';
  } catch (error) {
    if (isAppError(error)) return '@kesNotDeletedUnknown';
    throw error;
  }
}

/** Puts a deleted key's record back and opens with it what was sealed before. */
export async function restoreKey(access: Access, deps: KesKeysDeps, id: string): Promise<Evidence[]> {
  const back = await putBack(access, id, await deps.vaultToken(access));
  await access.journal(say('kesJournalRestored', { name: back.name }));
  const evidence = [seen('vault', say('kesRecordBack', { place: back.place }), `sha256 ${back.sha256.slice(0, 12)}`)];
  const node = clusterOf(access.stack, back.cluster).nodes[0]?.id;
  const test = keptTestsOf(access, back.cluster).all().get(back.name);
  const { opens } = await withKes(access, 'operator', (kes) => tryKey(kes, back.name, test), node);
  if (opens.answer !== 'yes') throw AppError.of(opens.error ?? { code: 'kesRoundTrip', details: { name: back.name } });
  evidence.push(
    seen('kes', test ? say('kesRestoredOpens', { name: back.name }) : say('kesMadeOpens', { name: back.name, ms: opens.ms ?? 0 }), '200'),
  );
  return evidence;
}

async function keepTest(access: Access, kes: KesClient, cluster: KesCluster, name: string): Promise<void> {
  const tests = keptTestsOf(access, cluster.id);
  if (tests.all().has(name)) return;
  const { fresh } = await tryKey(kes, name, undefined);
  if (fresh) await tests.keep(new Map([[name, fresh]]));
}
