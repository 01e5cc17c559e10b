import { X509Certificate } from 'node:crypto';
import { lstat, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join, resolve, sep } from 'node:path';
import { z } from 'zod';
import { firstCluster } from '../../../shared/projected.ts';
import { AppError } from '../../../shared/rpc/errors.ts';
import { nodesHere, otherKeyStoreOf, runsHere, serverKinds } from '../../../shared/servers.ts';
import type { RemovalFacts, ServerKind, Stack } from '../../../shared/stacks.ts';
import { say, type Text } from '../../../shared/text.ts';
import { customerKeysOf } from '../../clients/s3/customerKeys.ts';
import { readInit } from '../../clients/vault/forStack.ts';
import { clusterView } from '../../jobs/clusterView.ts';
import type { StackAccess } from '../../jobs/step.ts';
import { reasonOf, writeJsonFile } from '../../platform/atomicFile.ts';
import { readDocumentFile } from '../../platform/storedDocument.ts';
import { deleteOwn, walkOwn } from './stackTree.ts';

const namedAtMost = 50;

/** Servers of the stack that Sealdeck started and that run now, in the order of the chain. */
export async function runningHere({ stack, servers }: StackAccess): Promise<{ kind: ServerKind; node: string }[]> {
  const found: { kind: ServerKind; node: string }[] = [];
  for (const kind of serverKinds)
    for (const { id: node } of nodesHere(stack, kind))
      if ((await servers.status(kind, node)).state === 'running') found.push({ kind, node });
  return found;
}

/** Each kind once. */
export function kindsOf(running: readonly { kind: ServerKind }[]): ServerKind[] {
  return [...new Set(running.map(({ kind }) => kind))];
}

/** What a removal would end and lose. Changes nothing. */
export async function removalFacts(access: StackAccess): Promise<Omit<RemovalFacts, 'stays'>> {
  const { stack } = access;
  const { bytes } = await walkOwn(stack.folder);
  return { running: kindsOf(await runningHere(access)), folder: stack.folder, bytes, lost: lostWith(access) };
}

/** What exists nowhere else. Without an open store only what the document knows can be told. */
function lostWith(access: StackAccess): Text[] {
  const { stack, secrets } = access;
  const lost: Text[] = [];
  if (runsHere(stack, 'vault')) lost.push(say('stacksLostKeys'));
  if (otherKeyStoreOf(stack)?.kind === 'fs' && runsHere(stack, 'kes')) lost.push(say('keyStoreLostFiles'));
  if (runsHere(stack, 'minio')) lost.push(say('stacksLostObjects'));
  const init = readInit(access);
  const shares = init?.keys_base64.length ?? 0;
  if (shares > 0) lost.push(say('stacksLostShares', { count: shares }));
  if (init?.root_token !== undefined) lost.push(say('stacksLostRoot'));
  if (secrets.has('ca.key')) lost.push(say('stacksLostCaKey'));
  if (secrets.has('key.records')) lost.push(say('kesLostRecords'));
  if (secrets.has('certificates.keys')) lost.push(say('certificateLostKeys'));
  const further = furtherClusters(stack).flatMap((id) => [`${id}:minio.root`, `${id}:kes.approle`] as const);
  const own = ['vault.operator', 'operator.key', 'minio.root', 'kes.approle', 'kes.keyStore', 'vault.secretIds'] as const;
  const logins = [...own, ...further].filter((name) => secrets.has(name));
  if (logins.length > 0) lost.push(say('stacksLostCredentials', { count: logins.length }));
  return [...lost, ...customerKeysLostWith(access)];
}

/** Ids of the clusters that were added. */
function furtherClusters({ minioClusters }: Stack): string[] {
  return minioClusters.map(({ id }) => id).filter((id) => id !== firstCluster);
}

/** Each by its name: whoever reads it has to know whether it is one of those that are needed. */
function customerKeysLostWith(access: StackAccess): Text[] {
  const views = [access, ...furtherClusters(access.stack).map((id) => clusterView(access, id))];
  const keys = views.flatMap((view) => customerKeysOf(view).list());
  if (keys.length === 0) return [];
  const only = keys.filter(({ exportedAt }) => exportedAt === undefined);
  return [
    say('stacksLostCustomerKeys', { count: keys.length, names: named(keys) }),
    ...(only.length > 0 ? [say('stacksLostCustomerKeysOnly', { names: named(only) })] : []),
  ];
}

function named(keys: readonly { name: string }[]): string {
  const names = keys.slice(0, namedAtMost).map(({ name }) => name);
  return [...names, ...(keys.length > names.length ? [`… (+${keys.length - names.length})`] : [])].join(', ');
}

