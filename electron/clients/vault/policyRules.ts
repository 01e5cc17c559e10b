import { AppError, isAppError } from '../../../shared/rpc/errors.ts';
import { type Entry, parseConfig } from './configText.ts';

/** One `path` block. */
export interface PathRule {
  /** As written, without a leading slash. */
  readonly path: string;
  readonly capabilities: readonly string[];
  readonly line: number;
  /** What else decides, and is not evaluated here: parameters, wrapping, control groups, templates. */
  readonly conditions: readonly string[];
}
export interface NamedPolicy {
  readonly name: string;
  readonly rules: readonly PathRule[];
}

const capabilities = ['create', 'read', 'update', 'delete', 'list', 'sudo', 'deny', 'patch', 'subscribe', 'recover', 'scan'];
/** The words of Vault before 0.5, still taken. */
const oldPolicies: ReadonlyMap<string, readonly string[]> = new Map([
  ['deny', ['deny']],
  ['read', ['read', 'list']],
  ['write', ['create', 'read', 'update', 'delete', 'list']],
  ['sudo', ['create', 'read', 'update', 'delete', 'list', 'sudo']],
]);
const conditional = [
  'allowed_parameters',
  'denied_parameters',
  'required_parameters',
  'min_wrapping_ttl',
  'max_wrapping_ttl',
  'mfa_methods',
  'control_group',
  // OpenBao's own
  'expiration',
  'pagination_limit',
  'response_keys_filter_path',
  'list_scan_response_keys_filter_path',
];
const known = new Set(['comment', 'policy', 'capabilities', 'subscribe_event_types', ...conditional]);

/** The rules of a policy in HCL or JSON, refused for what the server refuses. Throws `vaultPolicyUnreadable`. */
export function policyRules(text: string): PathRule[] {
  return entriesOf(text).flatMap(({ key, line, value }) => {
    if (key === 'name') return [];
    if (key !== 'path' || !isBody(value)) throw unreadable(line, key);
    return value.map((path) => ruleOf(path));
  });
}

function unreadable(line: number, reason: string): AppError {
  return new AppError('vaultPolicyUnreadable', { line, reason });
}

function entriesOf(text: string): readonly Entry[] {
  try {
    return parseConfig(text).entries;
  } catch (error) {
    if (!isAppError(error, 'vaultConfigUnread')) throw error;
    throw unreadable(Number(error.details.line), String(error.details.what));
  }
}

function ruleOf({ key, line, value }: Entry): PathRule {
  const path = key.replace(/^\//, '');
  if (!isBody(value)) throw unreadable(line, key);
  const names = value.map((entry) => entry.key);
  // Vault before 1.20 takes a setting twice without a word; 1.21 refuses it.
  const wrong = value.find((entry, at) => !known.has(entry.key) || names.indexOf(entry.key) !== at);
  if (wrong) throw unreadable(wrong.line, wrong.key);
  if (path.includes('+*')) throw unreadable(line, '+*');
  const old = value.find((entry) => entry.key === 'policy')?.value;
  const all = [
    ...textsOf(value.find((entry) => entry.key === 'capabilities')?.value),
    ...(typeof old === 'string' ? (oldPolicies.get(old) ?? [old]) : []),
  ];
  // After deny the server reads no further.
  const denied = all.includes('deny');
  const foreign = (denied ? all.slice(0, all.indexOf('deny')) : all).find((name) => !capabilities.includes(name));
  if (foreign !== undefined) throw unreadable(line, foreign);
  return {
    path,
    capabilities: denied ? ['deny'] : [...new Set(all)],
    line,
    conditions: [...conditional.filter((name) => names.includes(name)), ...(/\{\{/.test(path) ? ['template'] : [])],
  };
}

function isBody(value: Entry['value']): value is readonly Entry[] {
  return Array.isArray(value) && value.every((one) => typeof one === 'object');
}

function textsOf(value: Entry['value'] | undefined): string[] {
  if (Array.isArray(value)) return value.map(String);
  return value === undefined ? [] : [String(value)];
}
