import type { AuditState } from '../../../shared/audit.ts';
import { decodeText } from './listingText.ts';
import { keyNameOf } from './objectState.ts';

/** What the metadata of one entry says. One is reused for all entries of a page. */
export interface MetadataFacts {
  /** Position after `</UserMetadata>`; -1: names of an uploader broke the pairs, and what follows may be theirs. */
  end: number;
  trusted: boolean;
  /** Values of the encryption entries. */
  algorithm: string | undefined;
  keyId: string | undefined;
  context: boolean;
  customer: string | undefined;
}

export function noFacts(): MetadataFacts {
  return { end: 0, trusted: true, algorithm: undefined, keyId: undefined, context: false, customer: undefined };
}

const sse = 'X-Amz-Server-Side-Encryption';
const known = ['content-type', sse, `${sse}-Aws-Kms-Key-Id`, `${sse}-Context`, `${sse}-Customer-Algorithm`].map((name, index) => ({
  bit: 1 << index,
  start: `<${name}>`,
  end: `</${name}>`,
}));
const encryption = known.slice(1);
const endTag = '</UserMetadata>';
const structural: ReadonlySet<string> = new Set(['UserMetadata', 'Contents', 'Version', 'DeleteMarker']);

const cached = new Map<string, MetadataFacts>();
const cachedMost = 256;
/** Misses in a row before the texts are taken to be different in each entry, and entries until that is looked at again. */
const patience = 300;
const pauseFor = 10_000;
let left = patience;

/** What stands behind `<UserMetadata>` at `from`. The same few texts stand in most entries of a bucket: they are read once. */
export function metadataAt(text: string, from: number): MetadataFacts {
  left--;
  const block = left < 0 ? '' : text.slice(from, text.indexOf(endTag, from));
  const end = from + block.length + endTag.length;
  const known = left < 0 ? undefined : cached.get(block);
  if (known) {
    left = patience;
    known.end = end;
    return known;
  }
  const facts = noFacts();
  readMetadata(text, from, facts);
  if (left < -pauseFor) left = patience;
  // Without a break it ends at its first end tag. A copy: a slice would keep its whole page.
  if (left >= 0 && facts.end === end && block.length < 1024) {
    if (cached.size >= cachedMost) cached.clear();
    cached.set(Buffer.from(block, 'latin1').toString('latin1'), facts);
  }
  return facts;
}

/**
 * Reads pairs of start tag, text and literally identical end tag from `from`, behind `<UserMetadata>`. MinIO writes names as
 * they were uploaded (minio.md 4.2) and escapes values. A name with `>` stands in both of its tags, so what it injects into
 * the first one leaves a rest behind the second one that is no pair: such a name always shows as `end` -1.
 * A name with other odd characters, or one that comes twice, costs only this object its metadata.
 */
function readMetadata(text: string, from: number, facts: MetadataFacts): void {
  facts.trusted = true;
  facts.algorithm = undefined;
  facts.keyId = undefined;
  facts.context = false;
  facts.customer = undefined;
  facts.end = -1;
  let at = from;
  let seen = 0;
  let others: Set<string> | undefined;
  for (;;) {
    const name = knownAt(text, at);
    if (name) {
      const valueAt = at + name.start.length;
      const valueEnd = text.indexOf('<', valueAt);
      if (valueEnd === -1 || !text.startsWith(name.end, valueEnd)) return;
      if ((seen & name.bit) !== 0) facts.trusted = false;
      seen |= name.bit;
      if (name.bit !== 1) take(name.bit, text.slice(valueAt, valueEnd), facts);
      at = valueEnd + name.end.length;
      continue;
    }
    if (text.startsWith(endTag, at)) break;
    const nameEnd = text.indexOf('>', at);
    const other = text.slice(at + 1, nameEnd);
    if (text.charCodeAt(at) !== 0x3c || nameEnd <= at + 1 || other.includes('<') || other.startsWith('/') || structural.has(other)) return;
    const valueEnd = text.indexOf('<', nameEnd);
    if (valueEnd === -1 || !text.startsWith(`</${other}>`, valueEnd)) return;
    others ??= new Set();
    // An encryption entry counts only in the exact spelling.
    if (others.has(other) || !isPlainName(other) || /^x-amz-server-side-encryption/i.test(other)) facts.trusted = false;
    others.add(other);
    at = valueEnd + other.length + 3;
  }
  facts.end = at + endTag.length;
}

function knownAt(text: string, at: number): (typeof known)[number] | undefined {
  const first = text.charCodeAt(at + 1);
  if (first === 0x63) return text.startsWith('<content-type>', at) ? known[0] : undefined;
  // The S of X-Amz-Server: user metadata has an M there.
  if (first !== 0x58 || text.charCodeAt(at + 7) !== 0x53) return undefined;
  for (const name of encryption) if (text.startsWith(name.start, at)) return name;
  return undefined;
}

function isPlainName(name: string): boolean {
  return /^[A-Za-z0-9._-]+$/.test(name);
}

function take(bit: number, value: string, facts: MetadataFacts): void {
  if (bit === 2) facts.algorithm = value;
  else if (bit === 4) facts.keyId = value;
  else if (bit === 8) facts.context = true;
  else facts.customer = value;
}

/**
 * The table of minio.md 4.3. `internal`: the entry has `Internal`, which shows that its metadata may be seen; without it
 * nothing is concluded from what is missing. `undefined`: ask by HEAD.
 */
export function stateOfFacts(facts: MetadataFacts, internal: boolean): AuditState | undefined {
  const { trusted, algorithm, keyId, context, customer } = facts;
  if (!trusted) return undefined;
  if (customer !== undefined)
    return customer === 'AES256' && algorithm === undefined && keyId === undefined && !context ? 'sse-c' : undefined;
  // Servers before 2023-12 do not list the key: HEAD tells it.
  if (algorithm === 'aws:kms') return keyId === undefined ? undefined : 'sse-kms';
  if (keyId !== undefined || context) return undefined;
  if (algorithm === 'AES256') return 'sse-s3';
  return algorithm === undefined && internal ? 'plaintext' : undefined;
}

let lastKey = '';
let lastName = '';

/** The key's name; one string for the same key, which most entries of a page share. */
export function kmsKeyOf(keyId: string): string | undefined {
  if (keyId === lastKey && keyId !== '') return lastName;
  const name = decodeText(keyId);
  if (name === undefined) return undefined;
  lastKey = Buffer.from(keyId, 'latin1').toString('latin1');
  lastName = keyNameOf(name);
  return lastName;
}
