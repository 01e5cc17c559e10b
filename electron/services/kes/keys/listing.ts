import type { KeyListing } from '../../../../shared/kesKeys.ts';
import { isAppError } from '../../../../shared/rpc/errors.ts';
import type { KesCluster, KeyStore } from '../../../../shared/stacks.ts';
import { say } from '../../../../shared/text.ts';
import type { KesClient } from '../../../clients/kes/client.ts';
import { partOf } from '../../../clients/partOf.ts';
import { withVault } from '../../../clients/vault/forStack.ts';
import { type Access, type KesKeysDeps, vaultBehind } from './deps.ts';

export interface Listed {
  listing: KeyListing;
  /** As KES itself lists them. */
  fromKes: string[];
  /** As they lie in the key store's own folder. */
  fromStore: string[];
}

/**
 * The keys as KES lists them. Where it fails, who can tell why is asked: on Vault an empty folder and a missing right are the same
 * 502 (kes.md trap 17), so Vault itself is asked for the folder, else the log of a KES that runs here.
 */
export async function listKeys(
  access: Access,
  kes: KesClient,
  cluster: KesCluster,
  vaultToken: KesKeysDeps['vaultToken'],
): Promise<Listed> {
  const { value: fromKes, error } = await partOf(
    kes.listKeys(async () => {
      const seen = await look(access, cluster, vaultToken);
      return seen.kind === 'names' ? seen.names : undefined;
    }),
  );
  if (fromKes !== undefined)
    return { listing: { outcome: 'listed', says: say('kesListAll', { count: fromKes.length }) }, fromKes, fromStore: [] };
  const inStore = await look(access, cluster, vaultToken);
  const fromStore = inStore.kind === 'names' ? inStore.names : [];
  const failed = (listing: KeyListing): Listed => ({ listing, fromKes: [], fromStore });
  if (error?.code === 'kesNotAuthorised')
    return failed({ outcome: 'refused', says: say('kesListRefused'), next: say('kesListRefusedNext') });
  if (error?.code !== 'kesKeyStore') return failed({ outcome: 'unclear', says: say('kesListFailed') });
  if (inStore.kind === 'otherVersion') {
    const { mount, written, real } = inStore;
    return failed({
      outcome: 'unclear',
      says: say('kesListVersion', { mount, written, real }),
      next: say('kesListVersionNext', { mount, real }),
    });
  }
  if (inStore.kind === 'names') {
    if (fromStore.length === 0) return failed({ outcome: 'empty', says: say('kesListEmptyVault', { path: inStore.path }) });
    return failed({
      outcome: 'storeRefuses',
      says: say('kesListStoreRefuses', { path: inStore.path, count: fromStore.length }),
      next: say('kesListStoreRefusesNext', { rule: inStore.rule }),
    });
  }
  const code = await codeInLog(access, cluster);
  if (code === '404') return failed({ outcome: 'empty', says: say('kesListEmptyLog') });
  if (code === '403')
    return failed({
      outcome: 'storeRefuses',
      says: say('kesListRefusedLog'),
      next: say('kesListStoreRefusesNext', { rule: ruleOf(vaultBehind(access.stack, cluster)) }),
    });
  return failed({ outcome: 'unclear', says: say('kesListUnclear'), next: say('kesListUnclearNext') });
}

type Look =
  | { kind: 'names'; names: string[]; path: string; rule: string }
  /** The mount is of the other kv version than KES was told, so its folder is not where KES looks. */
  | { kind: 'otherVersion'; mount: string; written: number; real: number }
  | { kind: 'no' };

/** What Vault itself has in the folder of the keys. Folders in it are no keys. */
async function look(access: Access, cluster: KesCluster, vaultToken: KesKeysDeps['vaultToken']): Promise<Look> {
  const store = vaultBehind(access.stack, cluster);
  if (store === undefined) return { kind: 'no' };
  const { mount, version, prefix } = store.engine;
  try {
    const found = await withVault(
      access,
      async (vault) => {
        const real = (await vault.mountSeen(mount))?.options?.version === '2' ? 2 : 1;
        return { real, names: real === version ? await vault.kvList(mount, version, prefix) : [] };
      },
      await vaultToken(access),
    );
    if (found.real !== version) return { kind: 'otherVersion', mount, written: version, real: found.real };
    return { kind: 'names', names: found.names.filter((name) => !name.endsWith('/')), path: `${mount}/${prefix}`, rule: ruleOf(store) };
  } catch (error) {
    // No login for it, or none that may look: then it cannot tell.
    if (isAppError(error)) return { kind: 'no' };
    throw error;
  }
}

/** The path that KES's policy in Vault must allow `list` on (kes.md 5.2). */
function ruleOf(store: KeyStore | undefined): string {
  if (store === undefined) return 'list';
  const { mount, version, prefix } = store.engine;
  return `path "${mount}/${version === 2 ? 'metadata/' : ''}${prefix}/*" { capabilities = ["list"] }`;
}

const logLines = 80;

/** What Vault answered KES's last listing, by the log of a KES that runs here. */
async function codeInLog(access: Access, cluster: KesCluster): Promise<string | undefined> {
  if (cluster.nodes[0]?.way !== 'here') return undefined;
  const text = (await access.servers.lastLines('kes', logLines)).join('\n');
  return [...text.matchAll(/failed to list[\s\S]{0,600}?Code: (\d+)/g)].at(-1)?.[1];
}
