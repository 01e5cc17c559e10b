import { isAppError } from '../../../shared/rpc/errors.ts';
import type { Secret } from '../../../shared/secret.ts';
import { say } from '../../../shared/text.ts';
import type { VaultNodeStatus, vaultProcedures } from '../../../shared/vault.ts';
import { keyStoreOf, readInit, readOperator, vaultFor } from '../../clients/vault/forStack.ts';
import type { AnyStep, DomainDeps, StackAccess } from '../../jobs/step.ts';
import { otherStoreOfKes } from '../../jobs/ways.ts';
import type { DomainHandlers } from '../../rpc/connection.ts';
import { type AdminStepDeps, createAdminStep } from './adminStep.ts';
import { createAttempts } from './attempts.ts';
import { createCustody } from './custody.ts';
import { forgetIntent } from './initialising.ts';
import { nodeStatus, targetOf } from './nodeStatus.ts';
import { openWithKept } from './openingKept.ts';
import { createPrepareStep } from './prepareStep.ts';
import { sealNode } from './sealing.ts';
import { openShareFile } from './shareFile.ts';
import { createUnsealStep } from './unsealStep.ts';
import { createVaultStep, type VaultStepDeps } from './vaultStep.ts';
import { waitInService } from './waiting.ts';

export type VaultDeps = DomainDeps & VaultStepDeps & AdminStepDeps;
export type UnsealedListener = (stackId: string) => void | Promise<void>;

/** Vault of a stack: its four steps, its nodes, unsealing and custody. */
export function createVault(deps: VaultDeps) {
  const attempts = createAttempts();
  const listeners = new Set<UnsealedListener>();

  /** After a node opened: waits until it leads, or follows one that does. One that is slow is not a failure here. */
  async function opened(access: StackAccess, node: string): Promise<void> {
    const client = await vaultFor(access, undefined, node);
    try {
      await waitInService(client, 30);
    } catch (error) {
      if (!isAppError(error, 'vaultStandby')) throw error;
    } finally {
      await client.close();
    }
    await access.journal(say('vaultJournalUnsealed', { node }));
  }

  /** The servers behind it can be started. */
  function tellOpened(stackId: string): void {
    for (const listener of listeners)
      Promise.resolve(listener(stackId)).catch((error: unknown) => deps.log.error('after unsealing', { stackId, error }));
  }

  async function changed(access: StackAccess, stackId: string, node: string): Promise<{ node: VaultNodeStatus }> {
    deps.publish('vault.changed', { stackId });
    return { node: await statusOf(access, stackId, node) };
  }

  /** What the node says, and what this engine knows of the running attempt. */
  async function statusOf(access: StackAccess, stackId: string, node: string): Promise<VaultNodeStatus> {
    const status = await nodeStatus(access, node);
    const given = attempts.given(stackId, status);
    return given.length === 0 ? status : { ...status, given };
  }

  async function give(access: StackAccess, stackId: string, node: string | undefined, share: Secret, custodian: string | undefined) {
    const target = targetOf(access, node);
    try {
      // From the first share on this Vault is in use: it must never count as one that holds nothing.
      await forgetIntent(access.folder);
      const { repeated, open } = await attempts.give(access, target, share, custodian);
      if (open) {
        await opened(access, target);
        tellOpened(stackId);
      }
      return { ...(await changed(access, stackId, target)), repeated };
    } catch (error) {
      deps.publish('vault.changed', { stackId });
      throw error;
    }
  }

  async function unsealKept(stackId: string, node?: string): Promise<{ node: VaultNodeStatus; opened: boolean }> {
    const access = await deps.open(stackId);
    const target = targetOf(access, node);
    await forgetIntent(access.folder);
    const client = await vaultFor(access, undefined, target);
    let sealed: boolean;
    try {
      sealed = (await client.sealStatus()).sealed;
      await openWithKept(access, client);
    } finally {
      await client.close();
    }
    attempts.forget(stackId, target);
    if (sealed) await opened(access, target);
    return { ...(await changed(access, stackId, target)), opened: sealed };
  }

  const handlers: DomainHandlers<typeof vaultProcedures> = {
    async 'vault.status'({ stackId }) {
      const access = await deps.open(stackId);
      if (otherStoreOfKes(access.stack) && access.stack.keyStores.length === 0) return { nodes: [], keptShares: 0, rootToken: 'none' };
      const store = keyStoreOf(access);
      const nodes = await Promise.all(store.nodes.map((node) => statusOf(access, stackId, node.id)));
      const init = readInit(access);
      const operator = store.operator?.name ?? readOperator(access)?.name;
      return {
        nodes,
        keptShares: init?.keys_base64.length ?? 0,
        rootToken: init?.root_token !== undefined ? 'kept' : store.rootRevokedAt !== undefined ? 'revoked' : 'none',
        ...(operator === undefined ? {} : { operator }),
      };
    },

    ...createCustody(deps),

    async 'vault.unseal'({ stackId, node, share, custodian }) {
      return give(await deps.open(stackId), stackId, node, share, custodian);
    },

    async 'vault.unsealFile'({ stackId, node, content, passphrase, custodian }) {
      const access = await deps.open(stackId);
      const file = await openShareFile(access, content, passphrase);
      return give(access, stackId, node, file.share, file.custodian ?? custodian);
    },

    async 'vault.unsealKept'({ stackId, node: wanted }) {
      const { node, opened } = await unsealKept(stackId, wanted);
      if (opened) tellOpened(stackId);
      return { node };
    },

    async 'vault.resetUnseal'({ stackId, node }) {
      const access = await deps.open(stackId);
      const target = targetOf(access, node);
      const client = await vaultFor(access, undefined, target);
      try {
        const status = await client.sealStatus();
        // An open node refuses a reset, and there is nothing to reset.
        if (status.sealed && status.initialized) await client.resetUnseal();
      } finally {
        await client.close();
      }
      attempts.forget(stackId, target);
      return changed(access, stackId, target);
    },

    async 'vault.seal'({ stackId, node }) {
      const access = await deps.open(stackId);
      const target = targetOf(access, node);
      await sealNode(access, target);
      return changed(access, stackId, target);
    },
  };

  const steps: AnyStep[] = [createVaultStep(deps), createUnsealStep(), createPrepareStep(), createAdminStep(deps)];
  return {
    handlers,
    steps,
    /**
     * Unseals with kept shares where there are enough, and starts nothing behind it. Where people hold them it stays sealed:
     * its page says who must come.
     */
    async openKept(stackId: string): Promise<void> {
      await unsealKept(stackId).catch((error: unknown) => {
        if (!isAppError(error, 'vaultSharesMissing') && !isAppError(error, 'vaultCustodiansNeeded')) throw error;
      });
    },
    /** Called with the stack's id after a node was opened through the Vault page; returns the way to stop listening. */
    onUnsealed(listener: UnsealedListener): () => void {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