/** Uploads that were begun at a server and not finished: their parts lie there, whatever becomes of the stack. */
export function partsThatStay(parts: ReadonlyMap<string, number>): Text[] {
  const count = [...parts.values()].reduce((sum, uploads) => sum + uploads, 0);
  return count > 0 ? [say('stacksStayParts', { count, buckets: [...parts.keys()].sort().join(', ') })] : [];
}

/**
 * Whether the files in the folder are this stack's: certificates of its own CAs lie there. Throws `stackFolderForeign` for
 * a link, for a folder that is not its own, and where a file that only a started stack has lies beside no known CA.
 */
export async function requireOwnFolder(stack: Stack): Promise<void> {
  const { folder } = stack;
  const found = await lstat(folder).catch(() => undefined);
  if (found === undefined) return;
  const foreign = (reason: string): AppError => new AppError('stackFolderForeign', { folder, reason });
  if (!found.isDirectory()) throw foreign('@stacksReasonLink');
  const { entries } = await walkOwn(folder, (path) => path === 'logs');
  if (!entries.some(({ type }) => type === 'file')) return;
  const marks = await Promise.all(stack.cas.filter(({ file }) => file !== '').map((ca) => isMark(folder, ca)));
  if (marks.includes('other')) throw foreign('@stacksReasonOtherCa');
  if (!marks.includes('own')) throw foreign('@stacksReasonNoCa');
}

async function isMark(folder: string, ca: Stack['cas'][number]): Promise<'own' | 'other' | 'none'> {
  const path = resolve(folder, ca.file);
  if (!path.startsWith(folder + sep)) return 'none';
  const pem = await readFile(path, 'utf8').catch(() => undefined);
  if (pem === undefined) return 'none';
  try {
    const print = new X509Certificate(pem).fingerprint256.toLowerCase();
    return ca.fingerprint.split(' ').includes(print) ? 'own' : 'other';
  } catch {
    return 'other';
  }
}

const tombstone = z.object({ version: z.literal(1), name: z.string(), folder: z.string(), files: z.enum(['keep', 'delete']) });
type Tombstone = z.infer<typeof tombstone>;
const form = { version: 1, schema: tombstone };
const prefix = '.removed-';

/** Ids of stacks whose removal is not finished: nobody else may get their secrets. */
export const removedIds = (names: readonly string[]): string[] =>
  names.filter((name) => name.startsWith(prefix)).map((name) => name.slice(prefix.length));

/**
 * The moment of removal: the stack's own folder of the data folder gets a name that is no stack, with a note of what is
 * still to be done. Before it the stack is whole, after it there is none.
 */
export async function bury(root: string, stack: Stack, files: Tombstone['files']): Promise<void> {
  const note: Tombstone = { version: 1, name: stack.name, folder: stack.folder, files };
  await writeJsonFile(join(root, stack.id, 'removal.json'), note);
  try {
    await rename(join(root, stack.id), join(root, `${prefix}${stack.id}`));
  } catch (error) {
    throw new AppError('fileNotWritable', { path: join(root, stack.id), reason: reasonOf(error) }, { cause: error });
  }
}

/**
 * Finishes every removal that was begun, also by an engine that was killed in it. Can be run at any time. One that cannot be
 * finished keeps no other from it; its reason is thrown when it is `only`, or when none is named.
 */
export async function finishRemovals(root: string, deps: RemovalDeps, only?: string): Promise<void> {
  const failed: unknown[] = [];
  const names = await readdir(root).catch((error: NodeJS.ErrnoException): string[] => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  for (const id of removedIds(names))
    await finishRemoval(root, id, deps).catch((error: unknown) => {
      if (only === undefined || only === id) failed.push(error);
    });
  if (failed.length > 0) throw failed[0];
}

interface RemovalDeps {
  forget(id: string): Promise<void>;
  removed(id: string, note: Pick<Tombstone, 'name' | 'folder' | 'files'>): Promise<void>;
}

async function finishRemoval(root: string, id: string, deps: RemovalDeps): Promise<void> {
  const grave = join(root, `${prefix}${id}`);
  const note = await readDocumentFile(join(grave, 'removal.json'), form);
  if (note === undefined) return;
  if (note.files === 'delete') {
    try {
      await deleteOwn(note.folder);
    } catch (error) {
      throw new AppError('fileNotWritable', { path: note.folder, reason: reasonOf(error) }, { cause: error });
    }
  }
  // A stack whose files lie in the data folder itself: what shall be kept goes out of the way first.
  else await putAside(join(grave, 'files'), join(root, `.kept-${id}-${Date.now()}`));
  await deps.forget(id);
  await deps.removed(id, note);
  await rm(grave, { recursive: true, force: true });
}

/** What cannot be put aside must not be deleted with the rest. */
async function putAside(from: string, to: string): Promise<void> {
  await rename(from, to).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw new AppError('fileNotWritable', { path: to, reason: reasonOf(error) }, { cause: error });
  });
}
