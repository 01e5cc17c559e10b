import { AppError, isAppError } from '../../../shared/rpc/errors.ts';
import type { Secret } from '../../../shared/secret.ts';
import type { KeyStore } from '../../../shared/stacks.ts';
import { say } from '../../../shared/text.ts';
import type { TokenInfo } from '../../clients/vault/auth.ts';
import { keyStoreOf, readInit, readOperator, vaultFor, vaultTokenFor } from '../../clients/vault/forStack.ts';
import { kvPath } from '../../clients/vault/kv.ts';
import type { VaultClient } from '../../clients/vault/vaultClient.ts';
import type { StackAccess } from '../../jobs/step.ts';
import { type Lit, notItsJob, type OwnLights, ok, warn, word } from './lights.ts';
import { asLogin } from './tries.ts';

const products = { openbao: 'OpenBao', vault: 'Vault', unknown: 'Vault' } as const;
const soonSeconds = 3_600;

/** The lights that Vault answers for. `heard` is told what it said. The caller closes the returned clients. */
export function vaultLights(access: StackAccess, heard: (words: string) => void): OwnLights & { close(): Promise<void> } {
  const store = keyStoreOf(access);
  const clients: VaultClient[] = [];
  let token: Secret | undefined;
  const client = async (): Promise<VaultClient> => {
    const made = await vaultFor(access, token);
    clients.push(made);
    return made;
  };

  return {
    async identity() {
      const vault = await client();
      const { initialized, sealed } = await vault.sealStatus();
      const { product, version, state } = await vault.health();
      heard(`${products[product]} ${version}, ${state}`);
      if (!initialized) throw new AppError('vaultNotInitialised', { host: vault.host });
      if (sealed) throw new AppError('vaultSealed', { host: vault.host });
      if (readOperator(access) === undefined && readInit(access)?.root_token === undefined)
        throw new AppError('connectNoCredential', { server: 'Vault' });
      token = await vaultTokenFor(access).catch(asLogin);
      return identityLight(access, await vault.lookupSelf(token));
    },
    async policy() {
      const vault = await client();
      const needs = needsOf(store);
      const answer = await vault.capabilitiesSelf([...new Set(needs.map(({ path }) => path))]);
      const missing = needs.filter(({ path, any }) => !may(answer[path], any));
      const what = missing.map(({ path, any }) => `${any[0]} ${path}`).join(', ');
      if (missing.some(({ essential }) => essential)) throw new AppError('connectRightsMissing', { server: 'Vault', missing: what });
      const count = needs.length - missing.length;
      if (missing.length === 0) return ok(say('connectRights', { count }));
      return warn(
        say('connectRightsOf', { count, total: needs.length }),
        new AppError('connectRightsMissing', { server: 'Vault', missing: what }),
      );
    },
    async keyStore() {
      const vault = await client();
      const { mount, version, prefix } = store.engine;
      const found = (await vault.mountSeen(mount)) ?? (await mountOf(vault, mount));
      if (found === undefined) throw new AppError('connectMountMissing', { mount, host: vault.host });
      if (found.type !== 'kv') throw new AppError('connectMountOther', { mount, type: found.type });
      const actual = found.options?.version === '2' ? 2 : 1;
      if (actual !== version) throw new AppError('kvVersionDiffers', { mount, actual, expected: version });
      await vault.kvList(mount, version, prefix);
      return ok(word(`kv v${version}`));
    },
    key: async () => notItsJob,
    async close() {
      await Promise.all(clients.map((one) => one.close()));
    },
  };
}

function identityLight(access: StackAccess, info: TokenInfo): Lit {
  if (info.policies.includes('root')) return warn(say('connectRootToken'), new AppError('connectRootToken'));
  const operator = readOperator(access);
  const ends = info.expire_time && operator?.auth === 'token' && !info.renewable;
  if (ends && info.ttl < soonSeconds) {
    const minutes = Math.max(1, Math.round(info.ttl / 60));
    return warn(say('connectTokenEnds', { minutes }), new AppError('connectTokenEnds', { minutes }));
  }
  if (operator?.auth === 'token') return ok(say('connectToken'));
  return ok(word(operator?.auth === 'userpass' ? operator.name : 'AppRole'));
}

interface Need {
  path: string;
  /** One of these is enough. */
  any: readonly string[];
  /** Without it Sealdeck sees nothing of the keys. */
  essential?: true;
}

/** What Sealdeck does in a Vault: see the keys; withhold and restore one in a proof; prepare policy, role and secret ID for KES. */
function needsOf({ engine: { mount, version, prefix }, appRole }: KeyStore): Need[] {
  const below = (part: 'data' | 'metadata', name: string): string => kvPath(mount, version, part, `${prefix}/${name}`);
  const role = `auth/${appRole.mount}/role/${appRole.role}`;
  return [
    { path: `${kvPath(mount, version, 'metadata', prefix)}/`, any: ['list'], essential: true },
    { path: below('data', 'x'), any: ['read'] },
    { path: below('data', 'x'), any: ['create'] },
    { path: below('metadata', 'x'), any: ['delete'] },
    { path: 'sys/mounts', any: ['read'] },
    { path: `sys/policies/acl/${appRole.policy}`, any: ['update', 'create'] },
    { path: role, any: ['update', 'create'] },
    { path: `${role}/secret-id`, any: ['update', 'create'] },
  ];
}

function may(capabilities: readonly string[] | undefined, any: readonly string[]): boolean {
  return (capabilities ?? []).some((one) => one === 'root' || any.includes(one));
}

/** From the list of all mounts, for logins that may see it. */
async function mountOf(vault: VaultClient, mount: string) {
  try {
    return (await vault.mounts())[`${mount}/`];
  } catch (error) {
    if (isAppError(error, 'vaultPermissionDenied')) return undefined;
    throw error;
  }
}
