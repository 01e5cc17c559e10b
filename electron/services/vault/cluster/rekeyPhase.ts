import type { z } from 'zod';
import type { rekeyPhase } from '../../../../shared/vaultCluster.ts';
import type { RekeyStatus } from '../../../clients/vault/ceremonies.ts';
import type { RekeyRecord } from './rekeyRecord.ts';

type Phase = z.infer<typeof rekeyPhase>;

/** Where a renewal stands, from what is sealed here and what the server says. Pure; nothing is guessed from one side alone. */
export function phaseOf(record: RekeyRecord | undefined, status: RekeyStatus): Phase {
  const waits = status.verification_nonce !== '';
  if (record === undefined) return status.started ? 'foreign' : 'none';
  if (record.answer !== undefined) {
    // Sealed in the server's restart, its own end, or its verification: all look alike from here.
    if (!status.started || record.asking === true) return 'unsure';
    return status.nonce === record.nonce && waits ? 'sealed' : 'foreign';
  }
  if (!status.started) return 'none';
  if (record.nonce === undefined) return isFresh(record, status) ? 'collecting' : 'foreign';
  if (status.nonce !== record.nonce) return 'foreign';
  return waits ? 'answerLost' : 'collecting';
}

/** The engine ended between the server's yes and its nonce: what runs is as asked for, and nobody has given a share. */
export function isFresh(record: RekeyRecord, status: RekeyStatus): boolean {
  return status.started && status.n === record.shares && status.t === record.threshold && status.progress === 0;
}
