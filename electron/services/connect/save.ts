import type { CredentialInput, TrustInput } from '../../../shared/connect.ts';
import { keyName } from '../../../shared/kes.ts';
import { AppError } from '../../../shared/rpc/errors.ts';
import type { Secret } from '../../../shared/secret.ts';
import { nodesOf, serverNames, wayOf } from '../../../shared/servers.ts';
import type { ServerPlace } from '../../../shared/setup.ts';
import { type KeyStore, type ServerKind, type Stack, vaultStorage } from '../../../shared/stacks.ts';
import { say } from '../../../shared/text.ts';
import { trustOf } from '../../clients/trust.ts';
import { forgetLogin, rememberLogin } from '../../clients/vault/forStack.ts';
import { createVaultClient } from '../../clients/vault/vaultClient.ts';
import type { StackAccess } from '../../jobs/step.ts';
import { type Accepted, acceptCredential, type CredentialDeps, isPath, operatorCertificate, sealedForm, secretOf } from './credentials.ts';
import { caIdOf, keyScopeOf, type Target, targetOf } from './server.ts';
import { isOutOfReach, tryCredential } from './tries.ts';
import { readTrust, type Trust, trustFileOf } from './trust.ts';

export interface SaveDeps extends CredentialDeps {
  /** The document with another place for one of its servers: a cluster is made or taken away, and linked. */
  placed(stack: Stack, kind: ServerKind, server: ServerPlace): Stack;
  /** The guided steps no longer propose that server. */
  forgetPlace(stackId: string, kind: ServerKind): Promise<void>;
}

export interface SaveInput {
  kind: ServerKind;
  url?: string | undefined;
  trust?: TrustInput | undefined;
  credential?: CredentialInput | undefined;
  engine?: KeyStore['engine'] | undefined;
  defaultKey?: string | undefined;
}

type Found = Partial<Pick<KeyStore, 'product' | 'storage'>>;

/**
 * Saves what was given of one server; the rest stays. Everything is read and refused before anything is written; then secrets,
 * then files, then the document that names them. A Vault login is tried where Vault can be reached.
 */
export async function saveServer(deps: SaveDeps, access: StackAccess, input: SaveInput, signal?: AbortSignal): Promise<void> {
  const { kind } = input;
  const way = wayOf(access.stack, kind);
  const known = nodesOf(access.stack, kind)[0]?.url;
  const moves = input.url !== undefined && input.url !== known;
  if (way === 'here' || (way === 'handedOver' && moves)) throw new AppError('connectOurs', { server: serverNames[kind] });
  const url = input.url ?? known;
  if (url === undefined) throw new AppError('connectNoServer', { server: serverNames[kind] });
  const engine = engineOf(input);
  const defaultKey = defaultKeyOf(input);
  const accepted = input.credential && acceptCredential(kind, input.credential, deps);
  if (accepted) access.secrets.requireDurable(serverNames[kind]);
  const trust = input.trust && (await readTrust(access, kind, url, input.trust, signal));
  const target: Target = { url, ca: trust?.texts ?? (await trustOf(access, caIdOf(access.stack, kind) ?? kind)) };
  const tried = accepted?.kind === 'vault' ? await triedIfReached(access, accepted, target) : {};
  const found: Found = kind === 'vault' && (moves || trust !== undefined) ? await lookAtVault(target) : {};

  if (accepted) await keepCredential(access, accepted);
  if (trust?.pem !== undefined) await access.folder.write(trustFileOf(kind), trust.pem, 0o644);
  await access.update((stack) => {
    const placed = moves || way === 'none' ? deps.placed(stack, kind, { way: 'api', url }) : stack;
    return withIdentity(withServer(placed, kind, { trust, engine, defaultKey, found }), accepted);
  });
  if (accepted?.kind === 'vault' && tried.token) rememberLogin(access.stack.id, url, accepted.operator, tried.token);

  if (moves) await access.journal(say('connectJournalAddress', { server: serverNames[kind], url }));
  if (trust) await access.journal(say('connectJournalTrust', { server: serverNames[kind], whom: trust.ca?.subject ?? 'local CA' }));
  if (accepted) await access.journal(say('connectJournalCredential', { server: serverNames[kind], name: accepted.name }));
}

/** Takes a server out of a draft: the document first, so that nothing names a secret that is gone. */
export async function forgetServer(deps: SaveDeps, access: StackAccess, kind: ServerKind): Promise<void> {
  if (!access.stack.draft) throw new AppError('connectNotDraft', { name: access.stack.name });
  const way = wayOf(access.stack, kind);
  if (way === 'here' || way === 'handedOver') throw new AppError('connectOurs', { server: serverNames[kind] });
  await deps.forgetPlace(access.stack.id, kind);
  await access.update((stack) => {
    const placed = way === 'none' ? stack : deps.placed(stack, kind, { way: 'none' });
    return {
      ...placed,
      cas: placed.cas.filter(({ id }) => id !== kind),
      identities: placed.identities.filter(({ certFile }) => kind !== 'kes' || certFile !== operatorCertificate),
    };
  });
  await access.secrets.delete(secretOf[kind]);
  await access.folder.remove(trustFileOf(kind));
  if (kind === 'kes') await access.folder.remove(operatorCertificate);
  if (kind === 'vault') forgetLogin(access.stack.id);
  if (way !== 'none') await access.journal(say('connectJournalForgot', { server: serverNames[kind] }));
}

/** A draft becomes a stack. What is red stays red: the window has told it. */
export async function finishDraft(access: StackAccess): Promise<void> {
  const { name, draft } = access.stack;
  if (wayOf(access.stack, 'minio') === 'none') throw new AppError('connectNoMinio', { name });
  if (!draft) return;
  await access.update((stack) => ({ ...stack, draft: false }));
  await access.journal(say('connectJournalFinished', { name }));
}

