import { AppError } from '../../../../shared/rpc/errors.ts';
import type { Evidence } from '../../../../shared/setup.ts';
import { say, type Text } from '../../../../shared/text.ts';
import type { AccessFinding, PolicyDraft } from '../../../../shared/vaultAccess.ts';
import { evaluate } from '../../../clients/vault/evaluate.ts';
import { keyStoreOf, withVault } from '../../../clients/vault/forStack.ts';
import type { KvVersion } from '../../../clients/vault/kv.ts';
import { policyRules } from '../../../clients/vault/policyRules.ts';
import type { VaultClient } from '../../../clients/vault/vaultClient.ts';
import { environmentLines, programOf, tokenLines } from '../../../clients/vault/vaultCommands.ts';
import { seen } from '../../../jobs/evidence.ts';
import type { StackAccess } from '../../../jobs/step.ts';
import { eachOf } from '../../../platform/eachOf.ts';
import { kesPolicy, type TransitPlace } from '../policies.ts';
import { versionOf } from './engines.ts';

export interface DraftWish {
  name: string;
  mount: string;
  version: KvVersion;
  prefix: string;
  allowDelete: boolean;
  transit?: TransitPlace | undefined;
}

const mostRoles = 50;

/** A policy for one KES, line by line with its reason, beside what the server has. Asks, changes nothing. */
export async function draftPolicy(access: StackAccess, wish: DraftWish): Promise<PolicyDraft> {
  requireOrdinary(wish.name);
  const policy = kesPolicy(wish, wish.allowDelete, wish.transit);
  return withVault(access, async (client) => {
    const [before, mount] = await Promise.all([client.policy(wish.name), client.mountSeen(wish.mount)]);
    return {
      name: wish.name.toLowerCase(),
      policy,
      lines: policy
        .split('\n')
        .slice(0, -1)
        .map((line) => ({ line, ...whyOf(line, wish) })),
      ...(before === undefined ? {} : { before }),
      same: before === policy,
      findings: [
        ...mountFindings(wish, mount === undefined ? undefined : versionOf(mount.options)),
        ...(wish.prefix === '' ? [{ level: 'warn' as const, text: say('vaultPolicyNoPrefix', { mount: wish.mount }) }] : []),
        ...(wish.allowDelete ? [] : [{ level: 'info' as const, text: say('vaultPlanNoDelete') }]),
        ...(await overlaps(access, client, wish)),
      ],
      commands: [
        ...environmentLines(access),
        ...tokenLines(),
        { line: `${programOf(access)} policy read ${wish.name}` },
        { line: `${programOf(access)} policy write ${wish.name} ${wish.name}.hcl` },
      ],
    };
  });
}

function mountFindings({ mount, version }: DraftWish, actual: KvVersion | undefined): AccessFinding[] {
  if (actual === undefined) return [{ level: 'warn', text: say('vaultPolicyMountUnseen', { mount }) }];
  return actual === version ? [] : [{ level: 'fail', text: say('vaultPolicyVersionDiffers', { mount, actual, version }) }];
}

/** Several KES on one Vault stay apart only if no role reaches into another's prefix: each known role's policies are evaluated for it. */
async function overlaps(access: StackAccess, client: VaultClient, wish: DraftWish): Promise<AccessFinding[]> {
  const { mount } = keyStoreOf(access).appRole;
  const roles = await client.appRoles(mount).catch(() => []);
  const key = `${wish.mount}${wish.version === 2 ? '/data' : ''}${wish.prefix === '' ? '' : `/${wish.prefix}`}/any-key`;
  const own = wish.name.toLowerCase();
  const found = await eachOf(roles.slice(0, mostRoles), 4, async (role) => {
    const names = (await client.appRole(mount, role))?.token_policies ?? [];
    if (names.includes(own)) return [];
    const texts = await Promise.all(names.map((name) => client.policy(name)));
    try {
      const verdict = evaluate(
        texts.map((text, at) => ({ name: names[at] ?? '', rules: policyRules(text ?? '') })),
        key,
        // No list: the order does not matter.
        'bareFirst',
      );
      if (!verdict.capabilities.includes('read')) return [];
      return [
        {
          level: 'warn' as const,
          text: say('vaultPolicyOverlap', { role, policy: verdict.rule?.policy ?? '', path: verdict.rule?.path ?? '' }),
        },
      ];
    } catch {
      // A policy of others that cannot be read here says nothing either way.
      return [];
    }
  });
  return found.flat();
}

/** Why a line is there. Only lines that kesPolicy writes. */
function whyOf(line: string, { version, prefix, mount, transit }: DraftWish): { why?: Text } {
  const path = /^path "([^"]+)"/.exec(line)?.[1];
  const place = prefix === '' ? mount : `${mount}/${prefix}`;
  if (path !== undefined) {
    if (transit && path === `${transit.mount}/encrypt/${transit.key}`) return { why: say('vaultPolicyWhyEncrypt') };
    if (transit && path === `${transit.mount}/decrypt/${transit.key}`) return { why: say('vaultPolicyWhyDecrypt') };
    if (version === 1) return { why: say('vaultPolicyWhyV1', { place }) };
    return { why: path.startsWith(`${mount}/data`) ? say('vaultPolicyWhyData', { place }) : say('vaultPolicyWhyMetadata', { place }) };
  }
  if (!line.includes('capabilities')) return {};
  if (line.includes('"update"')) return { why: say('vaultPolicyWhyUpdate') };
  const destroys = line.includes('"delete"');
  if (line.includes('"create"') && line.includes('"list"'))
    return { why: destroys ? say('vaultPolicyWhyAllDelete') : say('vaultPolicyWhyAll') };
  if (line.includes('"create"')) return { why: say('vaultPolicyWhyCreate') };
  return { why: destroys ? say('vaultPolicyWhyListDelete') : say('vaultPolicyWhyList') };
}

/** Writes a text where the server still has the one that was seen, and reads it back. Throws `vaultPolicyMoved`, `vaultPolicyReserved`, `vaultPolicyUnreadable`. */
export async function writePolicy(
  access: StackAccess,
  { name: asked, policy, before }: { name: string; policy: string; before?: string | undefined },
): Promise<Evidence[]> {
  // Vault makes names lower case.
  const name = asked.toLowerCase();
  requireOrdinary(name);
  policyRules(policy);
  return withVault(access, async (client) => {
    const now = await client.policy(name);
    if (now !== before) throw new AppError('vaultPolicyMoved', { name });
    if (now !== policy) {
      await client.writePolicy(name, policy);
      await access.journal(say('vaultJournalPolicy', { policy: name }));
    }
    const found = await client.policy(name);
    if (found !== policy)
      throw new AppError('vaultProofFailed', {
        what: 'read',
        path: `sys/policies/acl/${name}`,
        reason: found === undefined ? '404' : '200, another text',
      });
    return [seen('vault', say('vaultSeenPolicy', { policy: name }), found)];
  });
}

function requireOrdinary(name: string): void {
  if (['root', 'default', 'response-wrapping', 'control-group'].includes(name.toLowerCase()))
    throw new AppError('vaultPolicyReserved', { name });
}
