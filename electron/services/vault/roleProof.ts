import { randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { AppError } from '../../../shared/rpc/errors.ts';
import { Secret } from '../../../shared/secret.ts';
import type { Evidence } from '../../../shared/setup.ts';
import { say } from '../../../shared/text.ts';
import type { PrepareInput } from '../../../shared/vault.ts';
import { errorsOf } from '../../clients/vault/answers.ts';
import { readAppRole, vaultFor, withVault } from '../../clients/vault/forStack.ts';
import { kvPath } from '../../clients/vault/kv.ts';
import type { VaultClient } from '../../clients/vault/vaultClient.ts';
import { seen } from '../../jobs/evidence.ts';
import type { StepContext } from '../../jobs/step.ts';
import { revoke } from './appRoleCredentials.ts';
import type { KeyPlace } from './policies.ts';

const probeName = 'sealdeck-probe-';

/**
 * Logs in as KES will and does what KES does, then what it must not be able to do. Cleans up with an administrator's
 * token, since the role itself may have no right to delete. Throws `vaultProofFailed`, `vaultRoleTooWide`.
 */
export async function proveRole(context: StepContext, input: PrepareInput, place: KeyPlace): Promise<Evidence[]> {
  const kept = readAppRole(context);
  if (kept === undefined) throw new AppError('vaultProofFailed', { what: 'login', path: `auth/${input.appRoleMount}/login`, reason: '-' });
  const anonymous = await vaultFor(context);
  const login = await anonymous.appRoleLogin(input.appRoleMount, kept.roleId, new Secret(kept.secretId)).finally(() => anonymous.close());
  const client = await vaultFor(context, login.token);
  try {
    return [
      seen('vault', say('vaultSeenLogin', { role: input.role, policies: login.policies.join(', ') })),
      ...(await proveAllowed(client, place, input.allowDelete)),
      ...(await proveRefused(client, place)),
    ];
  } finally {
    await client.close();
    await revoke(context, login.token);
    await removeProbes(context, place);
  }
}

async function proveAllowed(client: VaultClient, place: KeyPlace, allowDelete: boolean): Promise<Evidence[]> {
  const { mount, version, prefix } = place;
  const name = `${probeName}${randomBytes(4).toString('hex')}`;
  const path = `${prefix}/${name}`;
  const data = kvPath(mount, version, 'data', path);
  const metadata = kvPath(mount, version, 'metadata', path);
  const value = randomBytes(8).toString('hex');
  const body = version === 1 ? { [name]: value } : { data: { [name]: value }, options: { cas: 0 } };
  const found: Evidence[] = [];
  const step = async (what: string, method: string, at: string, sent?: unknown): Promise<void> => {
    const holds = (text: string): boolean => (what === 'read' ? text.includes(value) : what === 'list' ? text.includes(name) : true);
    let answer = await client.attempt(method, at, sent === undefined ? {} : { body: sent });
    // A standby of OpenBao answers reads itself and may be a moment behind the leader that took the write.
    for (let tries = 0; method === 'GET' && tries < 40 && answer.status !== 403 && !holds(answer.text); tries += 1) {
      await pause(50);
      answer = await client.attempt(method, at);
    }
    const reason = `HTTP ${answer.status} ${errorsOf(answer).join('; ')}`.trim();
    if (answer.status > 299) throw new AppError('vaultProofFailed', { what, path: at, reason });
    const right = holds(answer.text);
    if (!right) throw new AppError('vaultProofFailed', { what, path: at, reason: `${reason}, -` });
    const code =
      what === 'write' ? 'vaultSeenWrote' : what === 'read' ? 'vaultSeenRead' : what === 'list' ? 'vaultSeenListed' : 'vaultSeenDeleted';
    found.push(seen('vault', say(code, { path: at }), `${method} ${at} -> HTTP ${answer.status}`));
  };
  await step('write', 'POST', data, body);
  await step('read', 'GET', data);
  await step('list', 'GET', `${kvPath(mount, version, 'metadata', prefix)}?list=true`);
  found.push(await refused(client, 'POST', data, version === 1 ? body : { data: { [name]: 'other' } }, 'vaultSeenNoOverwrite'));
  if (allowDelete) await step('delete', 'DELETE', metadata);
  else found.push(await refused(client, 'DELETE', metadata, undefined, 'vaultSeenNoDelete'));
  return found;
}

async function proveRefused(client: VaultClient, place: KeyPlace): Promise<Evidence[]> {
  const sibling = kvPath(place.mount, place.version, 'data', `${place.prefix}-sibling/${probeName}refused`);
  const body = place.version === 1 ? { probe: 'x' } : { data: { probe: 'x' } };
  return [
    await refused(client, 'POST', sibling, body, 'vaultSeenRefused'),
    await refused(client, 'GET', sibling, undefined, 'vaultSeenRefused'),
    await refused(client, 'GET', 'sys/policies/acl?list=true', undefined, 'vaultSeenRefused'),
    await refused(client, 'GET', 'sys/mounts', undefined, 'vaultSeenRefused'),
  ];
}

async function refused(
  client: VaultClient,
  method: string,
  path: string,
  body: unknown,
  code: 'vaultSeenRefused' | 'vaultSeenNoOverwrite' | 'vaultSeenNoDelete',
): Promise<Evidence> {
  const answer = await client.attempt(method, path, body === undefined ? {} : { body });
  if (answer.status !== 403) throw new AppError('vaultRoleTooWide', { path: `${method} ${path}`, status: answer.status });
  return seen('vault', say(code, { path }), `${method} ${path} -> HTTP 403 ${errorsOf(answer).join('; ')}`);
}

/** Probes of this run, of runs that were killed, and one that should not have been possible in the sibling prefix. */
async function removeProbes(context: StepContext, place: KeyPlace): Promise<void> {
  await withVault(context, async (admin) => {
    for (const name of await admin.kvList(place.mount, place.version, place.prefix))
      if (name.startsWith(probeName)) await admin.kvDelete(place.mount, place.version, `${place.prefix}/${name}`);
  });
}