/** Tries the new credential on the live server, then puts it in the old one's place. Throws what the server says. */
export async function replaceCredential(deps: SaveDeps, access: StackAccess, kind: ServerKind, input: CredentialInput): Promise<void> {
  // Sealdeck itself made the identity and the root user of servers that it runs.
  if (kind !== 'vault' && wayOf(access.stack, kind) === 'here') throw new AppError('connectOurs', { server: serverNames[kind] });
  const target = await targetOf(access, kind);
  const accepted = acceptCredential(kind, input, deps);
  access.secrets.requireDurable(serverNames[kind]);
  const { token } = await tryCredential(accepted, target, keyScopeOf(access.stack));
  await keepCredential(access, accepted);
  await access.update((stack) => withIdentity(stack, accepted));
  if (accepted.kind === 'vault' && token) rememberLogin(access.stack.id, target.url, accepted.operator, token);
  await access.journal(say('connectJournalReplaced', { server: serverNames[kind], name: accepted.name }));
}

/** Key and certificate of an identity change together: when the second cannot be written, the first is put back. */
async function keepCredential({ stack, secrets, folder }: StackAccess, accepted: Accepted): Promise<void> {
  const name = secretOf[accepted.kind];
  const before = secrets.get(name);
  await secrets.set(name, sealedForm(accepted));
  if (accepted.kind === 'vault') forgetLogin(stack.id);
  if (accepted.kind !== 'kes') return;
  try {
    await folder.write(operatorCertificate, accepted.cert, 0o644);
  } catch (error) {
    await (before ? secrets.set(name, before) : secrets.delete(name));
    throw error;
  }
}

async function triedIfReached(access: StackAccess, accepted: Accepted, target: Target): Promise<{ token?: Secret }> {
  try {
    return await tryCredential(accepted, target, keyScopeOf(access.stack));
  } catch (error) {
    // A draft is saved although its servers cannot be reached yet; the test says so.
    if (isOutOfReach(error)) return {};
    throw error;
  }
}

/** Which product and storage answer there, as far as Sealdeck knows them. */
async function lookAtVault(target: Target): Promise<Found> {
  const client = createVaultClient(target);
  try {
    const { product } = await client.health();
    const storage = vaultStorage.safeParse((await client.sealStatus()).storage_type);
    return { ...(product === 'unknown' ? {} : { product }), ...(storage.success ? { storage: storage.data } : {}) };
  } catch (error) {
    if (error instanceof AppError) return {};
    throw error;
  } finally {
    await client.close();
  }
}

interface Given {
  trust: Trust | undefined;
  engine: KeyStore['engine'] | undefined;
  defaultKey: string | undefined;
  found: Found;
}

function withServer(stack: Stack, kind: ServerKind, { trust, engine, defaultKey, found }: Given): Stack {
  const first = <T>(list: readonly T[], of: ServerKind, change: Partial<T>): T[] =>
    list.map((cluster, at) => (of === kind && at === 0 ? { ...cluster, ...(trust ? { ca: trust.caId } : {}), ...change } : cluster));
  const others = trust ? stack.cas.filter(({ id }) => id !== kind) : stack.cas;
  return {
    ...stack,
    cas: trust?.ca ? [...others, trust.ca] : others,
    keyStores: first(stack.keyStores, 'vault', { ...found, ...(engine ? { engine } : {}) }),
    kesClusters: first(stack.kesClusters, 'kes', {}),
    minioClusters: first(stack.minioClusters, 'minio', defaultKey === undefined ? {} : { defaultKey }),
  };
}

/** The operator's identity as KES knows it; and Vault's document no longer names a login that is not the one kept. */
function withIdentity(stack: Stack, accepted: Accepted | undefined): Stack {
  if (accepted?.kind === 'kes') {
    const identity = { id: 'operator', hash: accepted.hash, purpose: 'operator' as const, certFile: operatorCertificate };
    return { ...stack, identities: [...stack.identities.filter(({ purpose }) => purpose !== 'operator'), identity] };
  }
  if (accepted?.kind !== 'vault') return stack;
  const { auth, mount, name } = accepted.operator;
  const keyStores = stack.keyStores.map(({ operator, ...store }) => {
    const same = operator?.auth === auth && operator.mount === mount && (auth === 'approle' || operator.name === name);
    return same && operator ? { ...store, operator } : store;
  });
  return { ...stack, keyStores };
}

function engineOf({ kind, engine }: SaveInput): KeyStore['engine'] | undefined {
  if (engine === undefined) return undefined;
  if (kind !== 'vault') throw new AppError('invalidInput', { field: 'engine', reason: 'belongs to Vault' });
  const plain = (value: string): string => value.trim().replace(/^\/+|\/+$/g, '');
  const [mount, prefix] = [plain(engine.mount), plain(engine.prefix)];
  const refused = (field: string) =>
    new AppError('invalidInput', { field: `engine.${field}`, reason: 'only letters, digits, . _ - and /' });
  if (!isPath(mount)) throw refused('mount');
  if (prefix !== '' && !isPath(prefix)) throw refused('prefix');
  return { mount, version: engine.version, prefix };
}

function defaultKeyOf({ kind, defaultKey }: SaveInput): string | undefined {
  if (defaultKey === undefined) return undefined;
  if (kind !== 'minio') throw new AppError('invalidInput', { field: 'defaultKey', reason: 'belongs to MinIO' });
  const parsed = keyName.safeParse(defaultKey);
  if (!parsed.success) throw new AppError('kesName', { name: defaultKey.slice(0, 100) });
  return parsed.data;
}
