import { AppError } from '../../../shared/rpc/errors.ts';
import { Secret } from '../../../shared/secret.ts';
import type { Custodian, KeyStore } from '../../../shared/stacks.ts';
import { say } from '../../../shared/text.ts';
import type { Custody, PlannedCustodian, vaultProcedures } from '../../../shared/vault.ts';
import { type KeptInit, keyStoreOf, operatorLogin, readInit, readOperator, vaultFor } from '../../clients/vault/forStack.ts';
import { programOf } from '../../clients/vault/vaultCommands.ts';
import type { DomainDeps, StackAccess } from '../../jobs/step.ts';
import { createSerialQueues } from '../../platform/serialQueue.ts';
import type { DomainHandlers } from '../../rpc/connection.ts';
import { revoke } from './appRoleCredentials.ts';
import { changeStore, custodianOf, newId, pgpOf, withoutConfirmation } from './custodians.ts';
import {
  codeOf,
  type FileFacts,
  fileNameOf,
  openWithPassphrase,
  recipeOf,
  sameCode,
  sameText,
  sealForKey,
  sealForPassphrase,
  sha256Of,
  shareIn,
} from './custodyFile.ts';
import { checkPgpKey } from './pgpKeys.ts';

type Procedures = Pick<
  typeof vaultProcedures,
  'vault.custody' | 'vault.checkPgpKey' | 'vault.handOut' | 'vault.confirmHandOut' | 'vault.forgetCustodian' | 'vault.destroyShares'
>;

const mostTries = 5;

/**
 * Who holds the unseal shares. Every share stays in the sealed store until each has a file that its custodian was seen
 * to open; the document, which names custodian and file, is always saved before the file leaves the engine.
 */
export function createCustody(deps: DomainDeps): DomainHandlers<Procedures> {
  const queued = createSerialQueues();
  /** Wrong codes by file. In memory: 50 bits outlast any number of restarts. */
  const wrongCodes = new Map<string, number>();

  /** One change of a stack's custody at a time: two hand-outs must never take the same share. */
  function change<T>(stackId: string, work: (access: StackAccess) => Promise<T>): Promise<T> {
    return queued(stackId, async () => {
      const access = await deps.open(stackId);
      // While shares are being renewed, the ones kept here may end at any moment: no file is made of them.
      if (access.secrets.get('vault.rekey') !== undefined) throw new AppError('vaultRekeyRuns');
      const result = await work(access);
      deps.publish('vault.changed', { stackId });
      return result;
    });
  }

  return {
    'vault.custody': async ({ stackId }) => custodyOf(await deps.open(stackId)),

    async 'vault.checkPgpKey'({ key, name }) {
      const { fingerprint, userIds, algorithm, createdAt, expiresAt } = await checkPgpKey(key, name);
      return { fingerprint, userIds, algorithm, createdAt, ...(expiresAt === undefined ? {} : { expiresAt }) };
    },

    'vault.handOut': ({ stackId, custodian: id, planned, passphrase }) =>
      change(stackId, async (access) => {
        const init = keptShares(access);
        const seat = await seatFor(keyStoreOf(access), id, planned, init.keys_base64.length);
        const share = shareOf(init, seat.share);
        const facts = factsOf(access, init, seat, new Date().toISOString());
        const key = seat.kind === 'pgp' ? (await checkPgpKey(seat.pgp?.key ?? '', seat.name)).armored : undefined;
        const content = key === undefined ? await sealForPassphrase(facts, share, passphrase) : await sealForKey(facts, share, key);
        const name = fileNameOf(facts, seat.kind);
        const handed: Custodian = { ...withoutConfirmation(seat), file: { name, sha256: sha256Of(content), at: facts.at } };
        await changeStore(access, (store) => ({
          ...store,
          custodians: store.custodians.some((each) => each.id === handed.id)
            ? store.custodians.map((each) => (each.id === handed.id ? handed : each))
            : [...store.custodians, handed],
        }));
        await access.journal(say('vaultJournalHandedOut', { share: facts.share, shares: facts.shares, name: handed.name }));
        return { custodian: handed.id, name, content, recipe: recipeOf(facts, handed.kind, name) };
      }),

    'vault.confirmHandOut': ({ stackId, custodian: id, content, passphrase, code }) =>
      change(stackId, async (access) => {
        const held = custodianOf(keyStoreOf(access), id);
        const init = keptShares(access);
        const { file, share: number, name } = held;
        if (file === undefined || number === undefined || sha256Of(content) !== file.sha256)
          throw new AppError('vaultFileDiffers', { name });
        const share = shareOf(init, number);
        if (held.kind === 'passphrase') {
          const text = await openWithPassphrase(content, passphrase ?? new Secret(''));
          if (!sameText(shareIn(text).reveal(), share.reveal())) throw new AppError('vaultFileOtherShare', { name });
        } else {
          const tries = wrongCodes.get(file.sha256) ?? 0;
          if (tries >= mostTries) throw new AppError('vaultCodeTries', { name });
          if (!sameCode(code ?? '', codeOf({ custodianId: held.id, at: file.at }, share))) {
            wrongCodes.set(file.sha256, tries + 1);
            throw new AppError('vaultCodeWrong', { left: mostTries - tries - 1 });
          }
        }
        const confirmedAt = new Date().toISOString();
        await changeStore(access, (store) => ({
          ...store,
          custodians: store.custodians.map((each) => (each.id === id ? { ...each, confirmedAt } : each)),
        }));
        await access.journal(say('vaultJournalConfirmed', { name, share: number }));
        return custodyOf(access);
      }),

    'vault.forgetCustodian': ({ stackId, custodian: id }) =>
      change(stackId, async (access) => {
        const { name, share, file } = custodianOf(keyStoreOf(access), id);
        if (file !== undefined) throw new AppError('vaultCustodianHasFile', { name, share: share ?? 0 });
        await changeStore(access, (store) => ({ ...store, custodians: store.custodians.filter((each) => each.id !== id) }));
        await access.journal(say('vaultJournalForgotten', { name }));
        return custodyOf(access);
      }),

    'vault.destroyShares': ({ stackId }) =>
      change(stackId, async (access) => {
        const init = readInit(access);
        const { custodians, sharesDestroyedAt } = keyStoreOf(access);
        if (sharesDestroyedAt !== undefined) return custodyOf(access);
        if (init === undefined) throw new AppError('vaultSharesNotKept', { stack: access.stack.name });
        refuseUnconfirmed(init, custodians);
        if (init.root_token !== undefined) await proveOtherLogin(access);
        // Read again: root may have been revoked while Vault was asked.
        const without: KeptInit = { ...(readInit(access) ?? init), keys_base64: [] };
        // Twice: the generation before stays as .bak, and the second write makes that one without shares, too.
        for (const _ of ['the file', 'its .bak']) await access.secrets.set('vault.init', new Secret(JSON.stringify(without)));
        const at = new Date().toISOString();
        await changeStore(access, (store) => ({ ...store, sharesDestroyedAt: at }));
        await access.journal(say('vaultJournalSharesDestroyed', { shares: init.shares }));
        return custodyOf(access);
      }),
  };
}

