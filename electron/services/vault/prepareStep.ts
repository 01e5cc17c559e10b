import { setTimeout as pause } from 'node:timers/promises';
import { AppError, isAppError } from '../../../shared/rpc/errors.ts';
import { wayOf } from '../../../shared/servers.ts';
import type { Evidence, StepPlan } from '../../../shared/setup.ts';
import { say, type Text } from '../../../shared/text.ts';
import { type PrepareInput, prepareInput } from '../../../shared/vault.ts';
import { keyStoreOf, readAppRole, withVault } from '../../clients/vault/forStack.ts';
import type { VaultClient } from '../../clients/vault/vaultClient.ts';
import { commented, environmentLines, programOf, tokenLines } from '../../clients/vault/vaultCommands.ts';
import { seen } from '../../jobs/evidence.ts';
import type { Step, StepContext } from '../../jobs/step.ts';
import { vaultIdle } from '../../jobs/ways.ts';
import { ensureAppRoleCredentials } from './appRoleCredentials.ts';
import { type KeyPlace, kesPolicy } from './policies.ts';
import { proveRole } from './roleProof.ts';

/** KES needs a periodic token without use counts; five minutes as in the guide (vault.md 4.3). */
const roleFields = { token_period: 300, token_num_uses: 0, secret_id_num_uses: 0, secret_id_ttl: 0 } as const;

/** KV engine, policy, role and secret id for KES, proven by doing what KES does. */
export function createPrepareStep(): Step<'prepare'> {
  return {
    id: 'prepare',
    skips: async (context) => theirs(context),

    async propose(context) {
      const { role: placed } = context.inputs.place;
      // Passed over: what others have there need not fit the form, as the empty prefix of an old guide.
      if (theirs(context) !== undefined) return prepareInput.parse({ role: placed });
      const store = keyStoreOf(context);
      const { mount, prefix } = store.engine;
      const { mount: appRoleMount, role, policy } = store.appRole;
      const own = wayOf(context.stack, 'vault') !== 'api';
      return prepareInput.parse({ mount, prefix: prefix === '' ? undefined : prefix, appRoleMount, role: own ? placed : role, policy });
    },

    async plan(context, input): Promise<StepPlan> {
      const place = placeOf(context, input);
      const program = programOf(context);
      const policy = kesPolicy(place, input.allowDelete);
      const role = `auth/${input.appRoleMount}/role/${input.role}`;
      return {
        changes: [
          say('vaultPlanEngine', { mount: input.mount, version: place.version }),
          say('vaultPlanAppRole', { mount: input.appRoleMount }),
          say('vaultPlanPolicy', { policy: input.policy }),
          say('vaultPlanRole', { role: input.role, policy: input.policy }),
          say(readAppRole(context) === undefined ? 'vaultPlanSecretId' : 'vaultPlanSecretIdKept'),
          say('vaultPlanProbe', { prefix: `${input.mount}/${input.prefix}/` }),
        ],
        warnings: input.allowDelete ? [] : [say('vaultPlanNoDelete')],
        commands: [
          ...environmentLines(context),
          ...tokenLines(),
          { line: `${program} secrets enable -path=${input.mount} -version=${place.version} kv` },
          { line: `${program} auth enable -path=${input.appRoleMount} approle` },
          commented(say('vaultCommandPolicy'), `${program} policy write ${input.policy} ${input.policy}.hcl`),
          {
            line: `${program} write ${role} token_policies=${input.policy} token_period=300 token_num_uses=0 secret_id_num_uses=0 secret_id_ttl=0`,
          },
          { line: `${program} read ${role}/role-id` },
          commented(say('vaultCommandSecretId'), `(umask 077; ${program} write -f -format=json ${role}/secret-id > "$SEALED_FILE")`),
        ],
        files: [{ path: `${input.policy}.hcl`, mode: '-', content: policy, why: say('vaultWhyPolicy') }],
        seconds: 4,
      };
    },

    apply: (context, input) =>
      withVault(context, async (admin) => {
        const place = await placeThere(context, admin, input);
        await requireFree(context, admin, input, place);
        await ensureEngine(context, admin, place);
        await ensureAppRoleMount(context, admin, input.appRoleMount);
        await ensurePolicy(context, admin, input.policy, kesPolicy(place, input.allowDelete));
        await ensureRole(context, admin, input);
        await ensureAppRoleCredentials(context, admin, input);
        await context.update((stack) => ({
          ...stack,
          keyStores: stack.keyStores.map((store) =>
            store.id !== keyStoreOf(context).id
              ? store
              : { ...store, engine: place, appRole: { mount: input.appRoleMount, role: input.role, policy: input.policy } },
          ),
        }));
      }),

    async check(context, input): Promise<Evidence[]> {
      const place = placeOf(context, input);
      const standing = await withVault(context, async (admin) => {
        const mount = (await admin.mounts())[`${place.mount}/`];
        const role = await admin.appRole(input.appRoleMount, input.role);
        const policy = await admin.policy(input.policy);
        if (mount === undefined || role === undefined || policy === undefined)
          throw new AppError('vaultProofFailed', { what: 'read', path: `${place.mount}, ${input.role}, ${input.policy}`, reason: '404' });
        requireVersion(place, versionOf(mount.options));
        const { token_policies, token_period, token_num_uses } = role;
        return [
          seen('vault', say('vaultSeenEngine', { mount: place.mount, version: place.version }), {
            type: mount.type,
            options: mount.options,
          }),
          policy === kesPolicy(place, input.allowDelete)
            ? seen('vault', say('vaultSeenPolicy', { policy: input.policy }), policy)
            : seen('vault', say('vaultSeenPolicyDiffers', { policy: input.policy }), policy, 'warn'),
          seen('vault', say('vaultSeenRole', { role: input.role, period: token_period }), { token_policies, token_period, token_num_uses }),
        ];
      });
      return [...standing, ...(await proveRole(context, input, place))];
    },
  };
}

