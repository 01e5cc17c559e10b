import { createCipheriv, createHash, createHmac, type KeyObject, pbkdf2Sync, randomBytes, type X509Certificate } from 'node:crypto';
import forge from 'node-forge';
import type { Secret } from '../../../../shared/secret.ts';
import { bytes, explicit, int, nul, octets, oid, sequence, set } from '../der.ts';
import { pkcs12Key } from './pkcs12Key.ts';

type Asn1 = forge.asn1.Asn1;
/** For the cipher (PBKDF2, HMAC-SHA-256): a hundred times what OpenSSL takes, 0.1 s; every reader takes it. */
const rounds = 200_000;
/** For the MAC. Its key derivation is slow in scripting languages; the cipher is what protects. */
const macRounds = 10_000;

/**
 * A PKCS#12 file: PBES2 with AES-256-CBC for key and certificates, HMAC-SHA-256 over all. Older programs (Java 8 before
 * update 301, Windows before 2019) open nothing but 3DES or RC2 with SHA-1, which is not written here.
 */
export function writePkcs12(key: KeyObject, chain: readonly X509Certificate[], name: string, password: Secret): Buffer {
  const word = password.reveal();
  const id = createHash('sha256')
    .update(chain[0]?.raw ?? '')
    .digest()
    .subarray(0, 20);
  const attributes = set(
    sequence(oid('1.2.840.113549.1.9.20'), set(bmpString(name))),
    sequence(oid('1.2.840.113549.1.9.21'), set(octets(id))),
  );
  const keyBag = sequence(oid('1.2.840.113549.1.12.10.1.2'), explicit(0, shrouded(key, word)), attributes);
  const certificateBags = chain.map((certificate, index) =>
    sequence(
      oid('1.2.840.113549.1.12.10.1.3'),
      explicit(0, sequence(oid('1.2.840.113549.1.9.22.1'), explicit(0, octets(certificate.raw)))),
      ...(index === 0 ? [attributes] : []),
    ),
  );
  const safe = bytes(sequence(encrypted(sequence(...certificateBags), word), plainData(bytes(sequence(keyBag)))));
  const salt = randomBytes(16);
  const mac = createHmac('sha256', pkcs12Key('sha256', word, salt, macRounds, 3, 32))
    .update(safe)
    .digest();
  const macData = sequence(
    sequence(sequence(oid('2.16.840.1.101.3.4.2.1'), nul()), octets(mac)),
    octets(salt),
    int(numberBytes(macRounds)),
  );
  return bytes(sequence(int(Buffer.from([3])), plainData(safe), macData));
}

function plainData(content: Buffer): Asn1 {
  return sequence(oid('1.2.840.113549.1.7.1'), explicit(0, octets(content)));
}

function shrouded(key: KeyObject, password: string): Asn1 {
  const { algorithm, sealed } = seal(key.export({ type: 'pkcs8', format: 'der' }), password);
  return sequence(algorithm, octets(sealed));
}

function encrypted(content: Asn1, password: string): Asn1 {
  const { algorithm, sealed } = seal(bytes(content), password);
  const implicit = forge.asn1.create(forge.asn1.Class.CONTEXT_SPECIFIC, 0, false, sealed.toString('binary'));
  const info = sequence(oid('1.2.840.113549.1.7.1'), algorithm, implicit);
  return sequence(oid('1.2.840.113549.1.7.6'), explicit(0, sequence(int(Buffer.from([0])), info)));
}

/** PBES2: PBKDF2 with HMAC-SHA-256, AES-256-CBC. */
function seal(content: Buffer, password: string): { algorithm: Asn1; sealed: Buffer } {
  const [salt, iv] = [randomBytes(16), randomBytes(16)];
  const cipher = createCipheriv('aes-256-cbc', pbkdf2Sync(Buffer.from(password), salt, rounds, 32, 'sha256'), iv);
  const derivation = sequence(
    oid('1.2.840.113549.1.5.12'),
    sequence(octets(salt), int(numberBytes(rounds)), sequence(oid('1.2.840.113549.2.9'), nul())),
  );
  const scheme = sequence(oid('2.16.840.1.101.3.4.1.42'), octets(iv));
  return {
    algorithm: sequence(oid('1.2.840.113549.1.5.13'), sequence(derivation, scheme)),
    sealed: Buffer.concat([cipher.update(content), cipher.final()]),
  };
}

function numberBytes(value: number): Buffer {
  const hex = value.toString(16);
  const even = hex.length % 2 === 0 ? hex : `0${hex}`;
  return Buffer.from(/^[89a-f]/.test(even) ? `00${even}` : even, 'hex');
}

/** forge itself makes two bytes of each letter. */
function bmpString(text: string): Asn1 {
  return forge.asn1.create(forge.asn1.Class.UNIVERSAL, forge.asn1.Type.BMPSTRING, false, text);
}
