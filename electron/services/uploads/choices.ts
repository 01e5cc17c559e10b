import type { z } from 'zod';
import type { EncryptionChoice } from '../../../shared/encryption.ts';
import type { BucketRule } from '../../../shared/minio.ts';
import type { ObjectState } from '../../../shared/objects.ts';
import { AppError } from '../../../shared/rpc/errors.ts';
import type { ErrorFrame } from '../../../shared/rpc/frames.ts';
import { say } from '../../../shared/text.ts';
import type { uploadChoice, uploadProcedures } from '../../../shared/uploads.ts';
import { withKes } from '../../clients/kes/forStack.ts';
import { automaticEncryption } from '../../clients/minioAdmin/automaticEncryption.ts';
import { withMinioAdmin } from '../../clients/minioAdmin/forStack.ts';
import { type Part, partOf } from '../../clients/partOf.ts';
import { ruleName } from '../../clients/s3/bucketRule.ts';
import { customerKeysOf } from '../../clients/s3/customerKeys.ts';
import { minioEndpoint, withS3 } from '../../clients/s3/forStack.ts';
import type { Encrypt } from '../../clients/s3/objectTypes.ts';
import type { StackAccess } from '../../jobs/step.ts';

type Choices = z.infer<(typeof uploadProcedures)['uploads.choices']['output']>;
type Choice = z.infer<typeof uploadChoice>;
type Frame = ErrorFrame;

const keysAtMost = 500;

/** What a server does with new objects of a bucket when it is told nothing, and whether its KMS works. */
interface Kms {
  rule: Part<BucketRule>;
  defaultKey?: string | undefined;
  /** Every object is encrypted though no rule says so. Undefined: this credential may not know. */
  automatic?: boolean | undefined;
  /** Why SSE-S3 and SSE-KMS would be refused. Absent also where nobody can say. */
  refused?: Frame | undefined;
}

/** What each kind of encryption would mean for this bucket, and what the server would refuse. */
export async function lookAtChoices(access: StackAccess, bucket: string): Promise<Choices> {
  const [kms, versioning, listed] = await Promise.all([
    lookAtKms(access, bucket),
    partOf(withS3(access, (s3) => s3.bucketVersioning(bucket))),
    partOf(withKes(access, 'minio', (kes) => kes.listKeys())),
  ]);
  // A bucket that is not there, or a server that does not answer, has no choices.
  if (kms.rule.error && ['bucketMissing', 'minioCredentialRefused'].includes(kms.rule.error.code)) throw AppError.of(kms.rule.error);
  const known = listed.value ?? (await partOf(withKes(access, 'operator', (kes) => kes.listKeys()))).value ?? [];
  const keys = known.length > 0 || kms.defaultKey === undefined ? known : [kms.defaultKey];
  const { defaultKey } = kms;
  return {
    choices: [await ruleChoice(access, kms), sseS3(kms), sseKms(kms, keys.length), await customer(access)],
    keys: keys.slice(0, keysAtMost),
    more: keys.length > keysAtMost,
    ...(defaultKey === undefined ? {} : { defaultKey }),
    ...(versioning.value === undefined ? {} : { versioning: versioning.value }),
  };
}

/** Throws why the server would refuse this choice. Returns how to write, and what every object must then show. */
export async function settleChoice(
  access: StackAccess,
  bucket: string,
  choice: EncryptionChoice,
): Promise<{ encrypt: Encrypt; meant?: ObjectState; rule?: BucketRule }> {
  if (choice.kind === 'sse-c') {
    const refused = await customerRefused(access);
    if (refused) throw AppError.of(refused);
    return { encrypt: { kind: 'sse-c', key: customerKeysOf(access).secret(choice.keyId) }, meant: { state: 'sse-c' } };
  }
  const kms = await lookAtKms(access, bucket);
  if (kms.rule.error?.code === 'bucketMissing') throw AppError.of(kms.rule.error);
  const rule = kms.rule.value;
  const withRule = rule ? { rule } : {};
  if (choice.kind === 'rule') {
    const meant = meantByRule(kms);
    const { refused } = await ruleChoice(access, kms);
    if (refused) throw AppError.of(refused);
    return { encrypt: { kind: 'rule' }, ...(meant ? { meant } : {}), ...withRule };
  }
  if (kms.refused) throw AppError.of(kms.refused);
  if (choice.kind === 'sse-s3') return { encrypt: { kind: 'sse-s3' }, meant: { state: 'sse-s3' }, ...withRule };
  const refused = await keyRefused(access, choice.key);
  if (refused) throw AppError.of(refused);
  const { key, context } = choice;
  return { encrypt: { kind: 'sse-kms', key, ...(context ? { context } : {}) }, meant: { state: 'sse-kms', key }, ...withRule };
}

