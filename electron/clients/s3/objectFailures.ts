import type { ErrorCode } from '../../../shared/messages.ts';
import { AppError, isAppError } from '../../../shared/rpc/errors.ts';

/** The same failure under a code that says more, where only the caller knows what the status means. */
export async function meaning<T>(work: Promise<T>, status: number, code: ErrorCode): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw error instanceof AppError && error.details.status === status ? AppError.of({ code, details: error.details }) : error;
  }
}

/** Reading, and the source of a copy. */
const notApplicable = /not applicable to this object|is incompatible with the encryption method specified/;

/**
 * What a refusal means where a customer's key was sent. 403 stands for a wrong key and for a missing right alike (minio.md
 * 3.5): `withoutKey` asks for the object's HEAD, which says `customerKeyNeeded` where the right is there.
 */
export async function explainCustomerKey(error: unknown, withoutKey: () => Promise<unknown>): Promise<unknown> {
  if (!(error instanceof AppError)) return error;
  const notNeeded = error.code === 'customerKeyNeeded' || notApplicable.test(String(error.details.message));
  if (notNeeded) return AppError.of({ code: 'customerKeyNotApplicable', details: error.details });
  if (error.code !== 'minioAccessDenied') return error;
  const found: unknown = await withoutKey().catch((reason: unknown) => reason);
  return isAppError(found, 'customerKeyNeeded') ? AppError.of({ code: 'customerKeyWrong', details: error.details }) : error;
}

/** 499: a MinIO that is being stopped gives its requests up. */
const busy: ReadonlySet<unknown> = new Set([408, 425, 429, 499, 500, 502, 503, 504]);

/** Of the way, or of bytes that were lost on it. */
const anyhow: ReadonlySet<string> = new Set([
  'networkRefused',
  'networkBroken',
  'networkTimeout',
  'networkName',
  'uploadChecksumDiffers',
  'downloadCutShort',
]);

/** Whether the same request may do well a little later: the network, a server that starts or is busy, a KMS that is away for a while. */
export function passes(error: unknown): boolean {
  if (!(error instanceof AppError)) return false;
  return anyhow.has(error.code) || busy.has(error.details.status);
}
