import type { ObjectCard, ObjectRow, ObjectState } from '../../../shared/objects.ts';
import { AppError, isAppError } from '../../../shared/rpc/errors.ts';
import type { Secret } from '../../../shared/secret.ts';
import { say } from '../../../shared/text.ts';
import { keyStanding } from '../../clients/kes/keyStanding.ts';
import { type Part, partOf } from '../../clients/partOf.ts';
import { type CustomerKeys, customerKeysOf } from '../../clients/s3/customerKeys.ts';
import { minioEndpoint } from '../../clients/s3/forStack.ts';
import { createObjectClient } from '../../clients/s3/objectClient.ts';
import type { At, ListedVersion, ObjectClient, ObjectFacts } from '../../clients/s3/objectTypes.ts';
import { createS3 } from '../../clients/s3/s3Client.ts';
import type { StackAccess } from '../../jobs/step.ts';
import { diskSize, etagKind, partsOf } from './cardFacts.ts';
import { rightsHere } from './cardRights.ts';

/** How the newest finished audit saw an object; undefined: none did. */
/** Of one MinIO cluster, the first unless named. */
export type AuditView = (stackId: string, at: At, cluster?: string) => Promise<ObjectCard['audit']>;

/** More versions of one key are counted, not shown. */
const versionsShown = 200;

interface Head {
  facts?: ObjectFacts;
  error?: Part<never>['error'];
  state?: ObjectState;
  customer?: { id: string; key: Secret } | undefined;
}

/**
 * Everything that is known of one object or version, each part with its own error. Reads at most one byte of content and
 * changes nothing. Throws `objectMissing` when not even a version of it is there, and what keeps the server from being asked.
 */
export async function cardOf(access: StackAccess, at: At, auditView: AuditView): Promise<ObjectCard> {
  const endpoint = await minioEndpoint(access);
  const client = createObjectClient(endpoint);
  const s3 = createS3(endpoint);
  const keys = customerKeysOf(access);
  try {
    const [head, versions] = await Promise.all([headOf(client, keys, at), partOf(client.versions(at.bucket, at.key))]);
    const { facts } = head;
    const listed = versions.value?.find(({ versionId, latest }) => (at.versionId === undefined ? latest : versionId === at.versionId));
    if (head.error?.code === 'objectMissing' && !listed) throw AppError.of(head.error);
    const row = rowOf(at, head, listed);
    const { state, key } = row.encryption;
    const defaultKey = state === 'sse-s3' ? access.stack.minioClusters[0]?.defaultKey : undefined;
    const kmsKey = state === 'sse-kms' ? key : defaultKey;
    const gone: Promise<Part<never>> = Promise.resolve({});
    const content = row.deleteMarker !== true;
    const [opens, rule, tags, retention, legalHold, standing, audit] = await Promise.all([
      opensOf(client, at, row, head),
      partOf(s3.bucketRule(at.bucket).then((found) => found.rule)),
      content ? partOf(client.tags(at)) : gone,
      content ? partOf(client.retention(at)) : gone,
      content ? partOf(client.legalHold(at)) : gone,
      kmsKey ? keyStanding(access, kmsKey) : { keyInKes: {}, mayDecrypt: {} },
      auditView(access.stack.id, at, access.cluster),
    ]);
    const etag = (facts?.etag ?? listed?.etag)?.replace(/^"|"$/g, '');
    const whole = { etag, encryption: row.encryption };
    return {
      at: new Date().toISOString(),
      row,
      headError: row.deleteMarker || (facts && head.state) ? undefined : head.error,
      contentType: facts?.contentType,
      etag,
      etagKind: etagKind(whole),
      parts: facts?.parts ?? partsOf(etag),
      checksums: (facts?.checksums ?? []).map(({ algorithm, value, composite }) => ({
        algorithm,
        value,
        kind: composite ? 'composite' : 'whole',
      })),
      context: facts?.context,
      customerKey: state === 'sse-c' ? customerKeyOf(keys, head) : undefined,
      metadata: facts?.metadata ?? {},
      storageClass: facts?.storageClass,
      sizeOnDisk: content && (facts || listed) ? diskSize(row.size, state) : undefined,
      opens,
      rule,
      tags,
      retention,
      legalHold,
      versions: { error: versions.error, value: versions.value && shown(at.key, versions.value) },
      ...standing,
      defaultKey,
      mayHere: await partOf(rightsHere(endpoint, at, { opens, tags, retention, legalHold, rule, versions })),
      audit,
    };
  } finally {
    await Promise.all([client.close(), s3.close()]);
  }
}

