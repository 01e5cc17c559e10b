import { isMap, isScalar, isSeq, type Scalar } from 'yaml';
import { AppError } from '../../../../shared/rpc/errors.ts';
import { readYaml } from '../../../platform/yamlDocument.ts';

/**
 * The configuration with `fresh` allowed beside `known`, in the policy that names that one. Everything else stays byte for byte.
 * The same text when it is there already. Throws `boardIdentityUnnamed`.
 */
export function allowBeside(content: string, known: string, fresh: string, path: string): string {
  const lists = identitiesIn(content);
  if (lists.some(({ items }) => items.some((item) => item.value === fresh))) return content;
  for (const { flow, items } of lists) {
    const item = items.find(({ value }) => value === known);
    const [start, end] = item?.range ?? [];
    if (start === undefined || end === undefined) continue;
    const word = `"${fresh}"`;
    if (flow) return `${content.slice(0, end)}, ${word}${content.slice(end)}`;
    const lineStart = content.lastIndexOf('\n', start) + 1;
    const lineEnd = content.indexOf('\n', end);
    const at = lineEnd === -1 ? content.length : lineEnd;
    // The dash and its indentation are taken over from the line of the known one.
    return `${content.slice(0, at)}\n${content.slice(lineStart, start)}${word}${content.slice(at)}`;
  }
  throw new AppError('boardIdentityUnnamed', { path, identity: known });
}

/** The configuration without this identity. The same text when no policy names it. */
export function forbid(content: string, identity: string): string {
  for (const { flow, items } of identitiesIn(content)) {
    const at = items.findIndex(({ value }) => value === identity);
    const [start, end] = items[at]?.range ?? [];
    if (start === undefined || end === undefined) continue;
    if (flow) {
      const before = items[at - 1]?.range?.[1];
      const after = items[at + 1]?.range?.[0];
      const [from, to] = before !== undefined ? [before, end] : [start, after ?? end];
      return forbid(content.slice(0, from) + content.slice(to), identity);
    }
    const lineStart = content.lastIndexOf('\n', start) + 1;
    const lineEnd = content.indexOf('\n', end);
    return forbid(content.slice(0, lineStart) + (lineEnd === -1 ? '' : content.slice(lineEnd + 1)), identity);
  }
  return content;
}

interface Identities {
  /** Written as `[a, b]`. */
  flow: boolean;
  items: Scalar[];
}

function identitiesIn(content: string): Identities[] {
  const {
    documents: [document],
    error,
  } = readYaml(content, { one: true });
  const policies = document?.get('policy', true);
  if (error || !isMap(policies)) return [];
  return policies.items.flatMap(({ value }) => {
    const list = isMap(value) ? value.get('identities', true) : undefined;
    return isSeq(list) ? [{ flow: list.flow === true, items: list.items.filter(isScalar) }] : [];
  });
}