/** What a window may know: no key text, no share. */
function custodyOf(access: StackAccess): Custody {
  const { custodians, sharesDestroyedAt } = keyStoreOf(access);
  const init = readInit(access);
  return {
    shares: init?.shares ?? 0,
    threshold: init?.threshold ?? 0,
    kept: init?.keys_base64.length ?? 0,
    custodians: custodians.map(({ pgp, ...rest }) =>
      pgp === undefined ? rest : { ...rest, pgp: { fingerprint: pgp.fingerprint, userId: pgp.userId, algorithm: pgp.algorithm } },
    ),
    ...(sharesDestroyedAt === undefined ? {} : { destroyedAt: sharesDestroyedAt }),
  };
}

function keptShares(access: StackAccess): KeptInit {
  const init = readInit(access);
  if (init === undefined || init.keys_base64.length === 0) throw new AppError('vaultSharesNotKept', { stack: access.stack.name });
  return init;
}

function shareOf(init: KeptInit, number: number): Secret {
  const share = init.keys_base64[number - 1];
  if (share === undefined) throw new AppError('vaultNoShareFree', { shares: init.keys_base64.length });
  return new Secret(share);
}

/** The custodian as they will be, with their share: the one they have, else the lowest that nobody was given. */
async function seatFor(
  store: KeyStore,
  id: string | undefined,
  planned: PlannedCustodian | undefined,
  shares: number,
): Promise<Custodian & { share: number }> {
  const known = id === undefined ? store.custodians.find(({ name }) => name === planned?.name) : custodianOf(store, id);
  if (known === undefined && planned === undefined) throw new AppError('vaultCustodianUnknown');
  if (planned !== undefined && store.custodians.some((each) => each.name === planned.name && each.id !== known?.id))
    throw new AppError('vaultCustodianNamed', { name: planned.name });
  if (known === undefined && store.custodians.length >= shares) throw new AppError('vaultNoShareFree', { shares });
  const taken = new Set(store.custodians.map(({ share }) => share));
  const free = Array.from({ length: shares }, (_, at) => at + 1).find((number) => !taken.has(number));
  const share = known?.share ?? free;
  if (share === undefined) throw new AppError('vaultNoShareFree', { shares });
  if (planned === undefined) return { ...(known as Custodian), share };
  const pgp = planned.kind === 'pgp' ? await pgpOf(planned) : undefined;
  return { id: known?.id ?? newId(), name: planned.name, kind: planned.kind, share, ...(pgp === undefined ? {} : { pgp }) };
}

function factsOf(access: StackAccess, init: KeptInit, seat: Custodian & { share: number }, at: string): FileFacts {
  return {
    stack: access.stack.name,
    stackId: access.stack.id,
    url: keyStoreOf(access).nodes[0]?.url ?? '',
    program: programOf(access),
    custodian: seat.name,
    custodianId: seat.id,
    share: seat.share,
    shares: init.shares,
    threshold: init.threshold,
    ...(init.recovery === true ? { recovery: true } : {}),
    at,
  };
}

function refuseUnconfirmed(init: KeptInit, custodians: readonly Custodian[]): void {
  const confirmed = new Set(custodians.filter(({ confirmedAt }) => confirmedAt !== undefined).map(({ share }) => share));
  const missing = Array.from({ length: init.shares }, (_, at) => at + 1).filter((share) => !confirmed.has(share));
  if (missing.length === 0) return;
  const waiting = custodians.filter(({ confirmedAt }) => confirmedAt === undefined).map(({ name }) => name);
  const names = [...waiting, ...Array.from({ length: missing.length - waiting.length }, () => '?')];
  throw new AppError('vaultSharesUnconfirmed', { names: names.join(', ') });
}

/** Without shares nobody makes a new root token, so the kept one must not be the only way to rule. Throws `vaultAdminFirst`. */
export async function proveOtherLogin(access: StackAccess): Promise<void> {
  const operator = readOperator(access);
  if (operator === undefined || keyStoreOf(access).operator === undefined) throw new AppError('vaultAdminFirst');
  const client = await vaultFor(access);
  try {
    await revoke(access, (await operatorLogin(client, operator)).token);
  } catch (error) {
    throw new AppError('vaultAdminFirst', {}, { cause: error });
  } finally {
    await client.close();
  }
}
