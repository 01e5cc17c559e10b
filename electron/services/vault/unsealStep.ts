import { readdir } from 'node:fs/promises';
import { AppError, isAppError } from '../../../shared/rpc/errors.ts';
import { wayOf } from '../../../shared/servers.ts';
import type { Evidence, StepPlan } from '../../../shared/setup.ts';
import { say, type Text } from '../../../shared/text.ts';
import { type UnsealInput, unsealInput } from '../../../shared/vault.ts';
import { keyStoreOf, readInit, vaultFor } from '../../clients/vault/forStack.ts';
import type { SealStatus } from '../../clients/vault/sys.ts';
import type { VaultClient } from '../../clients/vault/vaultClient.ts';
import { commented, environmentLines, programOf } from '../../clients/vault/vaultCommands.ts';
import { seen } from '../../jobs/evidence.ts';
import type { Step, StepContext } from '../../jobs/step.ts';
import { vaultIdle } from '../../jobs/ways.ts';
import { checkPlanned, custodyEvidence } from './custodians.ts';
import { initialiseOnce } from './initialising.ts';
import { openWithKept } from './openingKept.ts';
import { ownNode, startVault, waitActive } from './waiting.ts';

/** Initialises once, seals the answer to disk first, and opens Vault with what is kept. */
export function createUnsealStep(): Step<'unseal'> {
  return {
    id: 'unseal',
    skips: async ({ stack }) => vaultIdle(stack),
    propose: async () => unsealInput.parse({}),
    alone: {
      // The shares were cut when it was initialised; a Vault that was not is not initialised by the way.
      async propose(context) {
        const { initialized, n, t } = await withClient(context, (client) => client.sealStatus(context.signal));
        return unsealInput.parse(initialized ? { shares: n, threshold: t } : {});
      },
      requires: (context) =>
        withClient(context, async (client) => {
          if (!(await client.sealStatus(context.signal)).initialized) throw new AppError('vaultNotInitialised', { host: client.host });
        }),
    },

    async plan(context, input): Promise<StepPlan> {
      const program = programOf(context);
      // A plan is also shown before there is a server or a CA.
      const status = await withClient(context, (client) => client.sealStatus(context.signal)).catch((error: unknown) => {
        if (isAppError(error)) return undefined;
        throw error;
      });
      const done = status?.initialized === true;
      const elsewhere = planOfOthers(context, status, input);
      if (elsewhere !== undefined) return elsewhere;
      const custodians = done ? [] : await checkPlanned(input.custodians);
      const names = custodians.map(({ name }) => name).join(', ');
      const threshold = done ? status.t : input.threshold;
      return {
        changes: [
          ...(names === '' ? [] : [say('vaultPlanCustodians', { count: custodians.length, names })]),
          done ? say('vaultPlanInitDone', { shares: status.n, threshold }) : say('vaultPlanInit', { shares: input.shares, threshold }),
          ...(done ? [] : [say('vaultPlanSealAnswer')]),
          status?.sealed === false ? say('vaultPlanUnsealDone') : say('vaultPlanUnseal', { threshold }),
        ],
        warnings: done
          ? []
          : [
              ...(wayOf(context.stack, 'vault') === 'api'
                ? [say('vaultPlanInitElsewhere', { url: keyStoreOf(context).nodes[0]?.url ?? '' })]
                : []),
              say('vaultPlanOnce', { threshold }),
              say(names === '' ? 'vaultPlanSharesKept' : 'vaultPlanHandOut'),
            ],
        commands: [
          ...environmentLines(context),
          commented(
            say('vaultCommandInit', { shares: input.shares, threshold: input.threshold }),
            `(umask 077; ${program} operator init -key-shares=${input.shares} -key-threshold=${input.threshold} -format=json > "$SEALED_FILE")`,
          ),
          commented(say('vaultCommandUnseal', { threshold }), `${program} operator unseal`),
          commented(say('vaultCommandStatus'), `${program} status`),
        ],
        files: [],
        seconds: 5,
      };
    },

    async apply(context, input) {
      const way = wayOf(context.stack, 'vault');
      // Before the server is asked anything: what it would answer could not be kept.
      if (way !== 'api') context.secrets.requireDurable('Vault');
      await withClient(context, async (client) => {
        // A kill while it was being started anew leaves it stopped.
        if (way === 'here') await startVault(context, client);
        if (way === 'api' && !(await mayInitialise(context, client, input))) return;
        await initialiseOnce(context, client, input);
        const before = await client.sealStatus();
        await openWithKept(context, client, (done, total) => context.report({ done, total, note: say('vaultNoteShare', { done, total }) }));
        await waitActive(client, context.signal);
        if (before.sealed) await context.journal(say('vaultJournalUnsealed', { node: keyStoreOf(context).nodes[0]?.id ?? client.host }));
      });
    },

    check: (context, input) =>
      withClient(context, async (client): Promise<Evidence[]> => {
        const status = await client.sealStatus(context.signal);
        if (!status.initialized) throw new AppError('vaultNotInitialised', { host: client.host });
        if (status.sealed) throw new AppError('vaultSealed', { host: client.host });
        // A node of somebody's cluster may be a standby for good: it passes requests on to the leader.
        const health = isOfOthers(context) ? await client.health(context.signal) : await waitActive(client, context.signal, 20);
        const asAsked = isOfOthers(context) || (status.n === input.shares && status.t === input.threshold);
        return [
          seen('vault', say('vaultSeenInitialised', { shares: status.n, threshold: status.t }), status, asAsked ? 'ok' : 'warn'),
          seen('vault', say('vaultSeenUnsealed')),
          seen(
            'vault',
            say(health.state === 'standby' ? 'vaultSeenStandby' : 'vaultSeenActive', { status: health.status }),
            `HTTP ${health.status} ${health.answer.text}`,
            health.state === 'standby' ? 'info' : 'ok',
          ),
          seen('vault', say('vaultSeenStorage', { storage: status.storage_type ?? '?' })),
          ...custodyEvidence(context),
          ...(await lostData(context)),
        ];
      }),
  };
}

