import { createSerialQueues } from '../platform/serialQueue.ts';
import type { StackFolder } from './step.ts';

/** The files that several domains change, each in its own way. */
export const sharedFiles = { kes: 'kes/kes.yaml', vault: 'vault/vault.hcl' } as const;

const queues = createSerialQueues();

/**
 * Work that reads a server's configuration, changes it and tries the server with it: one after the other for each file of each
 * stack, whichever domain does it. Two at once would lose one's change. Whoever has the turn must not ask for it again.
 */
export function inFileTurn<T>(folder: Pick<StackFolder, 'path'>, file: keyof typeof sharedFiles, work: () => Promise<T>): Promise<T> {
  return queues(folder.path(sharedFiles[file]), work);
}
