import type { ProofLevel } from '../../../shared/proof.ts';
import { isAppError } from '../../../shared/rpc/errors.ts';
import type { Secret } from '../../../shared/secret.ts';
import { keyStoreNames, wayOf } from '../../../shared/servers.ts';
import { say, type Text } from '../../../shared/text.ts';
import { identityFor, withKes } from '../../clients/kes/forStack.ts';
import { kesRights } from '../../clients/kes/rights.ts';
import { withVault } from '../../clients/vault/forStack.ts';
import { kvPath } from '../../clients/vault/kv.ts';
import type { StackAccess } from '../../jobs/step.ts';
import { kesOf, keyStoreOfKes, otherStoreOfKes } from '../../jobs/ways.ts';

/** The strongest level that this stack's credentials reach, and why no stronger one. */
export interface Reach {
  level: ProofLevel;
  why?: Text;
}

/** Asks Vault and KES what the credentials may do. Changes nothing; what cannot be asked counts as not reached. */
export async function reachOf(access: StackAccess, vaultToken: (access: StackAccess) => Promise<Secret>): Promise<Reach> {
  // A stack of our own made all rights itself.
  if (wayOf(access.stack, 'vault') === 'here' && wayOf(access.stack, 'kes') === 'here') return { level: 'chain' };
  if (!kesOf(access.stack) || (await identityFor(access, 'operator')) === undefined) return { level: 'rule', why: say('proofWhyNoKes') };
  const rights = await kesMay(access);
  if (!rights.has('create')) return { level: 'rule', why: say('proofWhyNoCreate') };
  const reason = await vaultRefuses(access, vaultToken);
  if (reason === undefined) return { level: 'chain' };
  return rights.has('delete') ? { level: 'dependency', why: reason } : { level: 'rule', why: say('proofWhyNoDelete') };
}

async function kesMay(access: StackAccess): Promise<ReadonlySet<string>> {
  const prefix = (kesOf(access.stack)?.policy.pattern ?? '').replace(/\*$/, '');
  try {
    const asked = { key: `${prefix}proof`, prefix, exact: false };
    const rights = await withKes(access, 'operator', (kes) => kesRights(kes, asked, ['create', 'delete']));
    return new Set(rights.filter(({ outcome }) => outcome === 'ok').map(({ operation }) => operation));
  } catch (error) {
    if (isAppError(error)) return new Set();
    throw error;
  }
}

/** What keeps Sealdeck from withholding a key in Vault; undefined: nothing. */
async function vaultRefuses(access: StackAccess, vaultToken: (access: StackAccess) => Promise<Secret>): Promise<Text | undefined> {
  const engine = keyStoreOfKes(access.stack)?.engine;
  const other = otherStoreOfKes(access.stack);
  if (other) return say('keyStoreLevel', { store: keyStoreNames[other.kind] });
  if (engine === undefined) return say('proofWhyNoVault');
  const { mount, version, prefix } = engine;
  const record = kvPath(mount, version, 'data', `${prefix}/proof`);
  const entry = kvPath(mount, version, 'metadata', `${prefix}/proof`);
  const needed: readonly (readonly [path: string, capability: string])[] = [
    [record, 'read'],
    [record, 'create'],
    [entry, 'delete'],
  ];
  try {
    const token = await vaultToken(access);
    const may = await withVault(access, (vault) => vault.capabilitiesSelf([...new Set([record, entry])]), token);
    const missing = needed.find(([path, capability]) => !may[path]?.some((one) => one === 'root' || one === capability));
    return missing && say('proofWhyVaultRight', { path: missing[0], capability: missing[1] });
  } catch (error) {
    if (isAppError(error)) return say('proofWhyNoVaultLogin', { reason: error.code });
    throw error;
  }
}
