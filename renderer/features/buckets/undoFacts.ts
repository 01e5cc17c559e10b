import type { BucketRow } from '../../../shared/buckets.ts';
import type { BucketRule } from '../../../shared/minio.ts';
import type { Output } from '../../rpc/client.ts';

export type Undo = Output<'buckets.undos'>['undos'][number];

interface Way {
  readonly from: BucketRule;
  readonly to: BucketRule;
  readonly buckets: readonly string[];
}

export interface UndoFacts {
  /** What becomes of which buckets, those of one change together. */
  readonly ways: readonly Way[];
  /** Without a rule afterwards. */
  readonly bare: readonly string[];
  /** Have the former rule already. */
  readonly there: readonly string[];
  /** Changed again since, so they are left alone. */
  readonly moved: readonly { readonly bucket: string; readonly rule: BucketRule }[];
  /** Their rule could not be read: the engine looks once more and leaves what was changed. */
  readonly unread: readonly string[];
  readonly gone: readonly string[];
}

/** A rule in words that need no translation; `none` is the one that does. Pure. */
export function ruleText(rule: BucketRule, none: string): string {
  if (rule.kind === 'none') return none;
  return rule.kind === 'sse-kms' ? `SSE-KMS ${rule.key}` : 'SSE-S3';
}

const isSame = (one: BucketRule, other: BucketRule): boolean => ruleText(one, '') === ruleText(other, '');

/** Whether all that it puts back encrypts: then one click right after the change is enough. Pure. */
export function encryptsAll({ changes }: Pick<Undo, 'changes'>): boolean {
  return changes.every(({ from }) => from !== undefined && from.kind !== 'none');
}

/** What an undo would do, as the buckets are now. Pure. */
export function undoFacts({ changes }: Pick<Undo, 'changes'>, rows: readonly Pick<BucketRow, 'name' | 'rule'>[]): UndoFacts {
  const ways = new Map<string, { from: BucketRule; to: BucketRule; buckets: string[] }>();
  const found = { bare: [] as string[], there: [] as string[], moved: [] as { bucket: string; rule: BucketRule }[] };
  const lost = { unread: [] as string[], gone: [] as string[] };
  for (const { bucket, from: former, to: set } of changes) {
    const row = rows.find(({ name }) => name === bucket);
    if (former === undefined) continue;
    if (row === undefined) lost.gone.push(bucket);
    else if (row.rule === undefined) lost.unread.push(bucket);
    else if (isSame(row.rule, former)) found.there.push(bucket);
    else if (!isSame(row.rule, set)) found.moved.push({ bucket, rule: row.rule });
    else {
      const id = `${ruleText(set, '')}>${ruleText(former, '')}`;
      const way = ways.get(id) ?? { from: set, to: former, buckets: [] };
      way.buckets.push(bucket);
      ways.set(id, way);
    }
    if (former.kind === 'none' && (row?.rule === undefined ? row !== undefined : isSame(row.rule, set))) found.bare.push(bucket);
  }
  return { ways: [...ways.values()], ...found, ...lost };
}
