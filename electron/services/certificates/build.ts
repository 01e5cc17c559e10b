import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPair,
  type KeyObject,
  randomBytes,
  sign,
  type X509Certificate,
} from 'node:crypto';
import { isIP } from 'node:net';
import { promisify } from 'node:util';
import forge from 'node-forge';
import type { KeyType, Subject } from '../../../shared/certificates.ts';
import { AppError } from '../../../shared/rpc/errors.ts';
import { Secret } from '../../../shared/secret.ts';
import { bits, bool, bytes, contentOf, explicit, int, nul, octets, oid, parse, partsOf, sequence, set, time, utf8 } from './der.ts';
import { keyTypeOf } from './inspect.ts';

const { asn1 } = forge;
const minute = 60_000;
const day = 24 * 60 * minute;
/** A clock that is a little behind must not refuse a new certificate. */
export const backdatedMs = 5 * minute;

const generate = promisify(generateKeyPair) as unknown as (kind: string, options: object) => Promise<{ privateKey: KeyObject }>;
const keyKinds: Readonly<Record<KeyType, readonly [string, object]>> = {
  'P-256': ['ec', { namedCurve: 'prime256v1' }],
  'P-384': ['ec', { namedCurve: 'secp384r1' }],
  Ed25519: ['ed25519', {}],
  'RSA-2048': ['rsa', { modulusLength: 2048 }],
  'RSA-4096': ['rsa', { modulusLength: 4096 }],
};

export interface CertificateSpec {
  use: 'ca' | 'server' | 'client';
  subject: Subject;
  days: number;
  /** DNS names and addresses for the SAN. */
  hosts: readonly string[];
  key: Secret;
  /** Of a CA: how many CAs may stand below it. */
  pathLength?: number;
  /** Absent: the certificate signs itself. */
  issuer?: { certificate: X509Certificate; key: Secret };
}

/** A new private key as PKCS#8 PEM. RSA-4096 takes up to two seconds, off the main thread. */
export async function makeKey(type: KeyType): Promise<Secret> {
  const [kind, options] = keyKinds[type];
  const { privateKey } = await generate(kind, options);
  return new Secret(privateKey.export({ type: 'pkcs8', format: 'pem' }).toString());
}

/**
 * An X.509 v3 certificate (RFC 5280) as PEM. Extensions as OpenSSL's `-x509_strict`, Go and KES want them: KES ignores
 * a client certificate with CA:TRUE, so everything but the CA is CA:FALSE, self-signed ones too.
 */
export function makeCertificate(spec: CertificateSpec): string {
  const now = Date.now();
  const issuer = spec.issuer?.certificate;
  const publicKey = createPublicKey(createPrivateKey(spec.key.reveal()));
  const spki = publicKey.export({ type: 'spki', format: 'der' });
  const wanted = now + spec.days * day;
  // A leaf that outlives its CA would only pretend to be valid.
  const end = issuer ? Math.min(wanted, issuer.validToDate.getTime()) : wanted;
  const subject = name(spec.subject);
  const signingKey = createPrivateKey((spec.issuer?.key ?? spec.key).reveal());
  const algorithm = signatureAlgorithm(signingKey);
  const body = sequence(
    explicit(0, int(Buffer.from([2]))),
    int(serial()),
    algorithm.identifier(),
    issuer ? fieldsOf(issuer).subject : subject,
    sequence(time(new Date(now - backdatedMs)), time(new Date(end))),
    subject,
    parse(spki),
    explicit(3, sequence(...extensions(spec, spki))),
  );
  const der = bytes(body);
  const signature = sign(algorithm.hash, der, signingKey);
  return pem(bytes(sequence(body, algorithm.identifier(), bits(signature))));
}

/** Names of a SAN in one spelling: lower case, IPv6 compressed. Throws `invalidInput` for what is neither name nor address. */
export function canonicalHost(host: string): string {
  const kind = isIP(host);
  if (kind === 4) return host;
  if (kind === 6) return new URL(`http://[${host}]`).hostname.slice(1, -1);
  if (!/^(?!-)[a-z0-9.-]+$/i.test(host) || /(^|\.)(\.|\d+\.?$)/.test(host)) {
    throw new AppError('invalidInput', { field: 'hosts', reason: `${host} is neither a host name nor an address` });
  }
  return host.toLowerCase();
}

