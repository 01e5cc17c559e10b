import { setTimeout as pause } from 'node:timers/promises';
import { AppError } from '../../../shared/rpc/errors.ts';
import { say } from '../../../shared/text.ts';
import { vaultFor, vaultTokenFor } from '../../clients/vault/forStack.ts';
import type { StackAccess } from '../../jobs/step.ts';

const settleMs = 5_000;

/**
 * Seals a node and sees it sealed: 204 is no proof (trap 22). Throws `vaultSealStandby` for a node that follows a leader,
 * which only a restart seals, and `vaultSealNotSeen`.
 */
export async function sealNode(access: StackAccess, node: string): Promise<void> {
  const anonymous = await vaultFor(access, undefined, node);
  try {
    // A sealed server takes a seal from anybody and knows no token.
    if ((await anonymous.sealStatus()).sealed) return;
    if ((await anonymous.health()).state === 'standby') throw new AppError('vaultSealStandby', { node });
    const client = await vaultFor(access, await vaultTokenFor(access), node);
    await client.seal().finally(() => client.close());
    const end = Date.now() + settleMs;
    while (!(await anonymous.sealStatus()).sealed) {
      if (Date.now() > end) throw new AppError('vaultSealNotSeen', { node });
      await pause(100);
    }
    await access.journal(say('vaultJournalSealed', { node }));
  } finally {
    await anonymous.close();
  }
}