/** What the rule alone makes of new objects. Undefined: nobody can say. */
function meantByRule({ rule, automatic, defaultKey }: Kms): ObjectState | undefined {
  if (rule.value === undefined) return undefined;
  if (rule.value.kind === 'sse-s3') return { state: 'sse-s3' };
  if (rule.value.kind === 'sse-kms') return { state: 'sse-kms', key: rule.value.key };
  if (automatic) return defaultKey === undefined ? { state: 'sse-kms' } : { state: 'sse-kms', key: defaultKey };
  return automatic === false ? { state: 'plaintext' } : undefined;
}

async function lookAtKms(access: StackAccess, bucket: string): Promise<Kms> {
  const [rule, kms] = await Promise.all([
    partOf(withS3(access, async (s3) => (await s3.bucketRule(bucket)).rule)),
    withMinioAdmin(access, async (admin): Promise<Omit<Kms, 'rule'>> => {
      const [status, automatic] = await Promise.all([partOf(admin.kmsStatus()), automaticEncryption(admin)]);
      if (status.error?.code === 'kmsNotConfigured') return { automatic, refused: status.error };
      const defaultKey = status.value?.defaultKey || undefined;
      const broken = defaultKey === undefined ? undefined : await keyFails(defaultKey, admin);
      return { automatic, defaultKey, refused: broken };
    }),
  ]);
  return { rule, ...kms };
}

/** Why MinIO cannot make and open a data key with this key now; undefined also where this credential may not ask. */
export async function keyRefused(access: StackAccess, key: string): Promise<Frame | undefined> {
  return withMinioAdmin(access, (admin) => keyFails(key, admin));
}

async function keyFails(key: string, admin: { keyStatus(key: string): Promise<{ error?: string }> }): Promise<Frame | undefined> {
  const { value, error } = await partOf(admin.keyStatus(key));
  if (value)
    return value.error === undefined ? undefined : { code: 'uploadRefusedKey', details: { key, reason: value.error.slice(0, 300) } };
  if (error?.code === 'minioAccessDenied') return undefined;
  if (error?.code === 'kmsNotConfigured') return error;
  return { code: 'uploadRefusedKey', details: { key, reason: String(error?.details?.message ?? error?.code ?? '') } };
}

async function ruleChoice(access: StackAccess, kms: Kms): Promise<Choice> {
  const { rule, automatic, defaultKey = '', refused } = kms;
  if (rule.value === undefined) return { kind: 'rule', reason: say('uploadChoiceRuleUnknown', { code: rule.error?.code ?? '' }) };
  if (rule.value.kind === 'none') {
    if (automatic) return { kind: 'rule', reason: say('uploadChoiceAutomatic', { key: defaultKey }), ...(refused ? { refused } : {}) };
    return { kind: 'rule', reason: say(automatic === false ? 'uploadChoiceNoRule' : 'uploadChoiceNoRuleUnsure') };
  }
  const reason = say('uploadChoiceRule', { rule: ruleName(rule.value) });
  if (refused?.code === 'kmsNotConfigured' || rule.value.kind === 'sse-s3')
    return { kind: 'rule', reason, ...(refused ? { refused } : {}) };
  const broken = await keyRefused(access, rule.value.key);
  return { kind: 'rule', reason, ...(broken ? { refused: broken } : {}) };
}

function sseS3({ defaultKey, refused }: Kms): Choice {
  const reason = defaultKey === undefined ? say('uploadChoiceSseS3') : say('uploadChoiceSseS3Key', { key: defaultKey });
  return { kind: 'sse-s3', reason, ...(refused ? { refused } : {}) };
}

/** Another key may work where the default one does not: only a server without any KMS refuses all. */
function sseKms({ refused }: Kms, keys: number): Choice {
  const reason = keys === 0 ? say('uploadChoiceSseKms') : say('uploadChoiceSseKmsKeys', { count: keys });
  return { kind: 'sse-kms', reason, ...(refused?.code === 'kmsNotConfigured' ? { refused } : {}) };
}

async function customer(access: StackAccess): Promise<Choice> {
  const refused = await customerRefused(access);
  return { kind: 'sse-c', reason: say('uploadChoiceSseC'), ...(refused ? { refused } : {}) };
}

/** MinIO takes a customer's key over TLS alone (minio.md 3.2), and one that nobody keeps loses the data. */
async function customerRefused(access: StackAccess): Promise<Frame | undefined> {
  const { url } = await minioEndpoint(access);
  if (!url.startsWith('https:')) return { code: 'uploadRefusedNoTls', details: { host: new URL(url).host } };
  const kept = await partOf(Promise.resolve().then(() => access.secrets.requireDurable('@customerKeySecret')));
  return kept.error;
}
