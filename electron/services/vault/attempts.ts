import { createHmac, randomBytes } from 'node:crypto';
import { AppError, isAppError } from '../../../shared/rpc/errors.ts';
import type { Secret } from '../../../shared/secret.ts';
import type { VaultNodeStatus } from '../../../shared/vault.ts';
import { vaultFor } from '../../clients/vault/forStack.ts';
import type { StackAccess } from '../../jobs/step.ts';
import { createSerialQueues } from '../../platform/serialQueue.ts';
import { normalisedShare } from './shares.ts';
import { giveShare } from './unsealing.ts';

/**
 * Running unseal attempts by node, as this engine last saw them. Nobody owns an attempt: another nonce or less progress
 * than our own answer said means that it was ended meanwhile (vault.md 2.2).
 */
export function createAttempts() {
  const seen = new Map<string, { nonce: string; progress: number; given: { custodian?: string; at: string }[]; marks: string[] }>();
  /** Marks of shares that opened a node, by stack: if the same ones fail elsewhere, it is not the shares. */
  const good = new Map<string, { node: string; marks: Set<string> }>();
  const key = randomBytes(32);
  /** Tells two shares apart without keeping one. */
  const markOf = (share: Secret): string => createHmac('sha256', key).update(share.reveal()).digest('base64');
  const queued = createSerialQueues();

  async function give(
    access: StackAccess,
    node: string,
    typed: Secret,
    custodian: string | undefined,
  ): Promise<{ repeated: boolean; open: boolean }> {
    const { id: stackId } = access.stack;
    const place = `${stackId} ${node}`;
    const client = await vaultFor(access, undefined, node);
    try {
      const before = await client.sealStatus();
      if (!before.initialized) throw new AppError('vaultNotInitialised', { host: client.host });
      if (!before.sealed) return { repeated: false, open: false };
      const share = normalisedShare(typed, before.n);
      const mark = markOf(share);
      const last = seen.get(place);
      if (last !== undefined && (last.nonce !== before.nonce || before.progress < last.progress)) {
        seen.delete(place);
        throw new AppError('vaultAttemptReset', { node, threshold: before.t });
      }
      const marks = [...new Set([...(last?.nonce === before.nonce ? last.marks : []), mark])];
      const after = await giveShare(client, share, before.t).catch((error: unknown) => {
        const opened = good.get(stackId);
        const proven = marks.length >= before.t && opened !== undefined && marks.every((each) => opened.marks.has(each));
        if (proven && isAppError(error, 'vaultSharesWrong')) {
          seen.delete(place);
          throw new AppError('vaultNodeOfOther', { node, other: opened.node }, { cause: error });
        }
        throw error;
      });
      if (!after.sealed) {
        seen.delete(place);
        good.set(stackId, { node, marks: new Set([...(good.get(stackId)?.marks ?? []), ...marks]) });
        return { repeated: false, open: true };
      }
      const repeated = before.nonce === after.nonce && before.progress === after.progress;
      const known = last?.nonce === after.nonce ? last.given : [];
      const mine = { at: new Date().toISOString(), ...(custodian === undefined ? {} : { custodian }) };
      seen.set(place, { nonce: after.nonce, progress: after.progress, given: repeated ? known : [...known, mine], marks });
      return { repeated, open: false };
    } catch (error) {
      if (isAppError(error, 'vaultSharesWrong')) seen.delete(place);
      throw error;
    } finally {
      await client.close();
    }
  }

  return {
    /** One share after the other for each node, so that progress before and after belong to this share. */
    give(access: StackAccess, node: string, typed: Secret, custodian?: string): Promise<{ repeated: boolean; open: boolean }> {
      const place = `${access.stack.id} ${node}`;
      return queued(place, () => give(access, node, typed, custodian));
    },
    /** Shares of the attempt that a node reports, as far as they came through here. */
    given(stackId: string, { node, nonce, state }: Pick<VaultNodeStatus, 'node' | 'nonce' | 'state'>) {
      const last = seen.get(`${stackId} ${node}`);
      return state === 'sealed' && last !== undefined && last.nonce === nonce ? last.given : [];
    },
    forget(stackId: string, node: string): void {
      seen.delete(`${stackId} ${node}`);
    },
  };
}
