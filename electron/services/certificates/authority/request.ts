import { createPrivateKey, createPublicKey, sign, verify } from 'node:crypto';
import forge from 'node-forge';
import type { Subject } from '../../../../shared/certificates.ts';
import { AppError } from '../../../../shared/rpc/errors.ts';
import type { Secret } from '../../../../shared/secret.ts';
import { reasonOf } from '../../../platform/atomicFile.ts';
import { extension, generalName, name, signatureAlgorithm } from '../build.ts';
import { bits, bytes, int, oid, parse, sequence, set } from '../der.ts';
import { identityOfKey, pemBlock } from './keyFile.ts';
import { partsIn, readTlv } from './tlv.ts';

export interface RequestSpec {
  subject: Subject;
  hosts: readonly string[];
  use: 'server' | 'client';
  /** Which extensions to ask for. Some CAs refuse a request that asks for what they decide themselves. */
  ask: readonly ('names' | 'usage')[];
  key: Secret;
}

const uses = { server: '1.3.6.1.5.5.7.3.1', client: '1.3.6.1.5.5.7.3.2' } as const;

/** A certificate request (PKCS#10, RFC 2986) as PEM, signed with its own key. */
export function makeRequest({ subject, hosts, use, ask, key }: RequestSpec): string {
  const privateKey = createPrivateKey(key.reveal());
  const algorithm = signatureAlgorithm(privateKey);
  const spki = createPublicKey(privateKey).export({ type: 'spki', format: 'der' });
  const wanted = [
    ...(ask.includes('names') && hosts.length > 0 ? [extension('2.5.29.17', sequence(...hosts.map(generalName)))] : []),
    ...(ask.includes('usage')
      ? [extension('2.5.29.15', bits(Buffer.from([0x80]), 7), true), extension('2.5.29.37', sequence(oid(uses[use])))]
      : []),
  ];
  // extensionRequest of PKCS#9; without any, the attributes are an empty set, which must be there.
  const attributes = wanted.length > 0 ? [sequence(oid('1.2.840.113549.1.9.14'), set(sequence(...wanted)))] : [];
  const body = sequence(
    int(Buffer.from([0])),
    name(subject),
    parse(spki),
    forge.asn1.create(forge.asn1.Class.CONTEXT_SPECIFIC, 0, true, attributes),
  );
  const der = bytes(body);
  const signature = sign(algorithm.hash, der, privateKey);
  return pemBlock('CERTIFICATE REQUEST', bytes(sequence(body, algorithm.identifier(), bits(signature))));
}

/** The KES identity of the key in a request, whose own signature is checked. Throws `certificateFileUnreadable`. */
export function identityOfRequest(pem: string, file: string): string {
  try {
    const [, body = ''] = /-----BEGIN (?:NEW )?CERTIFICATE REQUEST-----([\s\S]*?)-----END/.exec(pem) ?? [];
    const [info, , signature] = partsIn(readTlv(Buffer.from(body, 'base64')));
    const spki = partsIn(info)[2];
    if (!info || !spki || !signature) throw new Error('not a certificate request');
    const key = createPublicKey({ key: spki.raw, format: 'der', type: 'spki' });
    const { hash } = signatureAlgorithm(key);
    if (!verify(hash, info.raw, key, signature.content.subarray(1))) throw new Error('its signature is not of its key');
    return identityOfKey(key);
  } catch (error) {
    throw new AppError('certificateFileUnreadable', { file, reason: reasonOf(error).slice(0, 200) }, { cause: error });
  }
}