/** A Vault by API that others initialised: its shares never were here. */
function isOfOthers(context: StepContext): boolean {
  return wayOf(context.stack, 'vault') === 'api' && readInit(context) === undefined;
}

/**
 * Whether a Vault by API is this step's work: one that is initialised belongs to its keepers, who unseal it; an empty one
 * is initialised only when that was agreed to. Throws `vaultSealed`, `vaultInitAsk`.
 */
async function mayInitialise(context: StepContext, client: VaultClient, input: UnsealInput): Promise<boolean> {
  const status = await client.sealStatus(context.signal);
  if (status.initialized && isOfOthers(context)) {
    if (status.sealed) throw new AppError('vaultSealed', { host: client.host });
    return false;
  }
  if (!status.initialized && !input.initialiseElsewhere) throw new AppError('vaultInitAsk', { url: client.url });
  context.secrets.requireDurable('Vault');
  return true;
}

/** The plan for a Vault by API that there is nothing to do with, or not without consent. */
function planOfOthers(context: StepContext, status: SealStatus | undefined, input: UnsealInput): StepPlan | undefined {
  if (!isOfOthers(context)) return undefined;
  const url = keyStoreOf(context).nodes[0]?.url ?? '';
  const commands = [...environmentLines(context), commented(say('vaultCommandStatus'), `${programOf(context)} status`)];
  const only = (...changes: Text[]): StepPlan => ({ changes, warnings: [], commands, files: [], seconds: 1 });
  if (status === undefined) return only(say('vaultPlanByApi', { url }));
  if (!status.initialized) return input.initialiseElsewhere ? undefined : only(say('vaultPlanInitAsk', { url }));
  const done = say('vaultPlanInitDone', { shares: status.n, threshold: status.t });
  return only(done, status.sealed ? say('vaultPlanUnsealOthers', { threshold: status.t }) : say('vaultPlanUnsealDone'));
}

/** Data folders that a start anew moved aside: the user decides when they go. */
async function lostData(context: StepContext): Promise<Evidence[]> {
  const names = await readdir(context.folder.path('vault')).catch(() => []);
  return names
    .filter((name) => name.startsWith('data.lost-'))
    .map((name) => seen('disk', say('vaultSeenAnew', { folder: `vault/${name}` }), undefined, 'warn'));
}

/** The node that this step starts, whichever leads; where all run elsewhere, the one that leads. */
async function withClient<T>(context: StepContext, work: (client: VaultClient) => Promise<T>): Promise<T> {
  const client = await vaultFor(context, undefined, ownNode(context));
  try {
    return await work(client);
  } finally {
    await client.close();
  }
}
