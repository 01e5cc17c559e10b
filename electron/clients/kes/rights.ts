import type { KesClient } from './client.ts';

const kesOperations = ['create', 'generate', 'encrypt', 'decrypt', 'describe', 'list', 'delete', 'status', 'metrics', 'api'] as const;
export type KesOperation = (typeof kesOperations)[number];

export interface KesRight {
  operation: KesOperation;
  /** The rule that allows it. */
  rule: string;
  /** `unknown`: this server does not tell without doing it. */
  outcome: 'ok' | 'missing' | 'unknown';
  status: number;
  message: string;
}

interface Scope {
  key: string;
  prefix: string;
  exact: boolean;
}

/**
 * What an identity may do, asked of KES without changing anything: it decides about the path before it looks at the name, so
 * a name that it would refuse (400) tells "allowed" from "refused" (403) (kes.md 2.9). An identity in no policy is refused all.
 */
export async function kesRights(kes: KesClient, scope: Scope, operations: readonly KesOperation[] = kesOperations): Promise<KesRight[]> {
  const told = probesTell(await kes.version());
  return Promise.all(operations.map((operation) => ask(kes, scope, operation, told)));
}

/**
 * Hashes of the identities whose policy lets them decrypt with a key, as KES itself tells. Throws `kesNotAuthorised` where it
 * may not be asked. Rules are exact, or a prefix before a star at the end; what is denied comes first (kes.md 4.4).
 */
export async function mayDecrypt(kes: KesClient, key: string): Promise<string[]> {
  const path = `/v1/key/decrypt/${key}`;
  const covers = (rule: string): boolean => (rule.endsWith('*') ? path.startsWith(rule.slice(0, -1)) : rule === path);
  const found: string[] = [];
  for (const identity of await kes.listIdentities()) {
    // The word that switches the administrator off stands in the list, too.
    if (!/^[0-9a-f]{64}$/.test(identity)) continue;
    const { admin, policy } = await kes.describeIdentity(identity);
    const { allow, deny } = policy === undefined ? { allow: [], deny: [] } : await kes.readPolicy(policy);
    if (admin || (!deny.some(covers) && allow.some(covers))) found.push(identity);
  }
  return found;
}

/** The rule that allows an operation for the keys of a scope. */
export function ruleOf(operation: KesOperation, { key, prefix, exact }: Scope): string {
  if (operation === 'list') return '/v1/key/list/*';
  if (operation === 'status' || operation === 'metrics' || operation === 'api') return `/v1/${operation}`;
  return `/v1/key/${operation}/${exact ? key : `${prefix}*`}`;
}

async function ask(kes: KesClient, scope: Scope, operation: KesOperation, told: boolean): Promise<KesRight> {
  const { key, prefix, exact } = scope;
  const rule = ruleOf(operation, scope);
  const right = ({ status, message }: { status: number; message: string }, sure = true): KesRight => {
    const unsupported = status === 404 && /page not found/.test(message);
    const outcome = unsupported || !sure ? 'unknown' : status === 403 ? 'missing' : 'ok';
    return { operation, rule, outcome, status, message };
  };
  switch (operation) {
    case 'create':
    case 'delete': {
      if (!told) return { operation, rule, outcome: 'unknown', status: 0, message: 'this version of KES looks at the name first' };
      const answer = await kes.probe(operation === 'create' ? 'POST' : 'DELETE', `/v1/key/${operation}/${encodeURIComponent(prefix)}.`);
      // A rule for exactly this name does not cover the illegal one that was asked for.
      return right(answer, !(exact && answer.status === 403));
    }
    case 'generate':
    case 'encrypt':
    case 'decrypt':
      return right(await kes.probe('POST', `/v1/key/${operation}/${encodeURIComponent(key)}`, {}));
    case 'describe':
      return right(await kes.probe('GET', `/v1/key/describe/${encodeURIComponent(key)}`));
    default:
      return right(await kes.probe('GET', rule));
  }
}

/** From 2023-04 to 2023-10-03 the name was looked at before the policy; up to v0.18 such names were taken. */
function probesTell(version: string): boolean {
  const semver = /^v?0\.(\d+)\./.exec(version);
  if (semver) return Number(semver[1]) >= 19 || version.includes('dev');
  const day = /^(\d{4}-\d{2}-\d{2})T/.exec(version)?.[1];
  return day === undefined || day < '2023-04-03' || day > '2023-10-03';
}

/** The name of the list of rules in a policy: `paths` up to v0.14 (kes.md 1.2). */
export function ruleListOf(version: string): 'allow' | 'paths' {
  const semver = /^v?0\.(\d+)\./.exec(version);
  return semver && Number(semver[1]) < 15 && Number(semver[1]) > 0 ? 'paths' : 'allow';
}
