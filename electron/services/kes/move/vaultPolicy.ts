/** Where KES's keys lie in Vault (kes.md 5.1). */
export interface Engine {
  mount: string;
  version: 1 | 2;
  prefix: string;
}

/** The path, as Vault judges it, that listing the keys asks for: with a slash at its end. */
export function listPath({ mount, version, prefix }: Engine): string {
  return `${[mount, version === 2 ? 'metadata' : '', prefix].filter((part) => part !== '').join('/')}/`;
}

/**
 * The policy with `list` for KES's folder: in the rule that is there for it, else in a rule of its own at the end. All else
 * stays as it stands, comments too. A policy in JSON gets its rule in JSON.
 */
export function withList(policy: string, engine: Engine): string {
  const path = listPath(engine);
  if (policy.trim().startsWith('{')) return jsonWithList(policy, path);
  const wanted = `${path}*`;
  const blocks = /^([ \t]*path\s+"([^"\n]+)"\s*\{)([^{}]*)(\})/gm;
  for (const block of policy.matchAll(blocks)) {
    const [whole, head = '', of = '', body = '', end = ''] = block;
    if (of !== wanted) continue;
    const listed = body.replace(/(capabilities\s*=\s*\[)([^\]]*?)(,?\s*)\]/, (_all, begin: string, given: string) =>
      given.trim() === '' ? `${begin}"list"]` : `${begin}${given}, "list"${/\n/.test(given) ? '\n' : given.startsWith(' ') ? ' ' : ''}]`,
    );
    if (listed !== body) return policy.slice(0, block.index) + head + listed + end + policy.slice(block.index + whole.length);
  }
  return `${policy.replace(/\n*$/, '\n')}${policy.trim() === '' ? '' : '\n'}path "${wanted}" {\n  capabilities = ["list"]\n}\n`;
}

function jsonWithList(policy: string, path: string): string {
  const document = JSON.parse(policy) as { path?: Record<string, { capabilities?: string[] }> };
  const wanted = `${path}*`;
  const rule = document.path?.[wanted] ?? {};
  const capabilities = [...new Set([...(rule.capabilities ?? []), 'list'])];
  return `${JSON.stringify({ ...document, path: { ...document.path, [wanted]: { ...rule, capabilities } } }, null, 2)}\n`;
}
