import { type Document, isMap, isScalar, isSeq, type Node, type Pair, parseDocument } from 'yaml';

interface Remark {
  /** Lines above. */
  before?: string;
  /** At the end of the line. */
  after?: string;
  /** At the end of what stands below it. */
  end?: string;
}

/** Where a line of an old dialect stands today. */
export function todayPath(path: string): string {
  return path
    .replace(/^root$/, 'admin.identity')
    .replace(/^keys(?=$|\.(?!\d))/, 'keystore')
    .replace(/^(policy\.[^.]+)\.paths/, '$1.allow');
}

/** Puts the comments of a text on the lines of a document that still say the same. Comments of lines that went go with them. */
export function carryComments(text: string, document: Document): void {
  const old = parseDocument(text, { schema: 'failsafe', prettyErrors: false, uniqueKeys: false, logLevel: 'silent' });
  const remarks = new Map<string, Remark>();
  each(old.contents, '', (path, key, value) => {
    const remark: Remark = {};
    const before = [key?.commentBefore, key === value ? undefined : value?.commentBefore].filter(Boolean).join('\n');
    if (before !== '') remark.before = before;
    const after = [key?.comment, isScalar(value) && key !== value ? value.comment : undefined].filter(Boolean).join(' ');
    if (after !== '') remark.after = after;
    if (!isScalar(value) && value?.comment) remark.end = value.comment;
    if (Object.keys(remark).length > 0) remarks.set(todayPath(path), remark);
  });
  each(document.contents as Node | null, '', (path, key, value) => {
    const remark = remarks.get(path);
    if (remark === undefined || key === undefined) return;
    if (remark.before !== undefined) key.commentBefore = remark.before;
    if (remark.after !== undefined) (isScalar(value) ? value : key).comment = remark.after;
    if (remark.end !== undefined && value && !isScalar(value)) value.comment = remark.end;
  });
  const head = [old.commentBefore, isMap(old.contents) ? old.contents.commentBefore : undefined].filter(Boolean).join('\n');
  if (head !== '') document.commentBefore = head;
  if (old.comment) document.comment = old.comment;
}

/** Every pair by its path, every item of a list by its word. */
function each(node: unknown, path: string, visit: (path: string, key: Node | undefined, value: Node | undefined) => void): void {
  const below = (name: string): string => (path === '' ? name : `${path}.${name}`);
  if (isMap(node))
    for (const pair of node.items as Pair<Node, Node | null>[]) {
      const name = below(isScalar(pair.key) ? String(pair.key.value) : '?');
      visit(name, pair.key, pair.value ?? undefined);
      each(pair.value, name, visit);
    }
  if (isSeq(node))
    for (const [at, item] of (node.items as Node[]).entries()) {
      const name = below(isScalar(item) ? `=${String(item.value)}` : String(at));
      visit(name, item, item);
      each(item, name, visit);
    }
}
