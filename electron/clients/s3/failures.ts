import type { ErrorCode } from '../../../shared/messages.ts';
import { AppError } from '../../../shared/rpc/errors.ts';
import { codeOf, networkError } from '../../platform/tlsErrors.ts';

/** What MinIO answered instead of what was asked. `where` is `bucket`, `bucket/key` or an admin path. */
export interface Refusal {
  status: number;
  code: string;
  message: string;
  where: string;
}

const codes = {
  AccessDenied: 'minioAccessDenied',
  InvalidAccessKeyId: 'minioCredentialRefused',
  SignatureDoesNotMatch: 'minioCredentialRefused',
  RequestTimeTooSkewed: 'minioClockSkew',
  NoSuchBucket: 'bucketMissing',
  NoSuchKey: 'objectMissing',
  NoSuchVersion: 'objectMissing',
  NoSuchUpload: 'uploadUnknown',
  InvalidPart: 'uploadPartMissing',
  BadDigest: 'uploadChecksumDiffers',
  XAmzContentSHA256Mismatch: 'uploadChecksumDiffers',
  XAmzContentChecksumMismatch: 'uploadChecksumDiffers',
  BucketAlreadyExists: 'bucketNameTaken',
  BucketAlreadyOwnedByYou: 'bucketNameTaken',
  XMinioInvalidObjectName: 'objectNameRefused',
  XMinioInvalidResourceName: 'objectNameRefused',
  KeyTooLongError: 'objectNameRefused',
  XMinioObjectTampered: 'objectTampered',
  XMinioStorageFull: 'minioDiskFull',
  XMinioServerNotInitialized: 'minioNotReady',
  // The `kms:` family is spoken since 2024-05 (minio.md 3.5), the older spelling before.
  'kms:KeyNotFound': 'kmsKeyNotFound',
  'KMS.NotFoundException': 'kmsKeyNotFound',
  'kms:NotAuthorized': 'kmsNotAuthorised',
  'kms:KeyGenerationFailed': 'kmsUnavailable',
  'kms:DecryptionFailed': 'kmsUnavailable',
  'kms:InvalidCiphertextException': 'kmsKeyDiffers',
} as const satisfies Readonly<Record<string, ErrorCode>>;

/** The `AppError` of a refusal, with `{status, code, message, where}`. */
export function refused(refusal: Refusal): AppError {
  const { status, code, message, where } = refusal;
  const details = { status, code, message, where };
  if (/stored using a form of Server Side Encryption/.test(message)) return new AppError('customerKeyNeeded', details);
  // SSE-C: a part without its key.
  if (/multipart upload initiate requested encryption/.test(message)) return new AppError('customerKeyNeeded', details);
  if (/WORM protected/.test(message)) return new AppError('objectLocked', details);
  if (/KMS (?:is )?not configured/i.test(message)) return new AppError('kmsNotConfigured', details);
  const known = Object.hasOwn(codes, code) ? codes[code as keyof typeof codes] : 's3Error';
  return new AppError(known, { ...details, name: where });
}

/** Reads code and message from an error answer: S3's XML, the admin API's JSON, or the headers that MinIO adds to HEAD. */
export function readRefusal(status: number, headers: Readonly<Record<string, string>>, body: string, where: string): Refusal {
  const fromHeader = headers['x-minio-error-code'];
  if (fromHeader !== undefined) {
    const message = (headers['x-minio-error-desc'] ?? '').replace(/^"|"$/g, '');
    return { status, code: fromHeader, message: shorten(message), where };
  }
  if (body.startsWith('{')) {
    const answer = parseJson(body);
    if (answer) return { status, code: String(answer.Code ?? status), message: shorten(String(answer.Message ?? '')), where };
  }
  const code = /<Code>([^<]{1,100})<\/Code>/.exec(body)?.[1];
  const message = /<Message>([^<]*)<\/Message>/.exec(body)?.[1];
  return { status, code: code ?? String(status), message: shorten(message ?? ''), where };
}

/** What a failed call of the SDK means. Defects of our own pass through. */
export function sdkFailure(error: unknown, host: string, where: string): unknown {
  const network = networkError(error, host);
  if (network) return network;
  const { $metadata, name, Code, message } = error as {
    $metadata?: { httpStatusCode?: number };
    name?: string;
    Code?: string;
    message?: string;
  };
  // It was no refusal; what the SDK says of it is for its developers but for the first line.
  if ($metadata?.httpStatusCode !== undefined && $metadata.httpStatusCode < 300 && !('$fault' in (error as object)))
    return new AppError('answerNotUnderstood', { host, reason: (message ?? '').split('\n')[0]?.slice(0, 200) ?? '' }, { cause: error });
  if ($metadata?.httpStatusCode !== undefined)
    return refused({ status: $metadata.httpStatusCode, code: Code ?? name ?? 'unknown', message: shorten(message ?? ''), where });
  if (name === 'TimeoutError')
    return new AppError('networkTimeout', { host, reason: codeOf(error) ?? 'no answer in time' }, { cause: error });
  return error;
}

function parseJson(body: string): Record<string, unknown> | undefined {
  try {
    return JSON.parse(body) as Record<string, unknown>;
  } catch {
    return undefined;
  }
}

function shorten(message: string): string {
  return message
    .replaceAll('&#34;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&')
    .slice(0, 300);
}
