import { AppError } from '../../../../shared/rpc/errors.ts';
import type { Secret } from '../../../../shared/secret.ts';
import type { vaultClusterProcedures } from '../../../../shared/vaultCluster.ts';
import type { DomainDeps, StackAccess } from '../../../jobs/step.ts';
import { createSerialQueues } from '../../../platform/serialQueue.ts';
import type { DomainHandlers } from '../../../rpc/connection.ts';
import { openShareFile } from '../shareFile.ts';
import { barrierKey, rotateBarrier } from './barrier.ts';
import { readConfig } from './config/read.ts';
import { writeConfig } from './config/write.ts';
import { addNode, forgetNode, join, joinPlan, removePeer, removePeerPlan } from './members.ts';
import { clusterOf } from './nodes.ts';
import { beginRekey, cancelRekey, giveKeptShares, giveOldShare, verifyRekey } from './rekey.ts';
import { atRekey, atRoot, type RekeyPlace } from './rekeyPlace.ts';
import { rekeyPlanOf, rekeyViewOf } from './rekeyView.ts';
import { beginRoot, cancelRoot, giveKeptRootShares, giveRootShare, type RootPlace, rootViewOf } from './rootToken.ts';
import { revokeRootToken, rootTokens } from './rootTokens.ts';

export interface VaultCluster {
  handlers: DomainHandlers<typeof vaultClusterProcedures>;
}

type Given = { custodian?: string; at: string }[];