/** Why a Vault by API is left as it is: a KES that others run has its own access to it already. */
function theirs({ stack }: Pick<StepContext, 'stack'>): Text | undefined {
  const none = vaultIdle(stack);
  if (none) return none;
  const vault = wayOf(stack, 'vault');
  const kes = wayOf(stack, 'kes');
  return vault === 'api' && (kes === 'api' || kes === 'none') ? say('vaultPrepareTheirs') : undefined;
}

function placeOf(context: Pick<StepContext, 'stack'>, input: PrepareInput): KeyPlace {
  return { mount: input.mount, version: keyStoreOf(context).engine.version, prefix: input.prefix };
}

/** A KV engine that others mounted is of the version it is. */
async function placeThere(context: StepContext, admin: VaultClient, input: PrepareInput): Promise<KeyPlace> {
  const place = placeOf(context, input);
  if (wayOf(context.stack, 'vault') !== 'api') return place;
  const mount = (await admin.mounts())[`${place.mount}/`];
  return mount === undefined ? place : { ...place, version: versionOf(mount.options) };
}

/**
 * In a Vault that others use, a policy or a role of that name may be theirs. Ours are known by our own secret id, and by
 * their text when a kill came before that was made. Throws `vaultNameTaken`.
 */
async function requireFree(context: StepContext, admin: VaultClient, input: PrepareInput, place: KeyPlace): Promise<void> {
  if (wayOf(context.stack, 'vault') !== 'api' || readAppRole(context) !== undefined) return;
  const policy = await admin.policy(input.policy);
  const ours = [true, false].map((allowDelete) => kesPolicy(place, allowDelete));
  if (policy !== undefined && !ours.includes(policy)) throw new AppError('vaultNameTaken', { what: `policy ${input.policy}` });
  const there = (await admin.authMounts())[`${input.appRoleMount}/`];
  const role = there?.type === 'approle' ? await admin.appRole(input.appRoleMount, input.role) : undefined;
  if (role !== undefined && role.token_policies?.join() !== input.policy)
    throw new AppError('vaultNameTaken', { what: `role ${input.appRoleMount}/${input.role}` });
}

