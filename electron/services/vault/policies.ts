import type { KvVersion } from '../../clients/vault/kv.ts';

export interface KeyPlace {
  mount: string;
  version: KvVersion;
  prefix: string;
}

type Rule = readonly [path: string, capabilities: readonly string[]];

/** KES's second layer: its keys are sealed with this one before they are stored. */
export interface TransitPlace {
  mount: string;
  key: string;
}

/**
 * What KES may do. `update` is left out: on v1 that refusal is the only thing that keeps a key from being overwritten
 * (vault.md 4.2). The guide's policy lacks `list` and does not fit v2 (trap 8). An empty prefix is the whole engine.
 */
export function kesPolicy({ mount, version, prefix }: KeyPlace, allowDelete: boolean, transit?: TransitPlace): string {
  const destroy = allowDelete ? ['delete'] : [];
  const below = (base: string): string => (prefix === '' ? `${base}/*` : `${base}/${prefix}/*`);
  const rules: Rule[] =
    version === 1
      ? [[below(mount), ['create', 'read', 'list', ...destroy]]]
      : [
          [below(`${mount}/data`), ['create', 'read']],
          // KES lists the folder without its last slash; `prefix/*` covers that, `prefix` alone would not.
          [below(`${mount}/metadata`), ['list', ...destroy]],
        ];
  const seal: Rule[] = transit ? ['encrypt', 'decrypt'].map((verb) => [`${transit.mount}/${verb}/${transit.key}`, ['update']]) : [];
  return text([...rules, ...seal]);
}

/** One KES's place in Vault and its login there. */
export interface KesScope extends KeyPlace {
  appRoleMount: string;
  role: string;
  kesPolicy: string;
}

export interface OperatorScope extends KesScope {
  operatorPolicy: string;
}

export const probePolicyPrefix = 'sealdeck-probe-';

/**
 * What Sealdeck needs after root is gone (vault.md 1.7), for our own names only. Renewal of shares and of root are in it,
 * because newer servers ask for a login for them. Own policy is readable, not writable. `further`: KES of clusters that were
 * added.
 */
export function operatorPolicy(scope: OperatorScope, further: readonly KesScope[] = []): string {
  const { mount, appRoleMount } = scope;
  return text([
    ['sys/mounts', ['read', 'list']],
    ['sys/auth', ['read', 'list']],
    ['sys/policies/acl', ['read', 'list']],
    [`sys/mounts/${mount}`, ['create', 'read', 'update']],
    [`sys/mounts/${mount}/tune`, ['create', 'read', 'update']],
    [`sys/auth/${appRoleMount}`, ['create', 'read', 'update', 'sudo']],
    [`sys/auth/${appRoleMount}/tune`, ['read', 'update', 'sudo']],
    ...policyRules(scope),
    [`sys/policies/acl/${scope.operatorPolicy}`, ['read']],
    ['sys/policies/acl/default', ['read']],
    [`sys/policies/acl/${probePolicyPrefix}*`, ['create', 'read', 'update', 'delete']],
    ...roleRules(scope),
    // Tokens that a revoked secret ID left behind can only be found among all.
    ['auth/token/accessors', ['list', 'sudo']],
    ['auth/token/accessors/', ['list', 'sudo']],
    ['auth/token/lookup-accessor', ['create', 'update']],
    ['auth/token/revoke-accessor', ['create', 'update']],
    ['sys/locked-users', ['read']],
    ['sys/locked-users/*', ['create', 'update']],
    ['sys/audit', ['read', 'sudo']],
    ['sys/audit/*', ['create', 'update', 'sudo']],
    ['sys/mounts/transit', ['create', 'read', 'update']],
    ['transit/keys', ['list']],
    ['transit/keys/*', ['create', 'read', 'update']],
    // KES knows the first version of its key only (trap 9).
    ['transit/keys/+/rotate', ['deny']],
    ['transit/encrypt/*', ['update']],
    ['transit/decrypt/*', ['update']],
    ['sys/seal', ['create', 'update', 'sudo']],
    ['sys/step-down', ['create', 'update', 'sudo']],
    ['sys/rekey/*', ['create', 'read', 'update', 'delete', 'sudo']],
    ['sys/rekey-recovery-key/*', ['create', 'read', 'update', 'delete', 'sudo']],
    ['sys/generate-root/*', ['create', 'read', 'update', 'delete', 'sudo']],
    ['sys/generate-root-token/*', ['create', 'read', 'update', 'delete', 'sudo']],
    ['sys/rotate/root', ['create', 'read', 'update', 'delete', 'sudo']],
    ['sys/rotate/root/*', ['create', 'read', 'update', 'delete', 'sudo']],
    ['sys/rotate/recovery/*', ['create', 'read', 'update', 'delete', 'sudo']],
    // The key of Vault's own data, and which root tokens live.
    ['sys/rotate', ['create', 'update', 'sudo']],
    ['sys/key-status', ['read']],
    ['auth/token/accessors', ['list', 'sudo']],
    ['sys/ha-status', ['read']],
    ['sys/storage/raft/configuration', ['read']],
    ['sys/storage/raft/autopilot/state', ['read']],
    ['sys/storage/raft/remove-peer', ['create', 'update']],
    // Backups: a snapshot is sealed by Vault's own barrier.
    ['sys/storage/raft/snapshot', ['read']],
    ...keyRules(scope),
    ...further.flatMap((one) => [...policyRules(one), ...roleRules(one).filter(([path]) => !path.endsWith('/role')), ...keyRules(one)]),
  ]);
}

function policyRules({ kesPolicy: name }: KesScope): Rule[] {
  return [[`sys/policies/acl/${name}`, ['create', 'read', 'update']]];
}

function roleRules({ appRoleMount, role }: KesScope): Rule[] {
  const appRole = `auth/${appRoleMount}/role/${role}`;
  return [
    [appRole, ['create', 'read', 'update']],
    [`auth/${appRoleMount}/role`, ['list']],
    [`${appRole}/role-id`, ['read']],
    [`${appRole}/secret-id`, ['create', 'update', 'list']],
    [`${appRole}/secret-id-accessor/*`, ['create', 'update']],
  ];
}

function keyRules({ mount, version, prefix }: KeyPlace): Rule[] {
  if (version === 1) return [[`${mount}/${prefix}/*`, ['create', 'read', 'update', 'delete', 'list']]];
  return [
    [`${mount}/data/${prefix}/*`, ['create', 'read', 'update', 'delete']],
    [`${mount}/metadata/${prefix}/*`, ['read', 'list', 'delete']],
  ];
}

function text(rules: readonly Rule[]): string {
  return rules
    .map(([path, capabilities]) => `path "${path}" {\n  capabilities = [${capabilities.map((c) => `"${c}"`).join(', ')}]\n}\n`)
    .join('');
}
