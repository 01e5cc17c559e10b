import { AppError, isAppError } from '../../../shared/rpc/errors.ts';
import { Secret } from '../../../shared/secret.ts';
import { wayOf } from '../../../shared/servers.ts';
import type { Evidence, StepPlan } from '../../../shared/setup.ts';
import { say, type Text } from '../../../shared/text.ts';
import { type AdminInput, adminInput } from '../../../shared/vault.ts';
import { keyStoreOf, readInit, vaultTokenFor, withVault } from '../../clients/vault/forStack.ts';
import { commented, environmentLines, programOf, tokenLines } from '../../clients/vault/vaultCommands.ts';
import { seen } from '../../jobs/evidence.ts';
import type { Step, StepContext } from '../../jobs/step.ts';
import { vaultIdle } from '../../jobs/ways.ts';
import { ensureOperator, operatorMount, operatorPolicyFor, proveOperator } from './operator.ts';
import { proveRootGone, revokeRoot } from './rootToken.ts';

export interface AdminStepDeps {
  /** An operation of KES with a real key, so that revoking root is seen to have broken nothing. */
  proveKes?: (access: StepContext) => Promise<Evidence[]>;
}

/** A login of its own for Sealdeck, proven, and then the end of the root token. */
export function createAdminStep(deps: AdminStepDeps): Step<'admin'> {
  // A stack that knows no KES yet has nobody who could be cut off.
  const proveKes = async (context: StepContext): Promise<Evidence[]> =>
    wayOf(context.stack, 'kes') === 'none' ? [] : ((await deps.proveKes?.(context)) ?? []);

  return {
    id: 'admin',
    skips: async (context) => withoutRoot(context),
    propose: async () => adminInput.parse({}),

    async plan(context, input): Promise<StepPlan> {
      const revoked = keyStoreOf(context).rootRevokedAt !== undefined;
      const mount = operatorMount(context, input);
      return {
        changes: [
          ...(revoked
            ? [say('vaultPlanRootGone')]
            : [say('vaultPlanOperator', { name: input.name, mount }), say('vaultPlanOperatorPolicy', { policy: input.name })]),
          say('vaultPlanOperatorProof'),
          ...(!revoked && input.revokeRoot ? [say('vaultPlanRevokeRoot')] : []),
        ],
        warnings: [
          say('vaultPlanOperatorPower'),
          ...(!revoked && input.revokeRoot ? [say('vaultPlanRevokeFinal')] : []),
          ...(!revoked && !input.revokeRoot ? [say('vaultPlanRootStays')] : []),
        ],
        commands: [...environmentLines(context), ...tokenLines(), ...commandsOf(context, input, mount)],
        files: [
          {
            path: `${input.name}.hcl`,
            mode: '-',
            content: operatorPolicyFor(context.stack, input.name),
            why: say('vaultWhyOperatorPolicy'),
          },
        ],
        seconds: 4,
      };
    },

    async apply(context, input) {
      const root = await livingRoot(context);
      if (root !== undefined)
        await withVault(context, (client) => ensureOperator(context, client, input, operatorPolicyFor(context.stack, input.name)), root);
      await proveOperator(context);
      await rememberOperator(context, input);
      const revoked = keyStoreOf(context).rootRevokedAt !== undefined && readInit(context)?.root_token === undefined;
      if (revoked || !input.revokeRoot) return;
      await proveKes(context);
      await revokeRoot(context);
    },

    async check(context): Promise<Evidence[]> {
      const { rootRevokedAt } = keyStoreOf(context);
      const operator = await proveOperator(context);
      if (rootRevokedAt === undefined)
        return [...operator, seen('store', say('vaultSeenRootKept'), undefined, 'warn'), ...(await proveKes(context))];
      const gone = await withVault(context, (client) => proveRootGone(context, client), await vaultTokenFor(context));
      return [...operator, ...gone, ...(await proveKes(context))];
    },
  };
}

/** Root was made by `init`: where others initialised, there never was one here to be revoked. */
function withoutRoot(context: StepContext): Text | undefined {
  const none = vaultIdle(context.stack);
  if (none) return none;
  const ours = readInit(context)?.root_token !== undefined || keyStoreOf(context).rootRevokedAt !== undefined;
  // Before `unseal` nobody can tell; afterwards its answer is here, or it never will be.
  return ours || wayOf(context.stack, 'vault') !== 'api' ? undefined : say('vaultRootTheirs');
}

/** Root's token while the server takes it. A kill between revoking and forgetting leaves a dead one. */
async function livingRoot(context: StepContext): Promise<Secret | undefined> {
  const token = readInit(context)?.root_token;
  if (token === undefined) return undefined;
  const root = new Secret(token);
  try {
    await withVault(context, (client) => client.lookupSelf(), root);
    return root;
  } catch (error) {
    if (isAppError(error, 'vaultPermissionDenied')) return undefined;
    throw error;
  }
}

async function rememberOperator(context: StepContext, input: AdminInput): Promise<void> {
  const known = keyStoreOf(context).operator;
  // Without root there is one login that exists; the form cannot name another.
  if (known !== undefined && readInit(context)?.root_token === undefined) {
    if (known.name !== input.name || known.auth !== input.auth) throw new AppError('vaultNoToken', { stack: context.stack.name });
    return;
  }
  const operator = { auth: input.auth, mount: operatorMount(context, input), name: input.name, policy: input.name };
  if (JSON.stringify(known) === JSON.stringify(operator)) return;
  await context.update((stack) => ({
    ...stack,
    keyStores: stack.keyStores.map((store) => (store.id === keyStoreOf(context).id ? { ...store, operator } : store)),
  }));
}

function commandsOf(context: StepContext, input: AdminInput, mount: string): StepPlan['commands'] {
  const program = programOf(context);
  const policy = { line: `${program} policy write ${input.name} ${input.name}.hcl` };
  const revoke = input.revokeRoot ? [commented(say('vaultCommandRevoke'), `${program} token revoke -self`)] : [];
  if (input.auth === 'userpass')
    return [
      policy,
      { line: `${program} auth enable -path=${mount} userpass` },
      commented(
        say('vaultCommandPassword'),
        `read -rs PASSWORD && printf %s "$PASSWORD" | ${program} write auth/${mount}/users/${input.name} token_policies=${input.name} token_ttl=30m token_max_ttl=1h password=-`,
      ),
      commented(say('vaultCommandTry'), `${program} login -method=userpass -path=${mount} -no-store username=${input.name}`),
      ...revoke,
    ];
  const role = `auth/${mount}/role/${input.name}`;
  return [
    policy,
    { line: `${program} write ${role} token_policies=${input.name} token_ttl=30m token_max_ttl=1h` },
    commented(say('vaultCommandSecretId'), `(umask 077; ${program} write -f -format=json ${role}/secret-id > "$SEALED_FILE")`),
    commented(
      say('vaultCommandTry'),
      `read -rs SECRET_ID && printf %s "$SECRET_ID" | ${program} write auth/${mount}/login role_id="$ROLE_ID" secret_id=-`,
    ),
    ...revoke,
  ];
}