/** The nodes of a cluster, and the ceremonies of its shares, root tokens and barrier key. */
export function createVaultCluster(deps: DomainDeps): VaultCluster {
  const queued = createSerialQueues();
  /** Who gave a share in a ceremony, by its nonce: nobody but this engine knows. */
  const gave = new Map<string, Given>();
  const givenTo = (nonce: string): Given => gave.get(nonce) ?? [];

  /** One ceremony at a time for each stack: a look must never fall between a record and its request. */
  function inTurn<T>(stackId: string, work: (access: StackAccess) => Promise<T>): Promise<T> {
    return queued(stackId, async () => work(await deps.open(stackId)));
  }

  async function changing<T>(stackId: string, work: (access: StackAccess) => Promise<T>): Promise<T> {
    return inTurn(stackId, work).finally(() => deps.publish('vault.changed', { stackId }));
  }

  function note(nonce: string, custodian: string | undefined): void {
    gave.set(nonce, [...givenTo(nonce), { at: new Date().toISOString(), ...(custodian === undefined ? {} : { custodian }) }]);
  }

  const rekeyed = (stackId: string, work: (access: StackAccess, place: RekeyPlace) => Promise<void>) =>
    changing(stackId, (access) =>
      atRekey(access, async (place) => {
        await work(access, place);
        return rekeyViewOf(access, place, givenTo);
      }),
    );

  const rekeyShare = (stackId: string, share: Secret, custodian: string | undefined) =>
    changing(stackId, (access) =>
      atRekey(access, async (place) => {
        const { nonce } = await place.client.rekeyStatus(place.base);
        const how = await giveOldShare(access, place, share).catch((error: unknown) => {
          if (error instanceof AppError && error.code === 'vaultSharesWrong') gave.delete(nonce);
          throw error;
        });
        if (how === 'taken') note(nonce, custodian);
        return { view: await rekeyViewOf(access, place, givenTo), repeated: how === 'repeated' };
      }),
    );

  const rooted = (stackId: string, work: (access: StackAccess, place: RootPlace) => Promise<void>) =>
    changing(stackId, (access) =>
      atRoot(access, async (place) => {
        await work(access, place);
        return rootViewOf(access, place, givenTo);
      }),
    );

  const rootShare = (stackId: string, share: Secret, custodian: string | undefined) =>
    changing(stackId, (access) =>
      atRoot(access, async (place) => {
        const { nonce } = await place.client.rootStatus(place.flow);
        const how = await giveRootShare(access, place, share).catch((error: unknown) => {
          if (error instanceof AppError && error.code === 'vaultSharesWrong') gave.delete(nonce);
          throw error;
        });
        if (how === 'taken') note(nonce, custodian);
        return { view: await rootViewOf(access, place, givenTo), repeated: how === 'repeated' };
      }),
    );

  const handlers: DomainHandlers<typeof vaultClusterProcedures> = {
    'vault.cluster': async ({ stackId }) => clusterOf(await deps.open(stackId)),
    'vault.addNode': ({ stackId, url, id }) => changing(stackId, async (access) => ({ node: await addNode(access, url, id) })),
    'vault.forgetNode': ({ stackId, node }) =>
      changing(stackId, async (access) => {
        await forgetNode(access, node);
        return {};
      }),
    'vault.joinPlan': async ({ stackId, node, voter }) => joinPlan(await deps.open(stackId), node, voter),
    'vault.join': ({ stackId, node, voter }) => changing(stackId, (access) => join(access, node, voter)),
    'vault.removePeerPlan': async ({ stackId, peer }) => removePeerPlan(await deps.open(stackId), peer),
    'vault.removePeer': ({ stackId, peer }) => changing(stackId, async (access) => ({ peers: await removePeer(access, peer) })),

    'vault.rekey': ({ stackId }) => inTurn(stackId, (access) => atRekey(access, (place) => rekeyViewOf(access, place, givenTo))),
    'vault.rekeyPlan': ({ stackId, ...input }) =>
      inTurn(stackId, (access) => atRekey(access, (place) => rekeyPlanOf(access, place, { stackId, ...input }))),
    'vault.rekeyBegin': (input) => rekeyed(input.stackId, (access, place) => beginRekey(access, place, input)),
    'vault.rekeyShare': ({ stackId, share, custodian }) => rekeyShare(stackId, share, custodian),
    async 'vault.rekeyShareFile'({ stackId, content, passphrase, custodian }) {
      const file = await openShareFile(await deps.open(stackId), content, passphrase);
      return rekeyShare(stackId, file.share, file.custodian ?? custodian);
    },
    'vault.rekeyKept': ({ stackId }) => rekeyed(stackId, (access, place) => giveKeptShares(access, place)),
    'vault.rekeyVerify': ({ stackId }) =>
      rekeyed(stackId, async (access, place) => {
        await verifyRekey(access, place);
      }),
    'vault.rekeyCancel': ({ stackId }) => rekeyed(stackId, (access, place) => cancelRekey(access, place)),

    'vault.rootAttempt': ({ stackId }) => inTurn(stackId, (access) => atRoot(access, (place) => rootViewOf(access, place, givenTo))),
    'vault.rootBegin': ({ stackId, pgp }) => rooted(stackId, (access, place) => beginRoot(access, place, pgp)),
    'vault.rootShare': ({ stackId, share, custodian }) => rootShare(stackId, share, custodian),
    async 'vault.rootShareFile'({ stackId, content, passphrase, custodian }) {
      const file = await openShareFile(await deps.open(stackId), content, passphrase);
      return rootShare(stackId, file.share, file.custodian ?? custodian);
    },
    'vault.rootKept': ({ stackId }) => rooted(stackId, (access, place) => giveKeptRootShares(access, place)),
    'vault.rootCancel': ({ stackId }) => rooted(stackId, (access, place) => cancelRoot(access, place)),
    'vault.rootTokens': async ({ stackId }) => ({ tokens: await rootTokens(await deps.open(stackId)), at: new Date().toISOString() }),
    'vault.rootRevoke': ({ stackId, accessor }) =>
      changing(stackId, async (access) => ({ evidence: await revokeRootToken(access, accessor) })),

    'vault.barrierKey': async ({ stackId }) => barrierKey(await deps.open(stackId)),
    'vault.rotateBarrier': ({ stackId }) => changing(stackId, (access) => rotateBarrier(access)),

    'vault.writeConfig': async (input) => writeConfig(input),
    'vault.readConfig': async (input) => readConfig(input),
  };
  return { handlers };
}
