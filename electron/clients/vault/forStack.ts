import { createHash } from 'node:crypto';
import { z } from 'zod';
import { AppError, isAppError } from '../../../shared/rpc/errors.ts';
import { Secret } from '../../../shared/secret.ts';
import type { KeyStore, StackNode } from '../../../shared/stacks.ts';
import type { StackAccess } from '../../jobs/step.ts';
import { keyStoreOfKes } from '../../jobs/ways.ts';
import { readSealed } from '../../platform/sealedJson.ts';
import { trustOf } from '../trust.ts';
import type { VaultLogin } from './auth.ts';
import { createVaultClient, type VaultClient } from './vaultClient.ts';

/** 'vault.init' of the sealed store. The root token leaves it when root is revoked, the shares when they are handed out. */
const keptInit = z.object({
  keys_base64: z.array(z.string()),
  root_token: z.string().optional(),
  /** Accessor of the revoked root token: no secret, lets a later check ask whether it is really gone. */
  root_accessor: z.string().optional(),
  shares: z.int(),
  threshold: z.int(),
  /** Recovery keys of a server with a seal device: they authorise, and unseal nothing (vault.md 2.4). */
  recovery: z.boolean().optional(),
  /** When these shares replaced older ones, ISO time. */
  rekeyedAt: z.string().optional(),
});
export type KeptInit = z.infer<typeof keptInit>;

/** 'vault.operator' of the sealed store. */
const keptOperator = z.discriminatedUnion('auth', [
  z.object({ auth: z.literal('userpass'), mount: z.string(), name: z.string(), password: z.string() }),
  z.object({ auth: z.literal('approle'), mount: z.string(), name: z.string(), roleId: z.string(), secretId: z.string() }),
  /** A token that was given: it is not renewed here, and never revoked. */
  z.object({ auth: z.literal('token'), mount: z.string(), name: z.string(), token: z.string() }),
]);
export type KeptOperator = z.infer<typeof keptOperator>;

/** 'kes.approle' of the sealed store. */
const keptAppRole = z.object({ roleId: z.string(), secretId: z.string(), accessor: z.string() });
export type KeptAppRole = z.infer<typeof keptAppRole>;

/** 'vault.root' of the sealed store: a root token in the making, or made. */
const keptRoot = z.discriminatedUnion('state', [
  /** The OTP lies here before the server knows of it; with a PGP key there is none. */
  z.object({
    state: z.literal('asked'),
    at: z.string(),
    nonce: z.string().optional(),
    otp: z.string().optional(),
    pgp: z.string().optional(),
  }),
  z.object({ state: z.literal('made'), at: z.string(), token: z.string(), accessor: z.string() }),
  /** For the owner of a PGP key: nobody else opens it. */
  z.object({ state: z.literal('message'), at: z.string(), content: z.string(), fingerprint: z.string() }),
]);
export type KeptRoot = z.infer<typeof keptRoot>;

type Secrets = Pick<StackAccess, 'secrets'>;

/** The kept answer of init. Throws `storeDamaged` when it has another form. */
export function readInit({ secrets }: Secrets): KeptInit | undefined {
  return readSealed(secrets.get('vault.init'), 'vault.init', keptInit);
}

/** The operator's login, made by Sealdeck or given on Connect. Throws `storeDamaged`. */
export function readOperator({ secrets }: Secrets): KeptOperator | undefined {
  return readSealed(secrets.get('vault.operator'), 'vault.operator', keptOperator);
}

/** A root token that was made after init, or is being made. Throws `storeDamaged`. */
export function readRoot({ secrets }: Secrets): KeptRoot | undefined {
  return readSealed(secrets.get('vault.root'), 'vault.root', keptRoot);
}

/** What KES logs in to Vault with, when Sealdeck made it. Throws `storeDamaged`. */
export function readAppRole({ secrets }: Secrets): KeptAppRole | undefined {
  return readSealed(secrets.get('kes.approle'), 'kes.approle', keptAppRole);
}

/** The key store of the Vault family behind the stack's KES, else the first there is. Throws `vaultAbsent`. */
export function keyStoreOf(access: Pick<StackAccess, 'stack'>): KeyStore {
  const store = keyStoreOfKes(access.stack) ?? access.stack.keyStores[0];
  if (store === undefined) throw new AppError('vaultAbsent', { stack: access.stack.name });
  return store;
}

/** A client for a node of the stack, the leader unless named. The CA is read from the stack's folder each time. */
export async function vaultFor(access: Pick<StackAccess, 'stack' | 'folder'>, token?: Secret, nodeId?: string): Promise<VaultClient> {
  const { nodes, ca } = keyStoreOf(access);
  const trust = await trustOf(access, ca);
  const node = nodeId === undefined ? await leadOf(nodes, trust) : nodes.find((candidate) => candidate.id === nodeId);
  if (node === undefined) throw new AppError('vaultAbsent', { stack: access.stack.name });
  return createVaultClient({ url: node.url, ca: trust, ...(token === undefined ? {} : { token }) });
}

const order = ['active', 'standby', 'sealed', 'uninitialised'] as const;
const leadPatienceMs = 3_000;

