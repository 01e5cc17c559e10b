import { AppError } from '../../../shared/rpc/errors.ts';
import type { Secret } from '../../../shared/secret.ts';
import { digestOf } from '../../platform/digest.ts';
import { customerKeyMd5 } from './objectHeaders.ts';
import type { At, Encrypt, Lock, ObjectClient, ObjectFacts } from './objectTypes.ts';

export interface ReadOptions {
  customerKey?: Secret | undefined;
  signal?: AbortSignal | undefined;
}

export interface Looked {
  facts: ObjectFacts;
  /** How much was read. `nothing`: it is empty. */
  read: 'whole' | 'byte' | 'nothing';
  bytes: number;
  /** Base64 of the SHA-256 of the whole content. */
  digest?: string;
}

/** All that HEAD says, and the content, in one request. An empty object has no first byte to ask for. Throws why it does not open. */
export async function lookInto(client: ObjectClient, at: At, how: 'whole' | 'byte', options: ReadOptions): Promise<Looked> {
  const { facts, body } = await client.get(at, how === 'byte' ? { ...options, range: 'bytes=0-0' } : options);
  const { bytes, sha256 } = await digestOf(body);
  const read = bytes === 0 ? 'nothing' : how;
  return { facts, read, bytes, ...(how === 'whole' ? { digest: Buffer.from(sha256, 'hex').toString('base64') } : {}) };
}

/** The SHA-256 of the whole content as the server keeps it since it was written. */
export function keptDigest({ checksums }: ObjectFacts): string | undefined {
  return checksums.find(({ algorithm, composite }) => algorithm === 'SHA256' && !composite)?.value;
}

/** What is to be found after a copy, beside content and size. */
export interface Meant {
  encrypt: Exclude<Encrypt, { kind: 'rule' }>;
  context?: Readonly<Record<string, string>> | undefined;
  source: ObjectFacts;
  lock?: Lock | undefined;
}

/** Throws `copyLandedDifferently` with both sides in words that need no translation. */
export function mustBeAsMeant(where: string, meant: Meant, found: ObjectFacts): void {
  const { encrypt, source } = meant;
  const expected = {
    encryption: encrypt.kind === 'sse-kms' ? `SSE-KMS ${encrypt.key}` : encrypt.kind.toUpperCase(),
    context: sorted(meant.context ?? {}),
    keyMd5: encrypt.kind === 'sse-c' ? customerKeyMd5(encrypt.key) : '',
    lock: lockText(meant.lock, meant.lock),
    ...kept(source),
  };
  const got = {
    encryption: found.encryption.state === 'sse-kms' ? `SSE-KMS ${found.encryption.key}` : found.encryption.state.toUpperCase(),
    context: sorted(found.context ?? {}),
    keyMd5: found.customerKeyMd5 ?? '',
    lock: lockText(found.lock, meant.lock),
    ...kept(found),
  };
  for (const [name, value] of Object.entries(expected)) {
    const other = got[name as keyof typeof got];
    if (String(value) !== String(other)) throw differs(where, `${name}: ${value}`, `${name}: ${other}`);
  }
}

export function differs(where: string, wanted: string, found: string): AppError {
  return new AppError('copyLandedDifferently', { where, wanted: wanted.slice(0, 300), found: found.slice(0, 300) });
}

function kept({ size, metadata, headers, contentType = '', tagCount = 0, storageClass = 'STANDARD' }: ObjectFacts) {
  return { size, metadata: sorted(metadata), headers: sorted(headers), contentType, tags: tagCount, storageClass };
}

function sorted(record: Readonly<Record<string, string>>): string {
  return JSON.stringify(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** As far as it was meant: the bucket may add its own retention. */
function lockText({ mode, until, hold = false }: Lock = {}, meant: Lock = {}): string {
  const retention = meant.mode === undefined ? '' : `${mode ?? '-'} ${until === undefined ? '' : new Date(until).toISOString()}`;
  return `${retention} ${meant.hold ? `hold ${hold}` : ''}`.trim();
}
