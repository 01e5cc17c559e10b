import type { Text } from '../../../../shared/text.ts';
import { say } from '../../../../shared/text.ts';
import type { AccessFinding, RoleFields } from '../../../../shared/vaultAccess.ts';

const day = 86_400;
const warnSeconds = 14 * day;

/** What of a role's fields makes KES fail, now or later (vault.md 1.8, 4.3). */
export function roleFindings(fields: RoleFields): AccessFinding[] {
  const found: AccessFinding[] = [];
  const add = (level: AccessFinding['level'], text: Text): void => void found.push({ level, text });
  if (fields.token_policies.includes('root')) add('fail', say('vaultRoleRoot'));
  if (fields.token_policies.length === 0) add('fail', say('vaultRoleNoPolicy'));
  if (!fields.bind_secret_id) add('fail', say('vaultRoleNoSecretId'));
  if (fields.token_num_uses !== 0) add('fail', say('vaultRoleTokenUses', { uses: fields.token_num_uses }));
  if (fields.secret_id_num_uses !== 0) add('fail', say('vaultRoleSecretUses', { uses: fields.secret_id_num_uses }));
  if (fields.secret_id_ttl !== 0) add('warn', say('vaultRoleSecretTtl', { days: Math.floor(fields.secret_id_ttl / day) }));
  if (fields.token_type === 'batch') add('fail', say('vaultRoleBatch'));
  const period = fields.token_period;
  const life = period !== 0 ? period : fields.token_ttl;
  if (life !== 0 && life < 30) add('fail', say('vaultRoleShort', { seconds: life }));
  else if (period === 0) add('warn', say('vaultRoleNoPeriod'));
  else add('ok', say('vaultRolePeriod', { seconds: period }));
  if (fields.token_no_default_policy) add('warn', say('vaultRoleNoDefault'));
  if (fields.token_explicit_max_ttl !== 0)
    add('info', say('vaultRoleExplicitMax', { hours: Math.round(fields.token_explicit_max_ttl / 3600) }));
  if (fields.secret_id_bound_cidrs.length === 0 && fields.token_bound_cidrs.length === 0) add('info', say('vaultRoleNoCidr'));
  if (fields.secret_id_bound_cidrs.length > 0 && fields.secret_id_num_uses > 0) add('warn', say('vaultRoleCidrUses'));
  return found;
}

/** How long a secret ID still lives. `uses`: left; 0 is any number, and -1 is what servers say when none is left. */
export function secretIdFindings(life: { expiresAt?: string; uses: number; cidrs: readonly string[] }, now = Date.now()): AccessFinding[] {
  const left = life.expiresAt === undefined ? undefined : (Date.parse(life.expiresAt) - now) / 1000;
  return [
    ...(left === undefined
      ? []
      : [
          left <= 0
            ? ({ level: 'fail', text: say('vaultSecretIdExpired') } as const)
            : ({
                level: left < warnSeconds ? 'fail' : 'warn',
                text: say('vaultSecretIdEnds', { days: Math.floor(left / day), hours: Math.floor((left % day) / 3600) }),
              } as const),
        ]),
    ...(life.uses > 0 ? [{ level: 'warn', text: say('vaultSecretIdUses', { uses: life.uses }) } as const] : []),
    ...(life.uses > 0 && life.cidrs.length > 0 ? [{ level: 'warn', text: say('vaultRoleCidrUses') } as const] : []),
  ];
}
