import { isAppError } from '../../../../shared/rpc/errors.ts';
import { say } from '../../../../shared/text.ts';
import type { AccessFinding } from '../../../../shared/vaultAccess.ts';
import { evaluate, listOrderOf } from '../../../clients/vault/evaluate.ts';
import { keyStoreOf } from '../../../clients/vault/forStack.ts';
import { kvPath } from '../../../clients/vault/kv.ts';
import { policyRules } from '../../../clients/vault/policyRules.ts';
import type { VaultClient } from '../../../clients/vault/vaultClient.ts';
import type { StackAccess } from '../../../jobs/step.ts';
import { transitOfKes } from './transit.ts';

/**
 * What KES's role lacks, or has too much of, at KES's own place, by its policies. A missing `list` and an empty folder are
 * the same 502 for whoever asks KES (kes.md trap 17): this and the names below the prefix tell them apart.
 */
export async function rightsFindings(access: StackAccess, client: VaultClient, names: readonly string[]): Promise<AccessFinding[]> {
  const { mount, version, prefix } = keyStoreOf(access).engine;
  const [texts, { product, version: release }, transit] = await Promise.all([
    Promise.all(names.map((name) => client.policy(name).catch(hidden))),
    client.health(),
    transitOfKes(access),
  ]);
  // Without one of them nobody can say what is missing.
  if (texts.some((text) => text === 'hidden')) return [];
  const policies = names.map((name, at) => ({ name, rules: rulesOf(texts[at]) }));
  const may = (path: string, right: string): boolean =>
    evaluate(policies, path, listOrderOf(product, release)).capabilities.includes(right);
  const key = kvPath(mount, version, 'data', `${prefix}/any-key`);
  const folder = `${kvPath(mount, version, 'metadata', prefix)}/`;
  const lacks = ['create', 'read'].filter((right) => !may(key, right));
  const sealing = transit === undefined ? [] : ['encrypt', 'decrypt'].map((verb) => `${transit.mount}/${verb}/${transit.key}`);
  return [
    ...(lacks.length > 0 ? [{ level: 'fail', text: say('vaultRoleLacks', { rights: lacks.join(', '), path: key }) } as const] : []),
    ...(may(folder, 'list') ? [] : [{ level: 'warn', text: say('vaultRoleLacksList', { path: folder }) } as const]),
    ...(version === 1 && may(key, 'update') ? [{ level: 'warn', text: say('vaultRoleMayOverwrite', { path: key }) } as const] : []),
    ...sealing
      .filter((path) => !may(path, 'update'))
      .map((path) => ({ level: 'fail', text: say('vaultRoleLacks', { rights: 'update', path }) }) as const),
  ];
}

function hidden(error: unknown): 'hidden' {
  if (isAppError(error, 'vaultPermissionDenied')) return 'hidden';
  throw error;
}

/** A policy that Vault has not is none; one that cannot be read here grants nothing that could be vouched for. */
function rulesOf(text: string | undefined): ReturnType<typeof policyRules> {
  try {
    return policyRules(text ?? '');
  } catch {
    return [];
  }
}
