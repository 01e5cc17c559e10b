import type { NamedPolicy } from './policyRules.ts';

export interface Verdict {
  /** Sorted, as the server answers; `['deny']` for nothing. */
  readonly capabilities: readonly string[];
  readonly rule?: { readonly policy: string; readonly path: string; readonly line: number };
  readonly conditions: readonly string[];
}

/** Rules of one path, united over the policies of a token. */
interface United {
  capabilities: Set<string>;
  conditions: Set<string>;
  rule: NonNullable<Verdict['rule']>;
}

interface Candidate {
  readonly rules: United;
  /** Where the first `+` or the trailing `*` stands. */
  readonly first: number;
  readonly isPrefix: boolean;
  readonly pluses: number;
  readonly path: string;
}

/** The rules of several policies as the server arranges them: exact paths, prefixes, and paths with `+` segments. */
function arranged(policies: readonly NamedPolicy[]) {
  const exact = new Map<string, United>();
  const prefixes = new Map<string, United>();
  const segments = new Map<string, United>();
  for (const { name, rules } of policies)
    for (const { path, capabilities, line, conditions } of rules) {
      const plus = path === '+' || path.includes('/+') || path.startsWith('+/');
      const isPrefix = !plus && path.endsWith('*');
      const kind = plus ? segments : isPrefix ? prefixes : exact;
      const key = isPrefix ? path.slice(0, -1) : path;
      const there = kind.get(key);
      if (there === undefined)
        kind.set(key, { capabilities: new Set(capabilities), conditions: new Set(conditions), rule: { policy: name, path, line } });
      else if (there.capabilities.has('deny')) continue;
      else if (capabilities.includes('deny'))
        kind.set(key, { capabilities: new Set(['deny']), conditions: new Set(), rule: { policy: name, path, line } });
      else {
        for (const capability of capabilities) there.capabilities.add(capability);
        for (const condition of conditions) there.conditions.add(condition);
      }
    }
  return { exact, prefixes, segments };
}

/** How a server looks for the rule of `folder/`, which asks for a list. */
export type ListOrder = 'bareFirst' | 'slashFirst';

/** OpenBao 2.7.2 was seen to look for `folder/` first, and only then for `folder`; Vault to 1.21 and OpenBao's sources to 2.6 the other way round. */
export function listOrderOf(product: string, version: string): ListOrder {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return product === 'openbao' && (major > 2 || (major === 2 && minor >= 7)) ? 'slashFirst' : 'bareFirst';
}

/**
 * What a token with these policies may do on a path, as `sys/capabilities` says it (vault.md 1.7; Vault's acl.go). Rules do
 * not add up: the most specific path alone decides. A path with a slash at its end asks for a list.
 */
export function evaluate(policies: readonly NamedPolicy[], asked: string, order: ListOrder): Verdict {
  const { exact, prefixes, segments } = arranged(policies);
  const path = asked.replace(/^\/+/, '');
  const bare = path.replace(/\/$/, '');
  const tried = bare === path ? [path] : order === 'slashFirst' ? [path, bare] : [bare, path];
  const [found] = [exact.get(path), exact.get(bare), ...tried.map((one) => mostSpecific(prefixes, segments, one))].filter(
    (rules) => rules !== undefined,
  );
  if (found === undefined) return { capabilities: ['deny'], conditions: [] };
  const granted = [...found.capabilities].sort();
  const denied = granted.length === 0 || granted.includes('deny');
  return { capabilities: denied ? ['deny'] : granted, rule: found.rule, conditions: [...found.conditions] };
}

function mostSpecific(prefixes: ReadonlyMap<string, United>, segments: ReadonlyMap<string, United>, path: string): United | undefined {
  const candidates: Candidate[] = [];
  const [longest] = [...prefixes.keys()].filter((prefix) => path.startsWith(prefix)).sort((a, b) => b.length - a.length);
  const byPrefix = longest === undefined ? undefined : prefixes.get(longest);
  if (longest !== undefined && byPrefix !== undefined)
    candidates.push({ rules: byPrefix, first: longest.length, isPrefix: true, pluses: 0, path: longest });
  const parts = path.split('/');
  for (const [whole, rules] of segments) {
    const isPrefix = whole.endsWith('*');
    const rule = isPrefix ? whole.slice(0, -1) : whole;
    const wanted = rule.split('/');
    if (parts.length < wanted.length || (!isPrefix && parts.length !== wanted.length)) continue;
    const fits = wanted.every((part, at) => {
      const given = parts[at] ?? '';
      return part === '+' || part === given || (isPrefix && at === wanted.length - 1 && given.startsWith(part));
    });
    if (fits)
      candidates.push({ rules, first: whole.indexOf('+'), isPrefix, pluses: wanted.filter((part) => part === '+').length, path: rule });
  }
  return candidates.sort(byPriority)[0]?.rules;
}

/** The server's order: a later first wildcard, no trailing star, fewer `+`, longer, last by alphabet. */
function byPriority(a: Candidate, b: Candidate): number {
  return (
    b.first - a.first ||
    Number(a.isPrefix) - Number(b.isPrefix) ||
    a.pluses - b.pluses ||
    b.path.length - a.path.length ||
    (a.path > b.path ? -1 : a.path < b.path ? 1 : 0)
  );
}
