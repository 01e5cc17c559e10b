import { lstat, readdir, rm, rmdir, unlink } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { clusterId } from '../../../shared/stacks.ts';

/** What Sealdeck makes in the folder of a stack. Nothing else in that folder is ours: not backed up, not deleted. */
const ownEntries = ['certs', 'vault', 'kes', 'minio', 'handover', 'connect', 'kes-move', 'buckets', 'logs'] as const;
/** Below it each further cluster has a folder by its id, in which only these are ours. */
const clusters = 'clusters';
const ofCluster = ['certs', 'kes', 'minio', 'handover', 'kes-move', 'buckets'] as const;

/** Whether one of two folders of stacks is the other, or lies in what the other stack would save and delete as its own. */
export function collide(one: string, two: string): boolean {
  const within = (root: string, folder: string): boolean =>
    [...ownEntries, clusters].some((name) => `${folder}${sep}`.startsWith(join(root, name) + sep));
  return one === two || within(one, two) || within(two, one);
}

export interface TreeEntry {
  /** From the folder of the stack, with forward slashes. */
  path: string;
  type: 'file' | 'directory';
  bytes: number;
  mode: number;
}

export interface Tree {
  entries: TreeEntry[];
  bytes: number;
  /** Links, sockets and pipes, which are left where they are. */
  skipped: number;
}

/** Files and folders below `start`, folders before what is in them. Links are never followed; what vanishes meanwhile is left out. */
export async function walk(root: string, start: string, leaveOut: (path: string) => boolean = () => false): Promise<Tree> {
  const tree: Tree = { entries: [], bytes: 0, skipped: 0 };
  await visit(start);
  return tree;

  async function visit(path: string): Promise<void> {
    if (leaveOut(path)) return;
    const found = await lstat(join(root, path)).catch(() => undefined);
    if (found === undefined) return;
    const mode = found.mode & 0o777;
    if (found.isFile()) {
      tree.entries.push({ path, type: 'file', bytes: found.size, mode });
      tree.bytes += found.size;
    } else if (found.isDirectory()) {
      tree.entries.push({ path, type: 'directory', bytes: 0, mode });
      for (const name of (await readdir(join(root, path)).catch((): string[] => [])).sort()) await visit(`${path}/${name}`);
    } else tree.skipped += 1;
  }
}

/** All of ours in the folder of a stack. */
export async function walkOwn(root: string, leaveOut?: (path: string) => boolean): Promise<Tree> {
  const further = (await clustersIn(root)).flatMap((id) => ofCluster.map((name) => `${clusters}/${id}/${name}`));
  return joined(await Promise.all([...ownEntries, ...further].map((name) => walk(root, name, leaveOut))));
}

/** Folders of further clusters. A link is none of them. */
async function clustersIn(root: string): Promise<string[]> {
  const found = await lstat(join(root, clusters)).catch(() => undefined);
  if (!found?.isDirectory()) return [];
  const entries = await readdir(join(root, clusters), { withFileTypes: true });
  return entries.filter((entry) => entry.isDirectory() && clusterId.safeParse(entry.name).success).map(({ name }) => name);
}

export function joined(trees: readonly Tree[]): Tree {
  return {
    entries: trees.flatMap(({ entries }) => entries),
    bytes: trees.reduce((sum, { bytes }) => sum + bytes, 0),
    skipped: trees.reduce((sum, { skipped }) => sum + skipped, 0),
  };
}

/** Deletes what is ours, and the folder itself when nothing else is in it. A link is removed, never followed. */
export async function deleteOwn(root: string): Promise<void> {
  for (const id of await clustersIn(root)) {
    await deleteEntries(join(root, clusters, id), ofCluster);
    await rmdir(join(root, clusters, id)).catch(() => undefined);
  }
  await rmdir(join(root, clusters)).catch(() => undefined);
  await deleteEntries(root, ownEntries);
  await rmdir(root).catch(() => undefined);
}

async function deleteEntries(root: string, entries: readonly string[]): Promise<void> {
  for (const name of entries) {
    const path = join(root, name);
    const found = await lstat(path).catch(() => undefined);
    if (found === undefined) continue;
    if (!found.isDirectory()) await unlink(path);
    // Everybody has a folder of that name, and other programs may write into it.
    else if (name === 'logs') await deleteLogs(path);
    else await rm(path, { recursive: true, force: true, maxRetries: 3 });
  }
}

async function deleteLogs(folder: string): Promise<void> {
  for (const name of await readdir(folder))
    if (/^(?:vault|kes|minio)(?:-[\w-]+)?\.log(?:\.|$)/.test(name)) await unlink(join(folder, name));
  await rmdir(folder).catch(() => undefined);
}
