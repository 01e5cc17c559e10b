import { isMap, isNode, isScalar, isSeq, LineCounter, type Node, parseDocument } from 'yaml';
import type { MoveChange } from '../../../../shared/kesMove.ts';
import { say } from '../../../../shared/text.ts';
import { todayPath } from '../config/comments.ts';
import type { KesConfig } from '../config/model.ts';
import type { Deployment } from './deployment.ts';
import type { Next } from './next.ts';

/** Every difference of the two files with its reason, in the order of the old one; what has no line there comes last. */
export function changesOf({ reading, base }: Deployment, next: Next, preview: string): MoveChange[] {
  const lineOf = linesOf(preview);
  const found: MoveChange[] = reading.findings.map(({ line, path, text, severity, today }) => ({
    level: severity === 'dangerous' || (severity === 'wrong' && today !== 'ends') ? 'warn' : 'info',
    what: text,
    ...at('old', line),
    ...at('now', lineOf(flags.get(path) ?? todayPath(path))),
  }));
  const policies = [...next.added].map(([policy, rules]): MoveChange => {
    const lines = rules.flatMap((rule) => lineOf(`policy.${policy}.allow`, rule) ?? []);
    return {
      level: 'info',
      what: say('kesMoveRulesAdded', { policy, count: rules.length }),
      ...at('now', Math.min(...lines), Math.max(...lines)),
    };
  });
  const added: [path: string, what: MoveChange['what']][] = /^version\s*:/m.test(reading.shown)
    ? []
    : [['version', say('kesMoveVersionAdded')]];
  const moved = pathChanges(reading.config, next.config, base).map(
    ([path, what]): MoveChange => ({ level: 'info', what, ...at('now', lineOf(path)) }),
  );
  const alone = added.map(([path, what]): MoveChange => ({ level: 'info', what, ...at('now', lineOf(path)) }));
  return [...found, ...policies, ...moved, ...alone].sort((a, b) => place(a) - place(b));
}

/** The options of the old command that are lines today, or nothing. */
const flags: ReadonlyMap<string, string> = new Map([
  ['--root', 'admin.identity'],
  ['--auth', 'tls.auth'],
  ['--key', 'tls.key'],
  ['--mlock', ''],
  ['--quiet', ''],
]);

/** Said once for neighbours: key and certificate stand side by side. */
function pathChanges(old: KesConfig, now: KesConfig, base: string): [path: string, what: MoveChange['what']][] {
  const what = say('kesMovePathAbsolute', { folder: base });
  const values = (of: KesConfig): Record<string, string> => of.keyStore?.values ?? {};
  const store = Object.entries(values(now)).filter(([path, value]) => values(old)[path] !== undefined && values(old)[path] !== value);
  const tls = old.tls.cert !== now.tls.cert || old.tls.key !== now.tls.key;
  return [
    ...(tls ? [['tls.cert', what] as [string, MoveChange['what']]] : []),
    ...store
      .filter(([, value]) => value.startsWith(base))
      .map(([path]): [string, MoveChange['what']] => [`keystore.${now.keyStore?.kind ?? ''}.${path}`, what]),
  ];
}

function at<K extends 'old' | 'now'>(side: K, from: number | undefined, to = from): { [P in K]?: { from: number; to: number } } {
  const known = from !== undefined && to !== undefined && Number.isFinite(from) && Number.isFinite(to);
  return (known ? { [side]: { from, to } } : {}) as { [P in K]?: { from: number; to: number } };
}

function place({ old, now }: MoveChange): number {
  return old?.from ?? (now === undefined ? 1e9 : 1e6 + now.from);
}

/** Finds the line of a path, or of a word in the list that stands there. A path that goes deeper than the file ends where the file does. */
function linesOf(text: string): (path: string, word?: string) => number | undefined {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, schema: 'failsafe' });
  const lineAt = (node: unknown): number | undefined => (isNode(node) && node.range ? lines.linePos(node.range[0]).line : undefined);
  return (path, word) => {
    if (path === '') return undefined;
    let node: Node | null = document.contents;
    let line: number | undefined;
    for (const part of path.split('.')) {
      if (!isMap(node)) break;
      const pair = node.items.find(({ key }) => isScalar(key) && String(key.value) === part);
      if (pair === undefined) break;
      line = lineAt(pair.key);
      node = (pair.value ?? null) as Node | null;
    }
    if (word === undefined) return line;
    return isSeq(node) ? lineAt(node.items.find((item) => isScalar(item) && String(item.value) === word)) : undefined;
  };
}
