import { randomBytes } from 'node:crypto';
import { AppError, isAppError } from '../../../shared/rpc/errors.ts';
import type { Evidence } from '../../../shared/setup.ts';
import type { Custodian, KeyStore } from '../../../shared/stacks.ts';
import { say } from '../../../shared/text.ts';
import type { PlannedCustodian } from '../../../shared/vault.ts';
import { keyStoreOf, readInit } from '../../clients/vault/forStack.ts';
import { seen } from '../../jobs/evidence.ts';
import type { StackAccess } from '../../jobs/step.ts';
import { checkPgpKey } from './pgpKeys.ts';

export const newId = (): string => `c-${randomBytes(4).toString('hex')}`;

/** Throws `vaultCustodianUnknown`. */
export function custodianOf(store: KeyStore, id: string): Custodian {
  const found = store.custodians.find((each) => each.id === id);
  if (found === undefined) throw new AppError('vaultCustodianUnknown');
  return found;
}

/** A new file is not confirmed by what was done with the one before. */
export function withoutConfirmation<C extends Custodian>({ confirmedAt: _, ...rest }: C): Omit<C, 'confirmedAt'> {
  return rest;
}

/** Changes the key store behind the stack's KES in its document: the one that `keyStoreOf` gives. */
export async function changeStore(access: Pick<StackAccess, 'stack' | 'update'>, edit: (store: KeyStore) => KeyStore): Promise<void> {
  const { id } = keyStoreOf(access);
  await access.update((stack) => ({ ...stack, keyStores: stack.keyStores.map((store) => (store.id === id ? edit(store) : store)) }));
}

/** The checked key as the stack's document keeps it. */
export async function pgpOf({ key, name }: PlannedCustodian & { kind: 'pgp' }): Promise<NonNullable<Custodian['pgp']>> {
  const { armored, fingerprint, userIds, algorithm } = await checkPgpKey(key, name);
  return { key: armored, fingerprint, userId: userIds[0] ?? '', algorithm };
}

/** Checks every planned key. Throws what makes the first unfit one so. */
export async function checkPlanned(planned: readonly PlannedCustodian[]): Promise<Omit<Custodian, 'id'>[]> {
  const checked: Omit<Custodian, 'id'>[] = [];
  for (const each of planned)
    checked.push(each.kind === 'pgp' ? { name: each.name, kind: 'pgp', pgp: await pgpOf(each) } : { name: each.name, kind: 'passphrase' });
  return checked;
}

/**
 * Before new shares are born: the document names those who were planned, their keys checked now. Without a plan it names
 * those who held files of an earlier Vault's shares (storage inmem begins anew with every start), as planned again: such
 * files must never count for the new shares. A name that is there keeps its id.
 */
export async function nameCustodians(access: Pick<StackAccess, 'stack' | 'update'>, planned: readonly PlannedCustodian[]): Promise<void> {
  const { custodians: now, sharesDestroyedAt } = keyStoreOf(access);
  const held = now.filter(({ share }) => share !== undefined);
  const wanted =
    planned.length > 0 ? await checkPlanned(planned) : held.map(({ name, kind, pgp }) => ({ name, kind, ...(pgp ? { pgp } : {}) }));
  const next = wanted.map((each) => ({ ...each, id: now.find(({ name }) => name === each.name)?.id ?? newId() }));
  if (sharesDestroyedAt === undefined && JSON.stringify(next) === JSON.stringify(now)) return;
  await changeStore(access, ({ sharesDestroyedAt: _gone, ...store }) => ({ ...store, custodians: next }));
}

/** Who holds a confirmed file, who waits for one, and whether Sealdeck still has its own copy. */
export function custodyEvidence(access: Pick<StackAccess, 'stack' | 'secrets'>): Evidence[] {
  const { custodians, sharesDestroyedAt } = keyStoreOf(access);
  const kept = readInit(access)?.keys_base64.length ?? 0;
  const waiting = custodians.filter(({ confirmedAt }) => confirmedAt === undefined).map(({ name }) => name);
  const confirmed = custodians.length - waiting.length;
  return [
    ...(kept === 0 ? [] : [seen('store', say('vaultSeenSharesKept', { kept }), undefined, 'warn')]),
    ...(confirmed === 0 ? [] : [seen('store', say('vaultSeenConfirmed', { count: confirmed }))]),
    ...(waiting.length === 0 ? [] : [seen('store', say('vaultSeenWaiting', { names: waiting.join(', ') }), undefined, 'warn')]),
    ...(sharesDestroyedAt === undefined ? [] : [seen('store', say('vaultSeenSharesDestroyed', { at: sharesDestroyedAt }))]),
  ];
}

/** Not enough shares are kept, because people hold them: says who must come. Anything else stays as it is. */
export function whoMustCome(access: Pick<StackAccess, 'stack'>, error: unknown): never {
  const names = keyStoreOf(access)
    .custodians.filter(({ confirmedAt }) => confirmedAt !== undefined)
    .map(({ name }) => name);
  if (names.length > 0 && isAppError(error, 'vaultSharesMissing'))
    throw new AppError('vaultCustodiansNeeded', { threshold: Number(error.details.threshold), names: names.join(', ') }, { cause: error });
  throw error;
}