/** `null`, `{}` and "1" all mean version 1 (trap 7). */
function versionOf(options: Record<string, string> | null | undefined): 1 | 2 {
  return options?.version === '2' ? 2 : 1;
}

function requireVersion(place: KeyPlace, actual: 1 | 2): void {
  if (actual !== place.version) throw new AppError('kvVersionDiffers', { mount: place.mount, expected: place.version, actual });
}

async function ensureEngine(context: StepContext, admin: VaultClient, place: KeyPlace): Promise<void> {
  const mount = (await admin.mounts())[`${place.mount}/`];
  if (mount !== undefined) {
    if (mount.type !== 'kv' && mount.type !== 'generic') throw new AppError('vaultMountTaken', { mount: place.mount, type: mount.type });
    requireVersion(place, versionOf(mount.options));
  } else {
    await admin.enableEngine(place.mount, 'kv', { version: String(place.version) });
    await context.journal(say('vaultJournalEngine', { mount: place.mount, version: place.version }));
  }
  await settled(context, () => admin.kvList(place.mount, place.version, place.prefix));
}

/**
 * A fresh v2 engine may say for some seconds that it is being upgraded (vault.md 1.6), and a standby of OpenBao, which
 * answers reads itself, that it knows no such route yet [seen on 2.7.2].
 */
async function settled<T>(context: StepContext, ask: () => Promise<T>): Promise<T> {
  const end = Date.now() + 15_000;
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      const soon =
        isAppError(error, 'vaultAnswer') && /upgrad(?:e|ing) from non-versioned|no handler for route/i.test(String(error.details.text));
      if (!soon || Date.now() > end) throw error;
    }
    await pause(50, undefined, { signal: context.signal });
  }
}

/** Waits until what was written can be read: a standby of OpenBao may be a moment behind the leader that took it. Ours lead. */
async function readable(context: StepContext, ask: () => Promise<boolean>): Promise<void> {
  if (wayOf(context.stack, 'vault') !== 'api') return;
  const end = Date.now() + 5_000;
  while (!(await settled(context, ask)) && Date.now() < end) await pause(50, undefined, { signal: context.signal });
}

async function ensureAppRoleMount(context: StepContext, admin: VaultClient, mount: string): Promise<void> {
  const there = (await admin.authMounts())[`${mount}/`];
  if (there !== undefined && there.type !== 'approle') throw new AppError('vaultMountTaken', { mount: `auth/${mount}`, type: there.type });
  if (there !== undefined) return;
  await admin.enableAuth(mount, 'approle');
  await context.journal(say('vaultJournalAuth', { mount, type: 'approle' }));
}

async function ensureRole(context: StepContext, admin: VaultClient, input: PrepareInput): Promise<void> {
  const role = await settled(context, () => admin.appRole(input.appRoleMount, input.role));
  const right =
    role?.bind_secret_id === true &&
    role.token_policies?.length === 1 &&
    role.token_policies[0] === input.policy &&
    Object.entries(roleFields).every(([field, value]) => role[field as keyof typeof roleFields] === value);
  if (right) return;
  await admin.writeAppRole(input.appRoleMount, input.role, { ...roleFields, bind_secret_id: true, token_policies: [input.policy] });
  await readable(context, async () => (await admin.appRole(input.appRoleMount, input.role))?.token_policies?.[0] === input.policy);
  await context.journal(say('vaultJournalRole', { role: input.role, policy: input.policy }));
}

/** Writes a policy unless the server has this very text. */
export async function ensurePolicy(context: StepContext, admin: VaultClient, name: string, policy: string): Promise<void> {
  if ((await admin.policy(name)) === policy) return;
  await admin.writePolicy(name, policy);
  await readable(context, async () => (await admin.policy(name)) === policy);
  await context.journal(say('vaultJournalPolicy', { policy: name }));
}
