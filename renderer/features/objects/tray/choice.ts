import { type EncryptionChoice, encryptionChoice } from '../../../../shared/encryption.ts';
import type { Upload } from '../../../../shared/uploads.ts';
import type { Output } from '../../../rpc/client.ts';

export type Choices = Output<'uploads.choices'>;
export type Kind = EncryptionChoice['kind'];

/** What a person has chosen so far; it may not be enough to send with yet. */
export interface Draft {
  readonly kind: Kind | undefined;
  readonly key: string;
  /** Rows of the encryption context; undefined: not wanted. */
  readonly context: readonly { readonly name: string; readonly value: string }[] | undefined;
  readonly keyId: string | undefined;
}

const order: readonly Kind[] = ['rule', 'sse-kms', 'sse-s3', 'sse-c'];
/** Where the bucket has no rule, leaving it to the rule is asking for plaintext: never by default. */
const orderWithoutRule: readonly Kind[] = ['sse-kms', 'sse-s3', 'rule', 'sse-c'];

/**
 * The first one that the server would not refuse; for an upload that has begun the one that was chosen before, if it still
 * can be had. `ruled`: the bucket has a rule. After an alarm the rule, which let it happen, is not proposed again.
 */
export function firstDraft({ choices, keys, defaultKey }: Choices, ruled: boolean, before?: Pick<Upload, 'phase' | 'choice'>): Draft {
  const open = (kind: Kind): boolean => choices.some((choice) => choice.kind === kind && choice.refused === undefined);
  const meant = before && before.phase !== 'staged' ? before.choice : undefined;
  const byRule = meant?.kind === 'rule' && (before?.phase === 'alarm' || !ruled);
  const kind = meant && !byRule && open(meant.kind) ? meant.kind : (ruled ? order : orderWithoutRule).find(open);
  return {
    kind,
    key: meant?.kind === 'sse-kms' ? meant.key : (defaultKey ?? keys[0] ?? ''),
    context:
      meant?.kind === 'sse-kms' && meant.context ? Object.entries(meant.context).map(([name, value]) => ({ name, value })) : undefined,
    keyId: meant?.kind === 'sse-c' ? meant.keyId : undefined,
  };
}

/** The choice as it is sent, or undefined while something is missing or two context names are the same. */
export function choiceOf({ kind, key, context, keyId }: Draft): EncryptionChoice | undefined {
  if (kind === undefined) return undefined;
  if (kind === 'sse-kms') {
    const rows = (context ?? []).filter(({ name, value }) => name !== '' || value !== '');
    if (new Set(rows.map(({ name }) => name)).size < rows.length) return undefined;
    const pairs = Object.fromEntries(rows.map(({ name, value }) => [name, value]));
    return known({ kind, key, ...(rows.length === 0 ? {} : { context: pairs }) });
  }
  return kind === 'sse-c' ? known({ kind, keyId }) : { kind };
}

function known(value: unknown): EncryptionChoice | undefined {
  const parsed = encryptionChoice.safeParse(value);
  return parsed.success ? parsed.data : undefined;
}
