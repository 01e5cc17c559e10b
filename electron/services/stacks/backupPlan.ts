import { homedir } from 'node:os';

import { isAppError } from '../../../shared/rpc/errors.ts';
import { keyStoreNames, otherKeyStoreOf, runsHere } from '../../../shared/servers.ts';
import type { BackupPlan, Stack } from '../../../shared/stacks.ts';
import { say } from '../../../shared/text.ts';
import { readInit, vaultFor } from '../../clients/vault/forStack.ts';
import { maySnapshot } from '../../clients/vault/snapshot.ts';
import type { StackAccess } from '../../jobs/step.ts';
import { type BackupHead, isMinioData, minioDataOf, vaultData } from './backupFormat.ts';
import type { KeepingDeps } from './keepingDeps.ts';
import { joined, type Tree, walk, walkOwn } from './stackTree.ts';

export interface BackupWork {
  /** How Vault's data comes into it. */
  vault: BackupHead['vault'];
  objects: boolean;
  files: Tree;
  vaultTree: Tree;
  objectTree: Tree;
  secrets: readonly string[];
  /** After a stop people must give their shares. */
  people: boolean;
}

/** A careful guess of how fast files are read, sealed and written, bytes a second. */
const pace = 60e6;
const restartSeconds = 5;

/** What goes into a backup now, and how. Asks Vault, changes nothing. */
export async function workOf(access: StackAccess, objects: boolean, deps: KeepingDeps): Promise<BackupWork> {
  const { stack } = access;
  const store = stack.keyStores[0];
  const here = runsHere(stack, 'vault');
  const snapshot = store?.storage === 'raft' && (await snapshotAllowed(access, deps));
  const vault = snapshot ? 'snapshot' : here && store?.storage !== 'inmem' ? 'files' : 'none';
  const withObjects = objects && runsHere(stack, 'minio');
  const empty: Tree = { entries: [], bytes: 0, skipped: 0 };
  const kept = readInit(access)?.keys_base64.length ?? 0;
  return {
    vault,
    objects: withObjects,
    // Data that a start anew moved aside is the user's to keep; the data of servers is taken on its own.
    files: await walkOwn(stack.folder, (path) => path === 'logs' || path.startsWith(vaultData) || isMinioData(path)),
    vaultTree: here ? await walk(stack.folder, vaultData) : empty,
    objectTree: withObjects ? await walkObjects(stack) : empty,
    secrets: deps.store.names(`stack:${stack.id}`),
    people: vault === 'files' && kept < (readInit(access)?.threshold ?? 1),
  };
}

/** The objects of every cluster whose MinIO runs here. */
export async function walkObjects(stack: Stack): Promise<Tree> {
  return joined(await Promise.all(minioDataOf(stack).map((path) => walk(stack.folder, path))));
}

async function snapshotAllowed(access: StackAccess, deps: KeepingDeps): Promise<boolean> {
  try {
    // A sealed Vault knows no token, and its lookup would fail in other words.
    const client = await vaultFor(access);
    const { sealed, initialized } = await client.sealStatus().finally(() => client.close());
    return initialized && !sealed && (await maySnapshot(access, await deps.vaultToken(access)));
  } catch (error) {
    if (isAppError(error)) return false;
    throw error;
  }
}

/** `local-lab-20261122T020000.sealdeck.age`, in UTC. */
export function backupName(stackId: string, now = new Date()): string {
  return `${stackId}-${now.toISOString().slice(0, 19).replace(/[-:]/g, '')}.sealdeck.age`;
}

/** In words, with sizes and what stands still meanwhile. */
export function planOf(access: StackAccess, work: BackupWork, wanted: { objects: boolean }): BackupPlan {
  const { stack } = access;
  const { vault, files, vaultTree, objectTree, secrets } = work;
  const seconds = (bytes: number): number => Math.ceil(bytes / pace) + restartSeconds;
  const parts: BackupPlan['parts'] = [
    { what: say('backupPartRecord'), bytes: 0, how: say('backupHowRead') },
    { what: say('backupPartFiles'), bytes: files.bytes, how: say('backupHowRead') },
    { what: say('backupPartSecrets', { count: secrets.length }), bytes: 0, how: say('backupHowSecrets') },
  ];
  if (vault === 'snapshot') parts.push({ what: say('backupPartVault'), bytes: vaultTree.bytes, how: say('backupHowSnapshot') });
  if (vault === 'files')
    parts.push({
      what: say('backupPartVault'),
      bytes: vaultTree.bytes,
      how: work.people ? say('backupHowStopPeople') : say('backupHowStopVault', { seconds: seconds(vaultTree.bytes) }),
    });
  if (work.objects)
    parts.push({
      what: say('backupPartObjects'),
      bytes: objectTree.bytes,
      how: say('backupHowStopMinio', { seconds: seconds(objectTree.bytes) }),
    });
  const warnings = [say('backupWarnPassphrase')];
  if (vault === 'none' && stack.keyStores.length > 0) warnings.push(say('backupWarnNoVault'));
  const other = otherKeyStoreOf(stack);
  if (other && other.kind !== 'fs') warnings.push(say('keyStoreBackup', { store: keyStoreNames[other.kind] }));
  if (!work.objects && stack.minioClusters.length > 0)
    warnings.push(say(wanted.objects ? 'backupWarnObjectsElsewhere' : 'backupWarnNoObjects'));
  const skipped = files.skipped + vaultTree.skipped + objectTree.skipped;
  if (skipped > 0) warnings.push(say('backupWarnLinks', { count: skipped }));
  return { parts, warnings, folder: homedir(), name: backupName(stack.id) };
}
