import type { X509Certificate } from 'node:crypto';
import type { CertificateFile, CertificateFinding, KeyPlace } from '../../../../shared/certificateFiles.ts';
import { say } from '../../../../shared/text.ts';
import type { StackAccess } from '../../../jobs/step.ts';
import { identityOf } from '../../../platform/certificateFacts.ts';
import { pairs } from '../pairs.ts';
import { factsOf, judge } from './facts.ts';
import { identityOfKey, openKey } from './keyFile.ts';
import { keyRingOf } from './keyRing.ts';
import type { Found } from './scan.ts';

/** Places of one key that are told. */
const mostPlaces = 20;

/** What is asked of all files together, found out once: a folder may hold thousands. */
interface Index {
  byFile: ReadonlyMap<string, Found>;
  /** Files with a private key, by the identity of that. */
  byIdentity: ReadonlyMap<string, readonly Found[]>;
  /** Where a certificate's key belongs: beside it. */
  homes: ReadonlySet<string>;
  /** Identities of CAs. */
  authorities: ReadonlySet<string>;
  /** Names in the credential store, by identity. */
  kept: ReadonlyMap<string, readonly string[]>;
}

export function indexOf(access: StackAccess, all: readonly Found[]): Index {
  const byIdentity = new Map<string, Found[]>();
  for (const one of all) for (const identity of one.identities) byIdentity.set(identity, [...(byIdentity.get(identity) ?? []), one]);
  const withCertificates = all.filter(({ certificates }) => certificates.length > 0);
  const authorities = withCertificates.flatMap(({ certificates: [first] }) => (first?.ca ? [identityOf(first)] : []));
  return {
    byFile: new Map(all.map((one) => [one.file, one])),
    byIdentity,
    homes: new Set(withCertificates.flatMap(({ file }) => keyBeside(file))),
    authorities: new Set(authorities),
    kept: keptIn(access),
  };
}

function keptIn(access: StackAccess): Map<string, string[]> {
  const kept = new Map<string, string[]>();
  const add = (identity: string | undefined, name: string): void => {
    if (identity !== undefined) kept.set(identity, [...(kept.get(identity) ?? []), name]);
  };
  for (const name of ['ca.key', 'operator.key'] as const) add(identityIn(access.secrets.get(name)?.reveal()), name);
  for (const { kind, identity, name } of keyRingOf(access).list()) if (kind !== 'apiKey') add(identity, name);
  return kept;
}

function identityIn(pem: string | undefined): string | undefined {
  try {
    return pem === undefined ? undefined : identityOfKey(openKey(pem, undefined, 'store'));
  } catch {
    return undefined;
  }
}

/** Everything that is told of one file. */
export function describe(one: Found, index: Index): CertificateFile {
  const { certificates, identities, hasKey, protection: _, ...rest } = one;
  const [leaf] = certificates;
  const own = leaf ? identityOf(leaf) : identities[0];
  const keys = own === undefined ? (hasKey ? [placeOf(one)] : []) : keysOf(own, one, index);
  const findings = [...new Map(certificates.flatMap((c) => judge(c)).map((f) => [f.text.code, f])).values()];
  findings.push(...pairFindings(one, leaf, keys, index), ...(hasKey ? keyFindings(one, keys, index) : []));
  return { ...rest, certificates: certificates.map((certificate) => factsOf(certificate)), keys, findings };
}

function placeOf({ file, protection, mode }: Found): KeyPlace {
  return { place: 'file', name: file, protection, ...(mode === undefined ? {} : { mode }) };
}

/** Where the key of an identity lies. A key under a password tells nobody whose it is: the name beside it must do. */
function keysOf(identity: string, one: Found, { byIdentity, byFile, kept }: Index): KeyPlace[] {
  const beside = keyBeside(one.file);
  const locked = beside.flatMap((file) => byFile.get(file) ?? []).filter(({ hasKey, identities }) => hasKey && identities.length === 0);
  const inFiles = [...new Set([...(byIdentity.get(identity) ?? []), ...locked])];
  const [here, elsewhere] = [inFiles.filter(({ file }) => beside.includes(file)), inFiles.filter(({ file }) => !beside.includes(file))];
  const places = [...here, ...elsewhere].slice(0, mostPlaces).map(placeOf);
  return [...places, ...(kept.get(identity) ?? []).map((name): KeyPlace => ({ place: 'store', name, protection: 'none' }))];
}

/** Where the key of a certificate's file belongs. */
export function keyBeside(file: string): string[] {
  const pair = pairs.find(({ certificate }) => certificate === file);
  return [...(pair && 'file' in pair.key ? [pair.key.file] : []), file.replace(/\.[^./]+$/, '.key')];
}

/** Whether a certificate has its own key. */
function pairFindings(one: Found, leaf: X509Certificate | undefined, keys: readonly KeyPlace[], { byFile }: Index): CertificateFinding[] {
  if (!leaf) return [];
  const beside = keyBeside(one.file)
    .filter((file) => file !== one.file)
    .flatMap((file) => byFile.get(file) ?? []);
  const [other] = beside.filter(({ identities: [identity] }) => identity !== undefined && identity !== identityOf(leaf));
  const served = one.role !== undefined && one.role !== 'ca' && one.role !== 'trust';
  return [
    ...(other ? [{ mark: 'fail' as const, text: say('certificateFindOtherKey', { key: other.file }) }] : []),
    ...(served && keys.length === 0 ? [{ mark: 'fail' as const, text: say('certificateFindNoKey') }] : []),
  ];
}

/** Who can read a private key, and where else it lies. */
function keyFindings(one: Found, keys: readonly KeyPlace[], { homes, authorities }: Index): CertificateFinding[] {
  const findings: CertificateFinding[] = [];
  if (one.mode !== undefined && (Number.parseInt(one.mode, 8) & 0o077) !== 0)
    findings.push({ mark: 'fail', text: say('certificateFindOpen', { mode: one.mode }) });
  // Beside its certificate a key is at home: copies elsewhere are the stray ones.
  const strays = ({ place, name }: KeyPlace): boolean => place === 'file' && name !== one.file && (homes.has(name) || !homes.has(one.file));
  const copies = keys.filter(strays).map(({ name }) => name);
  const shown = copies.slice(0, 5).join(', ') + (copies.length > 5 ? ` … (+${copies.length - 5})` : '');
  if (copies.length > 0) findings.push({ mark: 'warn', text: say('certificateFindCopies', { files: shown }) });
  const store = keys.find(({ place }) => place === 'store');
  if (store) findings.push({ mark: 'warn', text: say('certificateFindStray', { name: store.name }) });
  if (one.identities.some((identity) => authorities.has(identity))) findings.push({ mark: 'fail', text: say('certificateFindCaKey') });
  return findings;
}
