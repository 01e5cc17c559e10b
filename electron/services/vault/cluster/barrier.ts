import { setTimeout as pause } from 'node:timers/promises';
import { AppError } from '../../../../shared/rpc/errors.ts';
import { say } from '../../../../shared/text.ts';
import type { BarrierKey } from '../../../../shared/vaultCluster.ts';
import type { KeyStatus } from '../../../clients/vault/ceremonies.ts';
import { withVault } from '../../../clients/vault/forStack.ts';
import type { StackAccess } from '../../../jobs/step.ts';

const read = ({ term, install_time: installedAt, encryptions }: KeyStatus): BarrierKey => ({
  term,
  installedAt,
  ...(encryptions === undefined ? {} : { encryptions }),
});

export function barrierKey(access: StackAccess): Promise<BarrierKey> {
  return withVault(access, async (client) => read(await client.keyStatus()));
}

/** A new key for what is written from now on; old data stays readable, shares stay valid. Throws `vaultBarrierSame`. */
export function rotateBarrier(access: StackAccess): Promise<{ before: BarrierKey; after: BarrierKey }> {
  return withVault(access, async (client) => {
    const before = read(await client.keyStatus());
    await client.rotateBarrier();
    for (let tries = 0; tries < 20; tries += 1) {
      const after = read(await client.keyStatus());
      if (after.term > before.term) {
        await access.journal(say('vaultJournalBarrier', { before: before.term, after: after.term }));
        return { before, after };
      }
      await pause(200);
    }
    throw new AppError('vaultBarrierSame', { host: client.host, term: before.term });
  });
}