/** HEAD, again with a key of ours where the object wants one; a refusal that names the state is an answer (minio.md 4.7). */
async function headOf(client: ObjectClient, keys: CustomerKeys, at: At): Promise<Head> {
  try {
    return { facts: await client.head(at) };
  } catch (error) {
    if (!isAppError(error)) throw error;
    const state = stateOf(error, at.key);
    if (state === undefined && error.details.code === undefined) throw error;
    if (state?.state !== 'sse-c') return { error: error.frame, ...(state ? { state } : {}) };
    const customer = await keys.find(client, at);
    const told = customer ? await partOf(client.head(at, { customerKey: customer.key })) : {};
    return { state, error: told.error ?? error.frame, customer, ...(told.value ? { facts: told.value } : {}) };
  }
}

function stateOf(error: AppError, key: string): ObjectState | undefined {
  if (error.code === 'customerKeyNeeded' || error.code === 'customerKeyWrong') return { state: 'sse-c' };
  if (error.code === 'objectTampered') return { state: 'unreadable', reason: say('stateTampered') };
  if (error.code === 'minioAccessDenied') return { state: 'unknown', reason: say('stateNoPermission') };
  // HEAD of an SSE-C folder marker is refused in other words (minio.md 3.5).
  return error.details.code === 'InvalidArgument' && key.endsWith('/') ? { state: 'sse-c' } : undefined;
}

function rowOf(at: At, { facts, error, state }: Head, listed: ListedVersion | undefined): ObjectRow {
  const fallback: ObjectState = { state: 'unknown', reason: say('stateNotSaid', { code: String(error?.details?.code ?? error?.code) }) };
  const versionId = at.versionId ?? facts?.versionId;
  return {
    key: at.key,
    size: facts?.size ?? listed?.size ?? 0,
    modifiedAt: facts?.modifiedAt ?? listed?.modifiedAt,
    encryption: facts?.encryption ?? state ?? listed?.encryption ?? fallback,
    ...(versionId === undefined ? {} : { versionId }),
    ...(listed ? { latest: listed.latest, deleteMarker: listed.deleteMarker } : {}),
  };
}

function shown(key: string, all: readonly ListedVersion[]): NonNullable<ObjectCard['versions']['value']> {
  const rows = all
    .slice(0, versionsShown)
    .map(({ encryption = { state: 'notRead' }, ...version }: ListedVersion) => ({ key, ...version, encryption }));
  return { rows, more: all.length > versionsShown };
}

function customerKeyOf(keys: CustomerKeys, { facts, customer }: Head): ObjectCard['customerKey'] {
  const known = customer && keys.list().find(({ id }) => id === customer.id);
  return { md5: facts?.customerKeyMd5 ?? known?.md5, keyId: customer?.id, name: known?.name };
}

/** HEAD answers without any key, so only a byte of the content tells whether the object opens (minio.md 3.5). */
async function opensOf(client: ObjectClient, at: At, row: ObjectRow, { facts, error, customer }: Head): Promise<ObjectCard['opens']> {
  const untested = (why: NonNullable<ObjectCard['opens']['why']>): ObjectCard['opens'] => ({ answer: 'notTested', why });
  if (row.deleteMarker) return untested(say('auditNothingToOpen'));
  if (row.encryption.state === 'sse-c' && !customer) return untested(say('cardNoKeyOfOurs'));
  if (facts === undefined && error?.code === 'objectMissing') return untested(say('auditOpensGone'));
  try {
    const read = await client.readByte(at, row.size, customer ? { customerKey: customer.key } : {});
    return read ? { answer: 'yes' } : untested(say('auditEmptyOpens'));
  } catch (failure) {
    if (!isAppError(failure)) throw failure;
    const { code, details } = failure;
    if (code === 'minioAccessDenied')
      return untested(
        say('auditOpensNoPermission', { permission: 's3:GetObject', answer: `${details.status ?? 403} ${details.code ?? ''}`.trim() }),
      );
    if (code === 'objectMissing') return untested(say('auditOpensGone'));
    // Only a server's own refusal says something of the object.
    if (details.code === undefined) return { answer: 'notTested', error: failure.frame };
    return { answer: 'no', error: failure.frame };
  }
}
