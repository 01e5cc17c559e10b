import { say, type Text } from '../../../../../shared/text.ts';
import type { ConfigLine } from '../../../../../shared/vaultConfig.ts';
import type { Scalar } from '../../../../clients/vault/configText.ts';

export interface Setting {
  /** `listener.tcp.address`; blocks too. */
  readonly path: string;
  readonly value: Scalar | readonly Scalar[] | undefined;
  readonly product: 'openbao' | 'vault';
  /** Given before in the same body. */
  readonly twice: boolean;
}

type Verdict = Pick<ConfigLine, 'level'> & { says: Text; today?: string; drop?: true };
type Rule = readonly [path: RegExp, judge: (setting: Setting) => Verdict | undefined];

const ok = (says: Text): Verdict => ({ level: 'ok', says });
const on = (value: Setting['value']): boolean => value === true || value === 1 || value === 'true' || value === '1';
const secretName = /(?:^|\.)(?:token|password|access_key|secret_key|client_secret|current_key|previous_key|pin|connection_url|api_key)$/;
/** Whether a setting's value is a secret, which is neither shown nor written again. */
export const isSecret = (path: string): boolean => secretName.test(path);

const removedFromOpenBao = /^(?:storage|backend|ha_storage|ha_backend)\.(?!raft$|postgresql$|inmem$)\w+$/;
const pathSetting =
  /^(?:(?:storage|backend)\.(?:file|raft)\.path|.*\.tls_(?:cert|key|ca|client_ca)_file|.*\.leader_(?:ca_cert|client_cert|client_key)_file|plugin_directory|pid_file|log_file)$/;

/** First match counts. Facts: vault.md 3.1 to 3.7. */
const rules: readonly Rule[] = [
  [
    /./,
    ({ twice, path, value }) => (twice && value !== undefined ? { level: 'danger', says: say('vaultConfigTwice', { path }) } : undefined),
  ],
  [
    removedFromOpenBao,
    ({ product, path }) =>
      product === 'openbao' ? { level: 'danger', says: say('vaultConfigStorageGone', { storage: path.split('.')[1] ?? '' }) } : undefined,
  ],
  [/^backend\.\w+$/, ({ path }) => ({ level: 'outdated', says: say('vaultConfigBackend'), today: `storage "${path.split('.')[1]}"` })],
  [
    /^ha_backend\.\w+$/,
    ({ path }) => ({ level: 'outdated', says: say('vaultConfigBackend'), today: `ha_storage "${path.split('.')[1]}"` }),
  ],
  [/^storage\.file$/, () => ({ level: 'outdated', says: say('vaultConfigFile') })],
  [/^storage\.(?:etcd|consul|raft|postgresql)$/, () => ok(say('vaultConfigStorage'))],
  [
    /^(?:storage|backend)\.\w+\.redirect_addr$|^redirect_addr$/,
    ({ value }) => ({ level: 'outdated', says: say('vaultConfigRedirect'), today: `api_addr = "${value}"` }),
  ],
  [secretName, () => ({ level: 'danger', says: say('vaultConfigSecret') })],
  [
    pathSetting,
    ({ value, path }) =>
      typeof value === 'string' && !/^(?:\/|[A-Za-z]:[\\/])/.test(value)
        ? { level: 'outdated', says: say('vaultConfigRelative') }
        : ok(say(path.endsWith('tls_key_file') ? 'vaultConfigKeyFile' : 'vaultConfigSame')),
  ],
  [
    /\.tls_disable$/,
    ({ value }) =>
      on(value) ? { level: 'danger', says: say('vaultConfigNoTls'), today: 'tls_disable = false' } : ok(say('vaultConfigSame')),
  ],
  [
    /\.tls_skip_verify$/,
    ({ value }) =>
      on(value) ? { level: 'danger', says: say('vaultConfigSkipVerify'), today: 'tls_skip_verify = false' } : ok(say('vaultConfigSame')),
  ],
  [
    /\.tls_min_version$/,
    ({ value }) =>
      value === 'tls10' || value === 'tls11'
        ? { level: 'danger', says: say('vaultConfigOldTls'), today: 'tls_min_version = "tls12"' }
        : ok(say('vaultConfigSame')),
  ],
  [/\.tls_prefer_server_cipher_suites$/, () => ({ level: 'ignored', says: say('vaultConfigIgnored'), drop: true })],
  [
    /^listener\.tcp\.address$/,
    ({ value }) => ok(say(/^(?:0\.0\.0\.0|\[::\]):/.test(String(value)) ? 'vaultConfigEverywhere' : 'vaultConfigSame')),
  ],
  [
    /^(?:api_addr|cluster_addr)$/,
    ({ value, path }) =>
      String(value).startsWith('http://')
        ? { level: 'danger', says: say('vaultConfigPlainAddress'), today: `${path} = "${String(value).replace(/^http:/, 'https:')}"` }
        : ok(say(path === 'api_addr' ? 'vaultConfigApi' : 'vaultConfigSame')),
  ],
  [/^(?:default|max)_lease_ttl$/, () => ok(say('vaultConfigLease'))],
  [
    /^disable_mlock$/,
    ({ product, value }) =>
      product === 'openbao'
        ? { level: 'ignored', says: say('vaultConfigMlockOpenBao'), drop: true }
        : ok(say(on(value) ? 'vaultConfigMlockOff' : 'vaultConfigMlockOn')),
  ],
  [
    /^(?:license_path|replication|entropy|kms_library|reporting|sentinel)(?:\.|$)/,
    ({ product }) => ({ level: 'ignored', says: say('vaultConfigEnterprise'), ...(product === 'openbao' ? { drop: true as const } : {}) }),
  ],
  [
    /^(?:unsafe_allow_api_audit_creation|initialize|disable_standby_reads|unsafe_relative_paths|allow_unauthenticated_workflows)(?:\.|$)/,
    ({ product }) =>
      product === 'openbao' ? ok(say('vaultConfigSame')) : { level: 'ignored', says: say('vaultConfigUnknown'), drop: true },
  ],
  [
    /^(?:storage|ha_storage|backend|ha_backend|listener|seal|telemetry|service_registration|user_lockout|audit|api_addr|cluster_addr|cluster_name|default_lease_ttl|max_lease_ttl|default_max_request_duration|disable_mlock|ui|log_level|log_format|log_file|log_rotate_\w+|pid_file|raw_storage_endpoint|introspection_endpoint|plugin_directory|plugin_\w+|cluster_cipher_suites|disable_clustering|disable_cache|cache_size|disable_sealwrap|disable_performance_standby|enable_response_header_\w+|detect_deadlocks|imprecise_lease_role_tracking|log_requests_level|allow_audit_log_prefixing|enable_unauthenticated_access|max_token_header_size|administrative_namespace_path)(?:\.|$)/,
    () => ok(say('vaultConfigSame')),
  ],
  [/./, () => ({ level: 'ignored', says: say('vaultConfigUnknown'), drop: true })],
];

export function judge(setting: Setting): Verdict {
  for (const [path, look] of rules) {
    const verdict = path.test(setting.path) ? look(setting) : undefined;
    if (verdict !== undefined) return verdict;
  }
  return ok(say('vaultConfigSame'));
}
