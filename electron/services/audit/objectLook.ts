import type { AuditLook, AuditRow, AuditState } from '../../../shared/audit.ts';
import { isAppError } from '../../../shared/rpc/errors.ts';
import { say } from '../../../shared/text.ts';
import { keyStanding } from '../../clients/kes/keyStanding.ts';
import { readRefusal, refused } from '../../clients/s3/failures.ts';
import { minioEndpoint } from '../../clients/s3/forStack.ts';
import { stateFromHeaders, stateFromRefusal } from '../../clients/s3/objectState.ts';
import { createS3 } from '../../clients/s3/s3Client.ts';
import { createSignedClient, isRefusal, type SignedClient } from '../../clients/s3/signedClient.ts';
import type { StackAccess } from '../../jobs/step.ts';
import { lookCommands } from './lookCommands.ts';

type Read = Pick<AuditLook, 'opens' | 'answer' | 'requestId'>;

/** One object as it is now: HEAD, one byte, its bucket's rule, its key, who may open it. Parts that may not be asked are absent. */
export async function lookAt(access: StackAccess, row: AuditRow): Promise<AuditLook> {
  const endpoint = await minioEndpoint(access);
  const client = createSignedClient(endpoint);
  const s3 = createS3(endpoint);
  try {
    const head = await headOf(client, row);
    const now = head.head ?? { state: row.state, kmsKey: row.kmsKey };
    const [read, rule, key] = await Promise.all([
      readByte(client, row, now.state, head),
      s3.bucketRule(row.bucket).then(({ rule: found }) => found, absent),
      keyOf(access, now.state, now.kmsKey),
    ]);
    return { at: new Date().toISOString(), ...head, ...read, rule, ...key, commands: lookCommands(access, row, now.kmsKey) };
  } finally {
    await Promise.all([client.close(), s3.close()]);
  }
}

const target = ({ bucket, key, versionId }: AuditRow) => ({
  path: [bucket, key],
  ...(versionId === undefined ? {} : { query: { versionId } }),
});

async function headOf(client: SignedClient, row: AuditRow): Promise<Pick<AuditLook, 'head' | 'headError'>> {
  const { status, headers } = await client.ask({ method: 'HEAD', ...target(row) });
  if (!isRefusal(status, headers)) {
    const { state, key: kmsKey } = stateFromHeaders(headers);
    return { head: { state: state as AuditState, kmsKey, etag: headers.etag, contentType: headers['content-type'] } };
  }
  const refusal = readRefusal(status, headers, '', `${row.bucket}/${row.key}`);
  const said = stateFromRefusal(refusal, row.key);
  const headError = refused(refusal).frame;
  return said ? { head: { state: said.state as AuditState }, headError } : { headError };
}

/** HEAD answers without any key, so only a byte of the content tells whether the object opens (minio.md 3.5). */
async function readByte(
  client: SignedClient,
  row: AuditRow,
  state: AuditState | undefined,
  { headError }: Pick<AuditLook, 'headError'>,
): Promise<Read> {
  if (row.deleteMarker) return { opens: { answer: 'notTested', why: say('auditNothingToOpen') }, answer: '-' };
  const { status, headers, body } = await client.stream({
    method: 'GET',
    ...target(row),
    // An empty object has no first byte to ask for.
    headers: row.size === 0 ? {} : { range: 'bytes=0-0' },
  });
  const requestId = headers['x-amz-request-id'];
  try {
    if (!isRefusal(status, headers)) {
      if (row.size === 0) return { opens: { answer: 'notTested', why: say('auditEmptyOpens') }, answer: `${status}`, requestId };
      return { opens: { answer: 'yes', how: 'read' }, answer: `${status}`, requestId };
    }
    let text = '';
    for await (const part of body) if (text.length < 10_000) text += String(part);
    const refusal = readRefusal(status, headers, text, `${row.bucket}/${row.key}`);
    const answer = `${status} ${refusal.code}`;
    const error = refused(refusal).frame;
    if (state === 'sse-c') return { opens: { answer: 'notTested', why: say('auditOpensCustomerKey') }, answer, requestId };
    if (status === 403 && error.code === 'minioAccessDenied')
      return {
        opens: { answer: 'notTested', why: say('auditOpensNoPermission', { permission: 's3:GetObject', answer }) },
        answer,
        requestId,
      };
    if (headError?.code === 'objectMissing' || refusal.code === 'NoSuchKey' || refusal.code === 'NoSuchVersion')
      return { opens: { answer: 'notTested', why: say('auditOpensGone') }, answer, requestId };
    return { opens: { answer: 'no', how: 'read', error }, answer, requestId };
  } finally {
    body.destroy();
  }
}

/** SSE-S3 does not name its key: MinIO's default is asked for. */
async function keyOf(
  access: StackAccess,
  state: AuditState | undefined,
  named: string | undefined,
): Promise<Pick<AuditLook, 'keyInKes' | 'mayDecrypt'>> {
  const [cluster] = access.stack.minioClusters;
  const key = named ?? (state === 'sse-s3' ? cluster?.defaultKey : undefined);
  if (!key || (state !== 'sse-s3' && state !== 'sse-kms')) return {};
  const { keyInKes, mayDecrypt } = await keyStanding(access, key);
  return { keyInKes: keyInKes.value, mayDecrypt: mayDecrypt.value };
}

/** What may not or cannot be asked is left out; a defect is none of that. */
function absent(error: unknown): undefined {
  if (isAppError(error)) return undefined;
  throw error;
}
