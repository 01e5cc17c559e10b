import { AppError } from '../../../shared/rpc/errors.ts';
import type { PlannedFile, StepPlan } from '../../../shared/setup.ts';
import type { Stack } from '../../../shared/stacks.ts';
import { say } from '../../../shared/text.ts';
import type { RootView, vaultClusterProcedures } from '../../../shared/vaultCluster.ts';
import { keyStoreOf, readInit, withVault } from '../../clients/vault/forStack.ts';
import { commented, programOf } from '../../clients/vault/vaultCommands.ts';
import type { StepContext } from '../../jobs/step.ts';
import type { CallContext, DomainHandlers } from '../../rpc/connection.ts';
import { operatorPolicyFor, operatorScopes } from './operator.ts';
import { ensurePolicy } from './prepareStep.ts';

/** A root token by Vault's own procedure, as the page of its nodes makes it. */
export interface RootMaking {
  phase(stackId: string): Promise<RootView['phase']>;
  begin(stackId: string): Promise<unknown>;
  giveKept(stackId: string): Promise<unknown>;
  revoke(stackId: string): Promise<unknown>;
}

/** The calls of that page. */
export function rootOf(
  handlers: Pick<
    DomainHandlers<typeof vaultClusterProcedures>,
    'vault.rootAttempt' | 'vault.rootBegin' | 'vault.rootKept' | 'vault.rootRevoke'
  >,
  call: CallContext,
): RootMaking {
  return {
    phase: async (stackId) => (await handlers['vault.rootAttempt']({ stackId }, call)).phase,
    begin: (stackId) => handlers['vault.rootBegin']({ stackId }, call),
    giveKept: (stackId) => handlers['vault.rootKept']({ stackId }, call),
    revoke: (stackId) => handlers['vault.rootRevoke']({ stackId }, call),
  };
}

/** Whether a root token was made for this work and is not revoked yet. It is marked before it is made. */
export interface RootMark {
  readonly made: boolean;
  set(made: boolean): Promise<void>;
}

type Rights = 'enough' | 'byRoot';

/**
 * Once root is revoked Sealdeck's login may change the names of the first cluster only. `stack`: the document with the
 * further cluster. Throws `clusterNeedsRoot` where nothing here can widen it.
 */
async function rightsFor(context: StepContext, stack: Stack): Promise<Rights> {
  const store = keyStoreOf({ stack });
  const wanted = [
    ...(store.operator === undefined ? [] : [`sys/policies/acl/${store.operator.policy}`]),
    ...operatorScopes(stack).flatMap(({ kesPolicy, appRoleMount, role }) => [
      `sys/policies/acl/${kesPolicy}`,
      `auth/${appRoleMount}/role/${role}`,
    ]),
  ];
  return withVault(context, async (vault) => {
    if (store.operator && (await vault.policy(store.operator.policy)) === operatorPolicyFor(stack, store.operator.policy)) return 'enough';
    const found = await vault.capabilitiesSelf(wanted);
    const lacks = wanted.find((path) => !found[path]?.some((can) => can === 'root' || can === 'update' || can === 'create'));
    if (lacks === undefined) return 'enough';
    const kept = readInit(context);
    if (store.operator !== undefined && kept !== undefined && kept.keys_base64.length >= kept.threshold) return 'byRoot';
    throw new AppError('clusterNeedsRoot', { login: store.operator?.name ?? 'token', path: lacks });
  });
}

/** What has to be done before the further cluster of `stack` can be prepared. */
export async function planFurtherRights(context: StepContext, stack: Stack): Promise<StepPlan> {
  const rights = await rightsFor(context, stack);
  const name = keyStoreOf({ stack }).operator?.policy;
  const plan: StepPlan = { changes: [], warnings: [], commands: [], files: [], seconds: 0 };
  if (name === undefined || (await withVault(context, (vault) => vault.policy(name))) === operatorPolicyFor(stack, name)) return plan;
  const program = programOf({ stack });
  const file: PlannedFile = { path: `${name}.hcl`, mode: '-', content: operatorPolicyFor(stack, name), why: say('vaultWhyOperatorPolicy') };
  return {
    ...plan,
    changes: [say(rights === 'byRoot' ? 'clusters.plan.rightsByRoot' : 'clusters.plan.rights', { policy: name })],
    commands: [
      ...(rights === 'byRoot' ? [commented(say('clusters.command.root'), `${program} operator generate-root -init`)] : []),
      { line: `${program} policy write ${name} ${name}.hcl` },
      ...(rights === 'byRoot' ? [{ line: `${program} token revoke -self` }] : []),
    ],
    files: [file],
    seconds: 2,
  };
}

/**
 * Lets Sealdeck's login speak of the names of all clusters of the document: with the token that is here where it may, else
 * with a root token that the kept shares make and that is revoked at once. Can be run again after a kill anywhere.
 */
export async function ensureFurtherRights(context: StepContext, root: RootMaking, mark: RootMark): Promise<void> {
  const { stack } = context;
  const name = keyStoreOf(context).operator?.policy;
  const rights = await rightsFor(context, stack);
  const widen = async (): Promise<void> => {
    if (name !== undefined) await withVault(context, (vault) => ensurePolicy(context, vault, name, operatorPolicyFor(stack, name)));
  };
  if (rights === 'enough') await widenWhereItMay(context, widen, name);
  else {
    await mark.set(true);
    const phase = await root.phase(stack.id);
    if (phase !== 'collecting') await root.begin(stack.id);
    await root.giveKept(stack.id);
    await widen();
  }
  if (rights === 'enough' && !mark.made) return;
  await revokeMade(stack.id, root);
  await mark.set(false);
}

/** Revokes the root token that was made for this work, where a kill came before that. */
export async function revokeMade(stackId: string, root: RootMaking): Promise<void> {
  if ((await root.phase(stackId)) === 'made') await root.revoke(stackId);
}

/** A login that was made by hand may have the rights by another policy, and none to change its own. */
async function widenWhereItMay(context: StepContext, widen: () => Promise<void>, name: string | undefined): Promise<void> {
  if (name === undefined) return;
  const path = `sys/policies/acl/${name}`;
  const can = await withVault(context, (vault) => vault.capabilitiesSelf([path]));
  if (can[path]?.some((one) => one === 'root' || one === 'update')) await widen();
}
