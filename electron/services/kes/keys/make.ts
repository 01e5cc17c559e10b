import { keyName } from '../../../../shared/kes.ts';
import type { KeyNote } from '../../../../shared/kesKeys.ts';
import { isPublicIdentity } from '../../../../shared/publicIdentities.ts';
import { AppError, isAppError } from '../../../../shared/rpc/errors.ts';
import { Secret } from '../../../../shared/secret.ts';
import type { CommandLine, Evidence } from '../../../../shared/setup.ts';
import { say } from '../../../../shared/text.ts';
import type { KesClient } from '../../../clients/kes/client.ts';
import { identityFor, withKes } from '../../../clients/kes/forStack.ts';
import { partOf } from '../../../clients/partOf.ts';
import { seen } from '../../../jobs/evidence.ts';
import { shellWord } from '../../../platform/shellWord.ts';
import { kesEnvironment } from '../commands.ts';
import { type Access, clusterOf, type KesKeysDeps } from './deps.ts';
import { keptTestsOf } from './keptTests.ts';
import { tryKey } from './opens.ts';
import { auditedUse } from './use.ts';

interface Wanted {
  name: string;
}

const note = (level: KeyNote['level'], text: KeyNote['text']): KeyNote => ({ level, text });

/** What making a key of this name would mean: KES's rule for names, both identities' rights, and whether the name was used before. */
export async function planKey(access: Access, kes: KesClient, deps: KesKeysDeps, { name, imported }: Wanted & { imported: boolean }) {
  const cluster = clusterOf(access.stack);
  const commands = commandsOf(access, name, imported);
  if (!keyName.safeParse(name).success) return { possible: false, notes: [note('fail', say('kesMakeName', { name }))], commands };
  if (fenced(access)) return { possible: false, notes: [note('fail', say('kesMakeFenced'))], commands };
  const exists = await kes.describeKey(name).then(
    () => true,
    (error: unknown) => {
      if (isAppError(error)) return false;
      throw error;
    },
  );
  if (exists) return { possible: false, notes: [note('fail', say('kesMakeExists', { name }))], commands };
  const notes: KeyNote[] = [];
  const operation = imported ? 'import' : 'create';
  const may = await mayMake(access, kes, name, operation);
  if (may === undefined) notes.push(note('warn', say('kesMakeMayUnknown', { operation })));
  else notes.push(note(may ? 'ok' : 'fail', may ? say('kesMakeMay', { operation }) : say('kesMakeMayNot', { operation, name })));
  notes.push(await minioNote(access, cluster.policy.pattern, name));
  const before = await usedBefore(access, deps, cluster.id, name);
  if (before) notes.push(note('warn', say('kesMakeAgain', { name })));
  if (imported) notes.push(note('warn', say('kesMakeImportWarning')));
  return { possible: may !== false, notes, commands };
}

/**
 * Makes a key, or takes one in: described, opened and kept a ciphertext of afterwards. Throws `kesNameUsed` for a name that objects or
 * a kept ciphertext know, unless that was said to be known.
 */
export async function makeKey(
  access: Access,
  kes: KesClient,
  deps: KesKeysDeps,
  wanted: Wanted & { again: boolean; material?: { bytes: Secret; algorithm: 'AES256' | 'ChaCha20' } },
): Promise<Evidence[]> {
  const { name, material } = wanted;
  const cluster = clusterOf(access.stack);
  if (fenced(access)) throw new AppError('kesPublicIdentity');
  if (!wanted.again && (await usedBefore(access, deps, cluster.id, name))) throw new AppError('kesNameUsed', { name });
  const before = keptTestsOf(access, cluster.id).all().get(name);
  if (material) await kes.importKey(name, material.bytes, material.algorithm);
  else await kes.createKey(name);
  await access.journal(material ? say('kesJournalImported', { name }) : say('kesJournalCreated', { name }));
  const { algorithm = '-' } = await kes.describeKey(name);
  const evidence = [seen('kes', say('kesMadeDescribed', { name, algorithm }), `200 ${algorithm}`)];
  const { opens, fresh } = await tryKey(kes, name, undefined);
  if (opens.answer !== 'yes') throw AppError.of(opens.error ?? { code: 'kesRoundTrip', details: { name } });
  evidence.push(seen('kes', say('kesMadeOpens', { name, ms: opens.ms ?? 0 }), '200'));
  // One that is kept of the former key stays: what was sealed with it is what this key must be measured by.
  if (fresh && !before) await keptTestsOf(access, cluster.id).keep(new Map([[name, fresh]]));
  if (before) {
    const old = await tryKey(kes, name, before);
    const same = old.opens.answer === 'yes';
    evidence.push(
      seen(
        'kes',
        same ? say('kesMadeSame', { name }) : say('kesMadeOther', { name }),
        old.opens.error?.code ?? '200',
        same ? 'ok' : 'warn',
      ),
    );
  }
  return evidence;
}

