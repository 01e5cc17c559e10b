import { say } from '../../../../shared/text.ts';
import type { vaultAccessProcedures } from '../../../../shared/vaultAccess.ts';
import { withVault } from '../../../clients/vault/forStack.ts';
import { policyRules } from '../../../clients/vault/policyRules.ts';
import type { DomainDeps, StackAccess } from '../../../jobs/step.ts';
import type { DomainHandlers } from '../../../rpc/connection.ts';
import { enableAudit, readAudit } from './audit.ts';
import { readAuditLines } from './auditLines.ts';
import { enableEngine, readEngines, readKeyNames } from './engines.ts';
import { draftPolicy, writePolicy } from './policyDraft.ts';
import { revokeFacts, revokeSecretId } from './revoking.ts';
import { planRole, writeRole } from './rolePlan.ts';
import { listRoles, readRole } from './roles.ts';
import { type KesTakes, rotateSecretId } from './rotation.ts';
import { makeSecretId, saveWrapped, unwrapSecretId } from './secretIds.ts';
import { checkSimulation, simulate } from './simulation.ts';
import { makeTransitKey, readTransit, stopTransitRotation } from './transit.ts';
import { tryLogin, unlockRole } from './tryLogin.ts';

export interface VaultAccess {
  handlers: DomainHandlers<typeof vaultAccessProcedures>;
}

/** Who may do what in Vault: engines, AppRole, policies, audit devices, transit. */
export function createVaultAccess(deps: DomainDeps & { kes: KesTakes }): VaultAccess {
  const { open, jobs, publish } = deps;

  /** Whatever changed, the page asks again. */
  async function changing<T>(stackId: string, work: (access: StackAccess) => Promise<T>, cluster?: string): Promise<T> {
    const access = await open(stackId, cluster);
    return work(access).finally(() => publish('vault.changed', { stackId }));
  }

  return {
    handlers: {
      'vault.engines': async ({ stackId }) => readEngines(await open(stackId)),
      'vault.keyNames': async ({ stackId, mount, version, prefix }) =>
        readKeyNames(await open(stackId), {
          ...(mount === undefined ? {} : { mount }),
          ...(version === undefined ? {} : { version }),
          ...(prefix === undefined ? {} : { prefix }),
        }),
      'vault.enableEngine': ({ stackId, mount, type, version }) =>
        changing(stackId, (access) => enableEngine(access, mount, type, version)),

      'vault.roles': async ({ stackId }) => listRoles(await open(stackId)),
      'vault.role': async ({ stackId, ...name }) => readRole(await open(stackId), name),
      'vault.planRole': async ({ stackId, mount, role, fields }) => planRole(await open(stackId), { mount, role }, fields),
      'vault.writeRole': ({ stackId, mount, role, fields, seen }) =>
        changing(stackId, (access) => writeRole(access, { mount, role }, fields, seen)),
      'vault.makeSecretId': ({ stackId, mount, role, ...wish }) =>
        changing(stackId, (access) => makeSecretId(access, { mount, role }, wish)),
      'vault.saveWrapped': async ({ stackId, mount, role, accessor }) => saveWrapped(await open(stackId), { mount, role }, accessor),
      'vault.unwrapSecretId': ({ stackId, mount, role, ...from }) =>
        changing(stackId, (access) => unwrapSecretId(access, { mount, role }, from)),
      'vault.tryLogin': ({ stackId, mount, role, accessor }) =>
        changing(stackId, async (access) => ({ evidence: await tryLogin(access, { mount, role }, accessor) })),
      'vault.revokeFacts': async ({ stackId, mount, role, accessor }) => revokeFacts(await open(stackId), { mount, role }, accessor),
      'vault.revokeSecretId': ({ stackId, mount, role, accessor, tokens }) =>
        changing(stackId, (access) => revokeSecretId(access, { mount, role }, accessor, tokens)),
      'vault.rotateSecretId': async ({ stackId, cluster }) => {
        await open(stackId, cluster);
        return jobs.start({
          title: say('vaultRotateJob'),
          stackId,
          run: (report, signal) => changing(stackId, (access) => rotateSecretId(access, deps.kes, report, signal), cluster),
        });
      },
      'vault.unlockRole': ({ stackId, mount, role }) =>
        changing(stackId, async (access) => ({ evidence: await unlockRole(access, { mount, role }) })),

      'vault.policies': async ({ stackId }) => ({ names: await withVault(await open(stackId), (client) => client.policies()) }),
      'vault.policy': async ({ stackId, name }) => {
        const policy = await withVault(await open(stackId), (client) => client.policy(name.toLowerCase()));
        if (policy === undefined) return { rules: [] };
        return { policy, rules: policyRules(policy).map(({ path, capabilities }) => ({ path, capabilities: [...capabilities] })) };
      },
      'vault.draftPolicy': async ({ stackId, ...wish }) => draftPolicy(await open(stackId), wish),
      'vault.writePolicy': ({ stackId, name, policy, before }) =>
        changing(stackId, async (access) => ({ evidence: await writePolicy(access, { name, policy, before }) })),
      'vault.simulate': async ({ stackId, of, paths }) => simulate(await open(stackId), of, paths),
      'vault.checkSimulation': async ({ stackId, of, paths }) => checkSimulation(await open(stackId), of, paths),

      'vault.audit': async ({ stackId }) => readAudit(await open(stackId)),
      'vault.enableAudit': ({ stackId, name, file }) =>
        changing(stackId, async (access) => ({ evidence: await enableAudit(access, name, file) })),
      'vault.auditLines': async ({ stackId, name, count }) => readAuditLines(await open(stackId), name, count),

      'vault.transit': async ({ stackId }) => readTransit(await open(stackId)),
      'vault.makeTransitKey': ({ stackId, mount, key }) => changing(stackId, (access) => makeTransitKey(access, mount, key)),
      'vault.stopTransitRotation': ({ stackId, mount, key }) =>
        changing(stackId, async (access) => ({ evidence: await stopTransitRotation(access, mount, key) })),
    },
  };
}
