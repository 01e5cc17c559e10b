/** One rule of a Vault policy: a path, exact or with `*` at its end or `+` for a segment, and what it allows. */
export interface PolicyRule {
  path: string;
  capabilities: readonly string[];
}

const shorthand: ReadonlyMap<string, readonly string[]> = new Map([
  ['read', ['read', 'list']],
  ['write', ['create', 'read', 'update', 'delete', 'list']],
  ['deny', ['deny']],
  ['sudo', ['create', 'read', 'update', 'delete', 'list', 'sudo']],
]);

/** The rules of a policy text, HCL or JSON (vault.md 1.7). `undefined` when it is not understood as a whole. */
export function readPolicy(text: string): PolicyRule[] | undefined {
  return text.trimStart().startsWith('{') ? fromJson(text) : fromHcl(text);
}

function fromJson(text: string): PolicyRule[] | undefined {
  try {
    const { path } = JSON.parse(text) as { path?: Record<string, { capabilities?: unknown; policy?: unknown }> };
    return Object.entries(path ?? {}).map(([name, rule]) => ({
      path: name,
      capabilities: Array.isArray(rule.capabilities) ? rule.capabilities.map(String) : (shorthand.get(String(rule.policy)) ?? []),
    }));
  } catch {
    return undefined;
  }
}

/** Strings are kept, comments are dropped; `path "…" { … }` blocks are found by counting braces. */
function fromHcl(text: string): PolicyRule[] | undefined {
  const tokens = text.match(/"(?:[^"\\\n]|\\.)*"|#[^\n]*|\/\/[^\n]*|\/\*[\s\S]*?\*\/|[{}[\],=]|[\w.+*-]+|\S/g) ?? [];
  const plain = tokens.filter((token) => !/^(?:#|\/\/|\/\*)/.test(token));
  const rules: PolicyRule[] = [];
  for (let at = 0; at < plain.length; ) {
    if (plain[at] !== 'path' && plain[at] !== '"path"') {
      // `name = "…"` is the only other thing that a policy may begin with.
      if (plain[at] === 'name' && plain[at + 1] === '=') at += 3;
      else return undefined;
      continue;
    }
    const path = unquoted(plain[at + 1]);
    const open = plain[at + 2] === '=' ? at + 3 : at + 2;
    if (path === undefined || plain[open] !== '{') return undefined;
    let depth = 1;
    let end = open + 1;
    for (; end < plain.length && depth > 0; end += 1) depth += plain[end] === '{' ? 1 : plain[end] === '}' ? -1 : 0;
    if (depth > 0) return undefined;
    rules.push({ path, capabilities: capabilitiesIn(plain.slice(open + 1, end - 1)) });
    at = end;
  }
  return rules;
}

function capabilitiesIn(block: readonly string[]): string[] {
  const at = block.findIndex((token) => unquoted(token) === 'capabilities' || token === 'capabilities');
  if (at >= 0 && block[at + 1] === '=' && block[at + 2] === '[') {
    const end = block.indexOf(']', at);
    return block.slice(at + 3, end < 0 ? undefined : end).flatMap((token) => unquoted(token) ?? []);
  }
  const old = block.indexOf('policy');
  return old >= 0 && block[old + 1] === '=' ? [...(shorthand.get(unquoted(block[old + 2]) ?? '') ?? [])] : [];
}

function unquoted(token: string | undefined): string | undefined {
  return token?.startsWith('"') ? token.slice(1, -1).replace(/\\(.)/g, '$1') : undefined;
}

/**
 * What several policies together allow on one path: rules of the same path are united, the most specific path alone counts,
 * and `deny` beats everything there (vault.md 1.7). A path for `list` ends in a slash.
 */
export function allowedOn(path: string, rules: readonly PolicyRule[]): ReadonlySet<string> {
  const united = new Map<string, Set<string>>();
  for (const rule of rules) united.set(rule.path, new Set([...(united.get(rule.path) ?? []), ...rule.capabilities]));
  const [best] = [...united.keys()].filter((pattern) => covers(pattern, path)).sort(moreSpecific);
  const found = best === undefined ? new Set<string>() : (united.get(best) ?? new Set<string>());
  return found.has('deny') ? new Set() : found;
}

function covers(pattern: string, path: string): boolean {
  const [wanted, given] = [pattern.replace(/\*$/, '').split('/'), path.split('/')];
  const prefix = pattern.endsWith('*');
  if (prefix ? given.length < wanted.length : given.length !== wanted.length) return false;
  return wanted.every((segment, at) => {
    const last = at === wanted.length - 1;
    if (segment === '+') return (given[at] ?? '') !== '';
    return prefix && last ? (given[at] ?? '').startsWith(segment) : given[at] === segment;
  });
}

/** Later first wildcard, no star, fewer `+`, longer. */
function moreSpecific(a: string, b: string): number {
  const first = (pattern: string): number => {
    const at = pattern.search(/[+*]/);
    return at < 0 ? Number.POSITIVE_INFINITY : at;
  };
  const plus = (pattern: string): number => pattern.split('/').filter((segment) => segment === '+').length;
  const [fa, fb] = [first(a), first(b)];
  if (fa !== fb) return fa > fb ? -1 : 1;
  const star = Number(a.endsWith('*')) - Number(b.endsWith('*'));
  return star || plus(a) - plus(b) || b.length - a.length || (a < b ? 1 : -1);
}
