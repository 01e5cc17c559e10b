export type HclValue = string | number | boolean | readonly string[];
export interface HclBlock {
  /** For example `['storage', 'raft']`: the type, then its labels. */
  readonly head: readonly [string, ...string[]];
  readonly body: readonly HclLine[];
}
/** A setting, a comment or a block. */
export type HclLine = readonly [name: string, value: HclValue] | { readonly comment: string } | HclBlock;

/**
 * Server configuration in the HCL 1 dialect that Vault and OpenBao read. Throws on a setting given twice in one body:
 * Vault 1.21 refuses to start on it (vault.md 3.1).
 */
export function hcl(lines: readonly HclLine[], indent = ''): string {
  const names = new Set<string>();
  const out: string[] = [];
  for (const line of lines) {
    if ('comment' in line) out.push(`${indent}# ${line.comment.replace(/\s+/g, ' ')}`);
    else if ('head' in line) {
      const [type, ...labels] = line.head;
      out.push(
        `${indent}${[named(type), ...labels.map(quoted)].join(' ')} {`,
        hcl(line.body, `${indent}  `).replace(/\n$/, ''),
        `${indent}}`,
      );
    } else {
      const [name, value] = line;
      if (names.has(name)) throw new Error(`setting ${name} is written twice`);
      names.add(name);
      const one = (text: string | number | boolean): string => (typeof text === 'string' ? quoted(text) : String(text));
      out.push(
        `${indent}${named(name)} = ${Array.isArray(value) ? `[${value.map(one).join(', ')}]` : one(value as Exclude<HclValue, readonly string[]>)}`,
      );
    }
  }
  return `${out.filter((line) => line !== '').join('\n')}\n`;
}

/** A name as it stands, or as a string where it is no plain word. */
function named(name: string): string {
  return /^[A-Za-z_][\w.-]*$/.test(name) ? name : quoted(name);
}

/** HCL 1 reads `${…}` in a string as one unit without unescaping it, so the dollar is written as its code point. */
export function quoted(value: string): string {
  const escaped = value
    .replace(/\\/g, '\\\\')
    .replace(/"/g, '\\"')
    .replace(/\n/g, '\\n')
    .replace(/\r/g, '\\r')
    .replace(/\t/g, '\\t')
    .replace(/\$(?=\{)/g, '\\u0024');
  return `"${escaped}"`;
}
