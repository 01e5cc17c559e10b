import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { sentence } from '../../../shared/messages.ts';
import { AppError } from '../../../shared/rpc/errors.ts';
import { Secret } from '../../../shared/secret.ts';
import { say, type Text } from '../../../shared/text.ts';
import { shortestPassphrase } from '../../../shared/vault.ts';
import { openText, PassphraseWrong, sealText } from '../../platform/ageStream.ts';
import { shellWord } from '../../platform/shellWord.ts';
import { sealToKey } from './pgpKeys.ts';

/** What a custodian's file is about. Nothing in it is secret; the share comes beside it. */
export interface FileFacts {
  stack: string;
  stackId: string;
  /** Address of the first node. */
  url: string;
  /** `bao` or `vault`. */
  program: string;
  custodian: string;
  custodianId: string;
  /** From 1. */
  share: number;
  shares: number;
  threshold: number;
  /** A recovery key: it authorises, and unseals nothing (vault.md 2.4). */
  recovery?: boolean;
  /** When it is made, ISO time; every file of a custodian has its own. */
  at: string;
}

/** Readers live in all countries: what a person must know stands in both languages. */
const both = (text: Text): string[] => [sentence('en', text), sentence('zh-CN', text)];

/** The text that a custodian decrypts: the share as `operator unseal` takes it, and how to use it without Sealdeck. */
export function plaintextOf(facts: FileFacts, share: Secret): Secret {
  const { share: number, shares, threshold, stack, custodian: name } = facts;
  const rows: [string, string][] = [
    ['Stack', stack],
    ['Vault', facts.url],
    ['Custodian', name],
    ['Number', `${number} of ${shares}`],
    [facts.recovery ? 'Needed together' : 'Needed to unseal', String(threshold)],
    ['Share', share.reveal()],
    ['Confirmation code', codeOf(facts, share)],
    ['Made', facts.at],
  ];
  const lines = [
    ...both(titleOf(facts)),
    '',
    ...rows.map(([label, value]) => `${`${label}:`.padEnd(20)}${value}`),
    '',
    ...both(facts.recovery ? say('vaultFileUseRecovery', { threshold, shares }) : say('vaultFileUse', { threshold, shares })),
    '',
    ...givenWith(facts),
    '',
    ...both(say('vaultFileCode')),
    ...both(say('vaultFileKeep')),
  ];
  return new Secret(`${lines.join('\n')}\n`);
}

function titleOf({ share, shares, stack, custodian: name, recovery }: FileFacts): Text {
  return say(recovery ? 'vaultFileTitleRecovery' : 'vaultFileTitle', { share, shares, stack, name });
}

function givenWith({ url, program, recovery }: FileFacts): string[] {
  const prefix = program === 'bao' ? 'BAO' : 'VAULT';
  return [`    export ${prefix}_ADDR=${shellWord(url)}`, `    ${program} operator ${recovery ? 'generate-root' : 'unseal'}`];
}

/** How the file is opened without Sealdeck. Age takes no word beside its armor, so this lies beside the file. */
export function recipeOf(facts: FileFacts, kind: 'pgp' | 'passphrase', fileName: string): string {
  const { custodian: name } = facts;
  const open = kind === 'pgp' ? `gpg --decrypt '${fileName}'` : `age --decrypt '${fileName}'`;
  return [
    ...both(titleOf(facts)),
    '',
    ...both(say(kind === 'pgp' ? 'vaultRecipePgp' : 'vaultRecipeAge', { name })),
    '',
    `    ${open}`,
    '',
    ...both(say('vaultRecipeUse')),
    '',
    ...givenWith(facts),
    '',
  ].join('\n');
}

/** An armored OpenPGP message. Its head says in plain words whose it is and how it opens. */
export async function sealForKey(facts: FileFacts, share: Secret, key: string): Promise<string> {
  return sealToKey(key, plaintextOf(facts, share).reveal(), [
    sentence('en', titleOf(facts)),
    'Open it without Sealdeck: gpg --decrypt FILE',
    `The text inside holds the share for: ${facts.program} operator ${facts.recovery ? 'generate-root' : 'unseal'}`,
  ]);
}

/** An armored age file under a passphrase. Throws `vaultPassphraseShort`. */
export async function sealForPassphrase(facts: FileFacts, share: Secret, passphrase: Secret | undefined): Promise<string> {
  if (passphrase === undefined || [...passphrase.reveal()].length < shortestPassphrase)
    throw new AppError('vaultPassphraseShort', { min: shortestPassphrase });
  return sealText(plaintextOf(facts, share), passphrase);
}

/** Opens an age file with its passphrase. Throws `vaultShareEncrypted` for a PGP message, `vaultFileNotAge`, `vaultFilePassphrase`. */
export async function openWithPassphrase(content: string, passphrase: Secret): Promise<Secret> {
  if (content.includes('-----BEGIN PGP ')) throw new AppError('vaultShareEncrypted');
  try {
    return await openText(content, passphrase);
  } catch (error) {
    throw new AppError(error instanceof PassphraseWrong ? 'vaultFilePassphrase' : 'vaultFileNotAge', {}, { cause: error });
  }
}

/** The share of a custodian's text; a file that holds nothing but a share is taken too. Throws `vaultFileNoShare`. */
export function shareIn(text: Secret): Secret {
  const found = /^Share: +(\S+)\s*$/m.exec(text.reveal())?.[1] ?? /^\s*([A-Za-z0-9+/_-]{40,}={0,2})\s*$/.exec(text.reveal())?.[1];
  if (found === undefined) throw new AppError('vaultFileNoShare');
  return new Secret(found);
}

/** Crockford's alphabet: no letter that reads as another or as a digit. */
const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/**
 * What only a reader of this very file knows: made from the share, so it is stored nowhere, and from the file's time, so
 * an older file's code is another one. 50 bits, written XXXXX-XXXXX.
 */
export function codeOf({ custodianId, at }: Pick<FileFacts, 'custodianId' | 'at'>, share: Secret): string {
  const bytes = createHmac('sha256', Buffer.from(share.reveal(), 'base64')).update(`sealdeck custody ${custodianId} ${at}`).digest();
  const letters = Array.from(bytes.subarray(0, 10), (byte) => alphabet[byte % 32]).join('');
  return `${letters.slice(0, 5)}-${letters.slice(5)}`;
}

/** As typed: small letters, blanks and look-alikes are taken for what they stand for. */
export function sameCode(typed: string, code: string): boolean {
  const plain = (text: string): string =>
    text
      .toUpperCase()
      .replace(/[^0-9A-Z]/g, '')
      .replace(/O/g, '0')
      .replace(/[IL]/g, '1');
  return sameText(plain(typed), plain(code));
}

/** Compares without telling by its time where two texts differ. */
export function sameText(a: string, b: string): boolean {
  return timingSafeEqual(createHash('sha256').update(a).digest(), createHash('sha256').update(b).digest());
}

/** Lower-case hex of the text as UTF-8. */
export function sha256Of(content: string): string {
  return createHash('sha256').update(content).digest('hex');
}

/** `local-lab-share-2-of-5-operations.asc`: says whose it is without being opened. */
export function fileNameOf(facts: FileFacts, kind: 'pgp' | 'passphrase'): string {
  const name = facts.custodian
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, '-')
    .replace(/^-+|-+$/g, '');
  return `${facts.stackId}-share-${facts.share}-of-${facts.shares}-${name || facts.custodianId}.${kind === 'pgp' ? 'asc' : 'age'}`;
}