function extensions(spec: CertificateSpec, spki: Buffer) {
  const isCa = spec.use === 'ca';
  const own = keyId(spki);
  const authority = spec.issuer ? fieldsOf(spec.issuer.certificate).keyId : own;
  const list = [
    extension('2.5.29.14', octets(own)),
    extension('2.5.29.35', sequence(asn1.create(asn1.Class.CONTEXT_SPECIFIC, 0, false, authority.toString('binary')))),
    extension('2.5.29.19', isCa ? sequence(bool(true), int(Buffer.from([spec.pathLength ?? 0]))) : sequence(), true),
    // keyCertSign and cRLSign are bits 5 and 6, digitalSignature is bit 0.
    extension('2.5.29.15', isCa ? bits(Buffer.from([0x06]), 1) : bits(Buffer.from([0x80]), 7), true),
  ];
  if (!isCa) list.push(extension('2.5.29.37', sequence(oid(spec.use === 'server' ? '1.3.6.1.5.5.7.3.1' : '1.3.6.1.5.5.7.3.2'))));
  if (spec.hosts.length > 0) list.push(extension('2.5.29.17', sequence(...spec.hosts.map(generalName))));
  return list;
}

export function extension(id: string, value: forge.asn1.Asn1, critical = false) {
  return sequence(oid(id), ...(critical ? [bool(true)] : []), octets(bytes(value)));
}

export function generalName(host: string): forge.asn1.Asn1 {
  const plain = canonicalHost(host);
  const [tag, value] = isIP(plain) === 0 ? [2, plain] : [7, addressBytes(plain).toString('binary')];
  return asn1.create(asn1.Class.CONTEXT_SPECIFIC, tag as number, false, value as string);
}

function addressBytes(address: string): Buffer {
  if (isIP(address) === 4) return Buffer.from(address.split('.').map(Number));
  const [head = '', tail] = address.split('::');
  const groups = (part: string): string[] => (part === '' ? [] : part.split(':'));
  const [left, right] = [groups(head), groups(tail ?? '')];
  const zeros = Array.from({ length: 8 - left.length - right.length }, () => '0');
  return Buffer.from([...left, ...zeros, ...right].map((group) => group.padStart(4, '0')).join(''), 'hex');
}

export function name(subject: Subject): forge.asn1.Asn1 {
  const part = (id: string, value: string | undefined, printable = false): forge.asn1.Asn1[] => {
    if (!value) return [];
    const encoded = printable ? asn1.create(asn1.Class.UNIVERSAL, asn1.Type.PRINTABLESTRING, false, value) : utf8(value);
    return [set(sequence(oid(id), encoded))];
  };
  return sequence(
    ...part('2.5.4.6', subject.country, true),
    ...part('2.5.4.8', subject.state),
    ...part('2.5.4.7', subject.locality),
    ...part('2.5.4.10', subject.organisation),
    ...part('2.5.4.11', subject.unit),
    ...part('2.5.4.3', subject.commonName),
  );
}

export function signatureAlgorithm(key: KeyObject): { hash: string | null; identifier: () => forge.asn1.Asn1 } {
  switch (keyTypeOf(key)) {
    case 'P-256':
      return { hash: 'sha256', identifier: () => sequence(oid('1.2.840.10045.4.3.2')) };
    case 'P-384':
      return { hash: 'sha384', identifier: () => sequence(oid('1.2.840.10045.4.3.3')) };
    case 'Ed25519':
      return { hash: null, identifier: () => sequence(oid('1.3.101.112')) };
    default:
      return { hash: 'sha256', identifier: () => sequence(oid('1.2.840.113549.1.1.11'), nul()) };
  }
}

/** 16 random bytes, positive and not zero (RFC 5280 4.1.2.2). */
function serial(): Buffer {
  const value = randomBytes(16);
  value[0] = ((value[0] ?? 0) & 0x7f) | 0x40;
  return value;
}

/** RFC 7093, method 1: the left 160 bits of SHA-256 over the key's bit string. */
function keyId(spki: Buffer): Buffer {
  const bitString = contentOf(partsOf(parse(spki))[1]).subarray(1);
  return createHash('sha256').update(bitString).digest().subarray(0, 20);
}

/** Subject and key id as they stand in an issuer's certificate, so that the leaf repeats them byte for byte. */
function fieldsOf(certificate: X509Certificate): { subject: forge.asn1.Asn1; keyId: Buffer } {
  const fields = partsOf(partsOf(parse(certificate.raw))[0]);
  const subject = fields[5];
  if (!subject) throw new Error('a certificate without a subject field');
  const list = fields.find((field) => field.tagClass === asn1.Class.CONTEXT_SPECIFIC && (field.type as number) === 3);
  const wanted = oid('2.5.29.14').value;
  const found = partsOf(partsOf(list)[0]).find((one) => partsOf(one)[0]?.value === wanted);
  if (found) return { subject, keyId: contentOf(parse(contentOf(partsOf(found).at(-1)))) };
  return { subject, keyId: keyId(certificate.publicKey.export({ type: 'spki', format: 'der' })) };
}

function pem(der: Buffer): string {
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;
}