/** 32 bytes from base64 or hex, blanks left out; as base64. Throws `kesMaterial`. */
export function keyMaterial(typed: Secret): Secret {
  const text = typed.reveal().replace(/\s/g, '');
  const isHex = /^[0-9a-fA-F]{64}$/.test(text);
  if (!isHex && !/^[A-Za-z0-9+/_-]{43}=?$/.test(text)) throw new AppError('kesMaterial', { reason: '@kesMaterialForm' });
  const bytes = Buffer.from(text, isHex ? 'hex' : 'base64');
  if (bytes.length !== 32) throw new AppError('kesMaterial', { reason: '@kesMaterialLength' });
  // All bytes alike is what a placeholder looks like, and no key.
  if (bytes.every((byte) => byte === bytes[0])) throw new AppError('kesMaterial', { reason: '@kesMaterialWeak' });
  return new Secret(bytes.toString('base64'));
}

function fenced({ stack }: Pick<Access, 'stack'>): boolean {
  return stack.identities.some(({ hash }) => isPublicIdentity(hash));
}

/**
 * KES decides about the path before it looks at the name, so the same name with a dot behind it tells (kes.md 2.9). A rule for exactly
 * this name does not cover that one: then the identity's own policy is read, where it may be.
 */
async function mayMake(access: Access, kes: KesClient, name: string, operation: 'create' | 'import'): Promise<boolean | undefined> {
  const path = `/v1/key/${operation}/${name}`;
  const { status } = await kes.probe('POST', `${path}.`, operation === 'import' ? {} : undefined);
  if (status !== 403) return true;
  const hash = access.stack.identities.find(({ purpose }) => purpose === 'operator')?.hash ?? '';
  const rules = await partOf(kes.describeIdentity(hash).then(({ policy }) => (policy === undefined ? undefined : kes.readPolicy(policy))));
  const covers = (rule: string): boolean => (rule.endsWith('*') ? path.startsWith(rule.slice(0, -1)) : rule === path);
  if (rules.value === undefined) return undefined;
  return rules.value.allow.some(covers) && !rules.value.deny.some(covers);
}

/** Whether MinIO could use the key: asked as MinIO where its identity is here, else by the pattern of its policy. */
async function minioNote(access: Access, pattern: string, name: string): Promise<KeyNote> {
  const prefix = pattern.replace(/\*$/, '');
  if ((await identityFor(access, 'minio')) !== undefined) {
    try {
      const { status } = await withKes(access, 'minio', (kes) => kes.probe('POST', `/v1/key/generate/${name}`, {}));
      if (status === 403) return note('warn', say('kesMakeMinioNot', { name }));
      return note('ok', say('kesMakeMinio', { name }));
    } catch (error) {
      if (!isAppError(error)) throw error;
    }
  }
  return name.startsWith(prefix) ? note('info', say('kesMakePattern', { pattern })) : note('warn', say('kesMakeOutside', { pattern }));
}

async function usedBefore(access: Access, deps: KesKeysDeps, cluster: string, name: string): Promise<boolean> {
  if (keptTestsOf(access, cluster).all().has(name)) return true;
  return auditedUse(await deps.auditedKeys(access.stack.id, access.cluster)).byKey.has(name);
}

function commandsOf(access: Access, name: string, imported: boolean): CommandLine[] {
  const line = imported ? `kes key import ${shellWord(name)} "$KEY_BASE64"` : `kes key create ${shellWord(name)}`;
  const comment = imported ? say('kesCommandImport') : say('kesCommandCreate');
  return [...kesEnvironment(access), { comment, line }, { comment: say('kesCommandInfo'), line: `kes key info ${shellWord(name)}` }];
}
