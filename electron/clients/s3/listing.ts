import type { AuditState } from '../../../shared/audit.ts';
import type { ObjectState } from '../../../shared/objects.ts';

/** One entry of a listing page, decoded. */
export interface Listed {
  key: string;
  versionId?: string;
  latest: boolean;
  deleteMarker: boolean;
  size: number;
  /** ms since 1970. */
  modifiedAt: number;
  etag: string;
  /** Absent: the page does not say it, or says it in a way that cannot be trusted. Ask by HEAD. */
  state?: AuditState;
  /** Without `arn:aws:kms:`. */
  kmsKey?: string;
  context: boolean;
}

export interface PageRequest {
  bucket: string;
  versions: boolean;
  prefix: string;
  /** Exclusive: `start-after`, or `key-marker`, which skips all versions of that key. */
  after?: string;
  /** `version-id-marker` beside `after`: goes on inside that key. */
  versionAfter?: string;
  /** `next` of the page before, verbatim. `after` is ignored then. */
  token?: PageToken;
  maxKeys?: number;
  delimiter?: string;
  /** Default true. */
  metadata?: boolean;
  /** Other servers list folder by folder (SeaweedFS: `a/1` before `a-b`): the order of keys is not checked. */
  unordered?: boolean;
  signal?: AbortSignal;
}

export type PageToken = { continuation: string } | { keyMarker: string; versionMarker: string };

export interface Page {
  entries: Listed[];
  prefixes: string[];
  /** Absent: the last page. */
  next?: PageToken;
  /** Of the body as received. */
  bytes: number;
}

/** HEAD or the read of one byte. `state` and `kmsKey` as the answer's headers say; `refusal` is what it says instead. */
export interface ObjectAnswer {
  status: number;
  encryption?: ObjectState;
  size?: number;
  /** ms since 1970, to the second. */
  modifiedAt?: number;
  etag?: string;
  /** As the answer names it; absent in a bucket that never kept versions. */
  versionId?: string;
  /** With `x-amz-delete-marker: true`: there is no object, only a marker. */
  deleteMarker?: boolean;
  refusal?: { code: string; message: string };
  requestId?: string;
}

/**
 * The few requests of an audit, raw and fast, several at once. Throws `AppError`s: the codes of failures.ts for a refused
 * page, `answerNotUnderstood` for one that is cut, lies or is too long, `network…` and `tls…`.
 */
export interface ListingClient {
  readonly host: string;
  page(request: PageRequest): Promise<Page>;
  /** Any status is an answer. */
  head(bucket: string, key: string, versionId?: string, signal?: AbortSignal): Promise<ObjectAnswer>;
  /**
   * HEAD with a customer key that is thrown away: a real SSE-C object answers 403 AccessDenied, one with forged headers
   * (minio.md 1.2) something else. Not over plain HTTP, where it answers as `head`.
   */
  headWithAnyKey(bucket: string, key: string, versionId?: string, signal?: AbortSignal): Promise<ObjectAnswer>;
  /** `Range: bytes=0-0`: the only thing that shows whether an object opens (minio.md 3.5). Any status is an answer. */
  readByte(bucket: string, key: string, versionId?: string, signal?: AbortSignal): Promise<ObjectAnswer>;
  /** `/minio/health/ready`: false while the KMS is away; undefined where there is no such page, or it says something else. */
  ready(signal?: AbortSignal): Promise<boolean | undefined>;
  close(): Promise<void>;
}
