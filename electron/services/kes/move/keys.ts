import { createHash } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { keyName } from '../../../../shared/kes.ts';
import { AppError, isAppError } from '../../../../shared/rpc/errors.ts';
import { Secret } from '../../../../shared/secret.ts';
import type { VaultLogin } from '../../../clients/vault/auth.ts';
import { vaultFor, vaultTokenFor } from '../../../clients/vault/forStack.ts';
import type { VaultClient } from '../../../clients/vault/vaultClient.ts';
import type { StackAccess } from '../../../jobs/step.ts';
import type { Deployment } from './deployment.ts';
import { type Engine, listPath, withList } from './vaultPolicy.ts';

export interface SeenStore {
  /** Absent: a folder of files. */
  engine: Engine | undefined;
  /** Where the names were seen, for people. */
  place: string;
  /** All names in KES's folder, as Vault itself lists them: v0.11 has no list of its own. */
  names: string[];
  /** What the mount is; the file may say otherwise. */
  mountVersion: 1 | 2 | undefined;
  /** The policy of KES's own login that lacks the right to list. Absent: KES may list. */
  policy: { name: string; before: string; after: string } | undefined;
  /** KES's own login was taken. */
  login: boolean;
}

/** Where the file says that the keys are. Undefined: another key store. */
export function engineOf({ config }: Pick<Deployment, 'config'>): Engine | undefined {
  if (config.keyStore?.kind !== 'vault') return undefined;
  const { engine = 'kv', prefix = '', version = 'v1' } = config.keyStore.values;
  const plain = (path: string): string => path.replace(/^\/+|\/+$/g, '');
  return { mount: plain(engine), prefix: plain(prefix), version: version === 'v2' ? 2 : 1 };
}

/**
 * The names of all keys. Looks into Vault with the stack's login, and as KES with the role of the old file: once, since failed log-ins lock a role
 * out (vault.md trap 21). Changes nothing but a token, which is revoked again.
 */
export async function lookIntoStore(access: StackAccess, deployment: Deployment): Promise<SeenStore | undefined> {
  const engine = engineOf(deployment);
  if (engine === undefined) return lookIntoFolder(deployment);
  const vault = await vaultFor(access, await vaultTokenFor(access));
  try {
    const mount = await vault.mountSeen(engine.mount);
    const mountVersion = mount === undefined ? undefined : mount.options?.version === '2' ? 2 : 1;
    const names = (await vault.kvList(engine.mount, mountVersion ?? engine.version, engine.prefix)).filter((name) => !name.endsWith('/'));
    const place = `${engine.mount}/${engine.prefix}`;
    return { engine, place, names: names.sort(), mountVersion, ...(await asKes(access, vault, deployment, engine)) };
  } finally {
    await vault.close();
  }
}

/** One file for each key, by its name. Undefined: no such key store, or its folder is on another host. */
async function lookIntoFolder({ config }: Deployment): Promise<SeenStore | undefined> {
  const place = config.keyStore?.kind === 'fs' ? config.keyStore.values.path : undefined;
  const found = place === undefined ? undefined : await readdir(place, { withFileTypes: true }).catch(() => undefined);
  if (place === undefined || found === undefined) return undefined;
  const names = found.filter((entry) => entry.isFile()).map(({ name }) => name);
  return { engine: undefined, place, names: names.sort(), mountVersion: undefined, policy: undefined, login: true };
}

async function asKes(
  access: StackAccess,
  vault: VaultClient,
  deployment: Deployment,
  engine: Engine,
): Promise<Pick<SeenStore, 'policy' | 'login'>> {
  const values = deployment.config.keyStore?.values ?? {};
  const id = deref(deployment, values['approle.id']);
  const secret = deref(deployment, values['approle.secret']);
  if (id === undefined || secret === undefined) return { policy: undefined, login: false };
  const login = await loginOnce(vault, (values['approle.engine'] ?? 'approle').replace(/\/+$/, ''), id.reveal(), secret);
  const own = await vaultFor(access, login.token);
  try {
    const path = listPath(engine);
    const may = await own.capabilitiesSelf([path]);
    if (may[path]?.some((right) => right === 'list' || right === 'root')) return { policy: undefined, login: true };
    for (const name of login.policies.filter((one) => one !== 'default')) {
      const before = await vault.policy(name);
      if (before !== undefined) return { policy: { name, before, after: withList(before, engine) }, login: true };
    }
    return { policy: undefined, login: true };
  } finally {
    await own.attempt('POST', 'auth/token/revoke-self');
    await own.close();
  }
}

/** Refused log-ins, by digest: plans are asked for again and again, and five failures lock the role out, KES with it (vault.md trap 21). */
const refused = new Map<string, AppError>();

async function loginOnce(vault: VaultClient, mount: string, id: string, secret: Secret): Promise<VaultLogin> {
  const credential = createHash('sha256').update(`${vault.url} ${mount} ${id} ${secret.reveal()}`).digest('hex');
  const before = refused.get(credential);
  if (before !== undefined) throw before;
  try {
    return await vault.appRoleLogin(mount, id, secret);
  } catch (error) {
    if (isAppError(error, 'vaultLoginRefused')) refused.set(credential, error);
    throw error;
  }
}

/** A value, or the variable of the old environment that it names. */
export function deref({ secrets }: Pick<Deployment, 'secrets'>, value: string | undefined): Secret | undefined {
  const name = /^\$\{(\w+)\}$/.exec(value ?? '')?.[1];
  if (name !== undefined) return secrets.get(name);
  return value === undefined || value === '' ? undefined : new Secret(value);
}

/** Gives KES's policy the right to list. Read back; takes effect at once. Throws `kesMovePolicyMoved` where it changed meanwhile. */
export async function allowList(access: StackAccess, { policy }: SeenStore): Promise<boolean> {
  if (policy === undefined) return false;
  const vault = await vaultFor(access, await vaultTokenFor(access));
  try {
    if ((await vault.policy(policy.name)) !== policy.before) throw new AppError('kesMovePolicyMoved', { name: policy.name });
    await vault.writePolicy(policy.name, policy.after);
    if ((await vault.policy(policy.name)) !== policy.after) throw new AppError('kesMovePolicyMoved', { name: policy.name });
    return true;
  } finally {
    await vault.close();
  }
}

/** Whether today's servers take the name: they list the others, and refuse every call on them (kes.md 2.5). */
export function isLegalName(name: string): boolean {
  return keyName.safeParse(name).success;
}

/** Whether a stack's Vault can be looked into at all. */
export function hasNoLogin(error: unknown): boolean {
  return isAppError(error, 'vaultNoToken') || isAppError(error, 'vaultAbsent');
}