/** Which of several nodes to speak to: the one that leads, else the one that is nearest to it. A single one is not asked. */
async function leadOf(nodes: readonly StackNode[], ca: readonly string[]): Promise<StackNode | undefined> {
  if (nodes.length < 2) return nodes[0];
  const ranks = await Promise.all(
    nodes.map(async ({ url }) => {
      const client = createVaultClient({ url, ca });
      try {
        return order.indexOf((await client.health(AbortSignal.timeout(leadPatienceMs))).state);
      } catch {
        return order.length;
      } finally {
        await client.close();
      }
    }),
  );
  return nodes[ranks.indexOf(Math.min(...ranks))];
}

/** Logs in as the operator whose credentials are sealed. Throws `vaultLoginRefused`, `vaultLoginLocked`, `vaultPermissionDenied`. */
export async function operatorLogin(client: VaultClient, operator: KeptOperator): Promise<VaultLogin> {
  if (operator.auth === 'token') {
    const token = new Secret(operator.token);
    const { accessor, policies, ttl } = await client.lookupSelf(token);
    return { token, accessor, policies, seconds: ttl };
  }
  return operator.auth === 'userpass'
    ? client.userpassLogin(operator.mount, operator.name, new Secret(operator.password))
    : client.appRoleLogin(operator.mount, operator.roleId, new Secret(operator.secretId));
}

/** The token of each stack's operator login, so that not every call makes a lease. Memory only, asked before use. */
const loggedIn = new Map<string, { credential: string; token: Secret }>();

/** Keeps a login for the calls that follow: a secret ID of limited use is spent once. The stack's former one is forgotten. */
export function rememberLogin(stackId: string, url: string, operator: KeptOperator, token: Secret): void {
  loggedIn.set(stackId, { credential: fingerprintOf(url, operator), token });
}

/** After another credential was given: the next call logs in anew. */
export function forgetLogin(stackId: string): void {
  loggedIn.delete(stackId);
  refusals.delete(stackId);
}

/**
 * Refused log-ins of each stack's credential. Five within 15 minutes lock a role out, for its right secret, too (trap 21),
 * and pages ask again and again: after three ours are answered from here.
 */
const refusals = new Map<string, { credential: string; at: number[]; error: AppError }>();
const refusalMs = 15 * 60_000;
const mostRefusals = 3;

function refusedBefore(stackId: string, credential: string): AppError | undefined {
  const known = refusals.get(stackId);
  if (known?.credential !== credential) return undefined;
  return known.at.filter((at) => Date.now() - at < refusalMs).length >= mostRefusals ? known.error : undefined;
}

function noteRefusal(stackId: string, credential: string, error: AppError): void {
  const known = refusals.get(stackId);
  const before = known?.credential === credential ? known.at.filter((at) => Date.now() - at < refusalMs) : [];
  refusals.set(stackId, { credential, at: [...before, Date.now()], error });
}

function fingerprintOf(url: string, operator: KeptOperator): string {
  return createHash('sha256')
    .update(`${url} ${JSON.stringify(operator)}`)
    .digest('hex');
}

/**
 * A token that may administer: root while it is kept and lives, of init or made later, else the operator's login.
 * Throws `vaultNoToken` when none is there.
 */
export async function vaultTokenFor(access: Pick<StackAccess, 'stack' | 'folder' | 'secrets'>): Promise<Secret> {
  const made = readRoot(access);
  for (const root of [readInit(access)?.root_token, made?.state === 'made' ? made.token : undefined])
    if (root !== undefined && (await lives(access, new Secret(root)))) return new Secret(root);
  const operator = readOperator(access);
  if (operator === undefined) throw new AppError('vaultNoToken', { stack: access.stack.name });
  if (operator.auth === 'token') return new Secret(operator.token);
  const url = keyStoreOf(access).nodes[0]?.url ?? '';
  const known = loggedIn.get(access.stack.id);
  if (known?.credential === fingerprintOf(url, operator) && (await lives(access, known.token))) return known.token;
  const credential = fingerprintOf(url, operator);
  const refused = refusedBefore(access.stack.id, credential);
  if (refused !== undefined) throw refused;
  const client = await vaultFor(access);
  try {
    const { token } = await operatorLogin(client, operator);
    rememberLogin(access.stack.id, url, operator, token);
    refusals.delete(access.stack.id);
    return token;
  } catch (error) {
    if (isAppError(error, 'vaultLoginRefused') || isAppError(error, 'vaultLoginLocked')) noteRefusal(access.stack.id, credential, error);
    throw error;
  } finally {
    await client.close();
  }
}

/** Runs work with an administrating client and closes it. */
export async function withVault<T>(
  access: Pick<StackAccess, 'stack' | 'folder' | 'secrets'>,
  work: (client: VaultClient) => Promise<T>,
  token?: Secret,
): Promise<T> {
  const client = await vaultFor(access, token ?? (await vaultTokenFor(access)));
  try {
    return await work(client);
  } finally {
    await client.close();
  }
}

/** Whether the server still takes a token. Sealed, standby and network failures throw: they say nothing about it. */
async function lives(access: Pick<StackAccess, 'stack' | 'folder'>, token: Secret): Promise<boolean> {
  const client = await vaultFor(access, token);
  try {
    await client.lookupSelf();
    return true;
  } catch (error) {
    if (isAppError(error, 'vaultPermissionDenied')) return false;
    throw error;
  } finally {
    await client.close();
  }
}
