import type { Stack, StackNode } from '../../../shared/stacks.ts';
import { sharedFiles } from '../../jobs/fileTurns.ts';
import type { StackAccess } from '../../jobs/step.ts';
import { kesOf, keyStoreOfKes } from '../../jobs/ways.ts';

/** The configuration of a cluster's first KES that runs here, in the stack's folder. */
export const kesFile = sharedFiles.kes;

export interface KesHere {
  readonly node: StackNode;
  readonly file: string;
}

/** The KES nodes of MinIO's cluster that run here, each with its own file. */
export function kesHere(stack: Stack): KesHere[] {
  const nodes = kesOf(stack)?.nodes ?? [];
  return nodes.flatMap((node, at) => (node.way === 'here' ? [{ node, file: at === 0 ? kesFile : `kes/${node.id}.yaml` }] : []));
}

/** KES takes one address of Vault (kes.md 4.3). Where Vault has several nodes it is that of the same number: `kes-2` asks the second. */
export function vaultUrlFor(stack: Stack, node: string): string | undefined {
  const nodes = keyStoreOfKes(stack)?.nodes ?? [];
  const number = Math.max(1, Number(/-(\d+)$/.exec(node)?.[1] ?? 1));
  return nodes[(number - 1) % nodes.length]?.url;
}

/** The configuration of a cluster's first KES as another of its nodes has it: its own port, its own node of Vault. The rest is the same. */
export function configFor(stack: Stack, node: StackNode, first: string): string {
  const [before, now] = [vaultUrlFor(stack, kesOf(stack)?.nodes[0]?.id ?? node.id), vaultUrlFor(stack, node.id)];
  const port = Number(new URL(node.url).port) || 443;
  return first
    .replace(/^(address: [^#\n]*:)\d+(?=["']?[ \t]*(?:#.*)?\r?$)/m, (_, head: string) => `${head}${port}`)
    .replace(/^( +endpoint: ["']?)([^"'\s]+)/m, (line, head: string, url: string) => (url === before && now ? `${head}${now}` : line));
}

/** Writes the configuration of the first KES here, and from it those of the others, where they differ: a kill may have been between two. */
export async function writeKesFiles({ stack, folder }: Pick<StackAccess, 'stack' | 'folder'>, first: string): Promise<void> {
  for (const { node, file } of kesHere(stack)) {
    const wanted = configFor(stack, node, first);
    if ((await folder.read(file)) !== wanted) await folder.write(file, wanted, 0o600);
  }
}
