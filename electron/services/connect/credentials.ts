import { createPrivateKey, type KeyObject, type X509Certificate } from 'node:crypto';
import type { CredentialInput } from '../../../shared/connect.ts';
import { isPublicIdentity } from '../../../shared/publicIdentities.ts';
import { AppError } from '../../../shared/rpc/errors.ts';
import { Secret } from '../../../shared/secret.ts';
import type { ServerKind } from '../../../shared/stacks.ts';
import { keyOfApiKey } from '../../clients/kes/apiKey.ts';
import type { KeptOperator } from '../../clients/vault/forStack.ts';
import type { SecretName } from '../../jobs/step.ts';
import { identityOf } from '../../platform/certificateFacts.ts';
import { pemOf, readCertificates } from './certificates.ts';

/** A credential as it is kept. `name` is what people know it by; it is no secret. */
export type Accepted =
  | { kind: 'vault'; name: string; operator: KeptOperator }
  | { kind: 'kes'; name: string; cert: string; hash: string; key: Secret }
  | { kind: 'minio'; name: string; keys: { user: string; password: string } };

/** A secret that was read from a file of the user's and waits in the engine. */
export type ImportedCredential = { kind: 'minio'; user: string; password: Secret } | { kind: 'kes'; apiKey: Secret };

export interface CredentialDeps {
  /** A client certificate that this key signs itself, as KES's own client makes one for an API key. PEM. */
  selfSigned(key: Secret, commonName: string): string;
  /** Throws `connectImportGone`. */
  imported(kind: ServerKind, source: string, alias: string | undefined): ImportedCredential;
}

/** Where each kind's credential lies in the sealed store. */
export const secretOf = { vault: 'vault.operator', kes: 'operator.key', minio: 'minio.root' } as const satisfies Record<
  ServerKind,
  SecretName
>;
export const operatorCertificate = 'connect/operator.crt';

/** Reads a credential and refuses what could never work, before any server is asked. */
export function acceptCredential(kind: ServerKind, input: CredentialInput, deps: CredentialDeps): Accepted {
  const accepted = read(input.kind === 'imported' ? fromImport(deps.imported(kind, input.source, input.alias)) : input, deps);
  if (accepted.kind !== kind) throw new AppError('invalidInput', { field: 'credential', reason: `is not one for ${kind}` });
  // Of an identity that is only printed nobody here has the key; of the others everybody has.
  if (accepted.kind === 'kes' && isPublicIdentity(accepted.hash)) throw new AppError('kesPublicIdentity');
  return accepted;
}

/** What goes into the sealed store. */
export function sealedForm(accepted: Accepted): Secret {
  if (accepted.kind === 'kes') return accepted.key;
  return new Secret(JSON.stringify(accepted.kind === 'vault' ? accepted.operator : accepted.keys));
}

function fromImport(found: ImportedCredential): Exclude<CredentialInput, { kind: 'imported' }> {
  return found.kind === 'kes'
    ? { kind: 'kesApiKey', apiKey: found.apiKey }
    : { kind: 'minioKeys', accessKey: found.user, secretKey: found.password };
}

function read(input: Exclude<CredentialInput, { kind: 'imported' }>, deps: CredentialDeps): Accepted {
  switch (input.kind) {
    case 'vaultToken': {
      const token = input.token.reveal().trim();
      // It goes into a header: anything else would be refused by the HTTP client, in worse words.
      if (!/^[\x21-\x7e]{1,4096}$/.test(token)) throw malformed('token');
      return { kind: 'vault', name: 'token', operator: { auth: 'token', mount: 'token', name: 'token', token } };
    }
    case 'vaultUserpass': {
      const { name, password } = input;
      if (!isPath(name)) throw malformed('name');
      return {
        kind: 'vault',
        name,
        operator: { auth: 'userpass', mount: mountOf(input.mount), name, password: password.reveal() },
      };
    }
    case 'vaultAppRole': {
      const roleId = input.roleId.trim();
      if (roleId === '') throw malformed('roleId');
      const secretId = input.secretId.reveal().trim();
      return { kind: 'vault', name: 'AppRole', operator: { auth: 'approle', mount: mountOf(input.mount), name: roleId, roleId, secretId } };
    }
    case 'kesCertificate':
      return kesIdentity(input.cert, input.key);
    case 'kesApiKey': {
      const pair = keyOfApiKey(input.apiKey);
      if (!pair) throw new AppError('connectApiKey');
      const cert = deps.selfSigned(pair.key, pair.hash);
      return { kind: 'kes', name: pair.hash, cert, hash: pair.hash, key: pair.key };
    }
    case 'minioKeys': {
      const [user, password] = [input.accessKey.trim(), input.secretKey.reveal().trim()];
      if (user.length < 3) throw malformed('accessKey');
      if (password.length < 8) throw new AppError('connectSecretKeyShort');
      return { kind: 'minio', name: user, keys: { user, password } };
    }
  }
}

/** KES ignores CA certificates, wants exactly one other, and cannot use an encrypted key (kes.md traps 2 and 3.3). */
function kesIdentity(pem: string, key: Secret): Accepted {
  const certificates = readCertificates(pem);
  const leaves = certificates.filter((certificate) => !certificate.ca);
  const leaf = leaves[0];
  if (!leaf) throw new AppError('connectIdentityIsCa', { subject: certificates[0]?.subject.split('\n').at(-1) ?? '' });
  if (leaves.length > 1) throw new AppError('connectIdentity', { reason: '@connectReasonTwo' });
  const privateKey = readKey(key);
  if (!fits(leaf, privateKey)) throw new AppError('connectIdentity', { reason: '@connectReasonOtherKey' });
  const hash = identityOf(leaf);
  const ordered = [leaf, ...certificates.filter((certificate) => certificate !== leaf)];
  const pkcs8 = new Secret(privateKey.export({ type: 'pkcs8', format: 'pem' }).toString());
  return { kind: 'kes', name: hash, cert: pemOf(ordered), hash, key: pkcs8 };
}

function readKey(key: Secret): KeyObject {
  const text = key.reveal();
  if (/ENCRYPTED/.test(text)) throw new AppError('connectIdentity', { reason: '@connectReasonEncrypted' });
  try {
    return createPrivateKey(text);
  } catch {
    // OpenSSL's own words could quote what it read.
    throw new AppError('connectIdentity', { reason: '@connectReasonNoKey' });
  }
}

function fits(certificate: X509Certificate, key: KeyObject): boolean {
  try {
    return certificate.checkPrivateKey(key);
  } catch {
    return false;
  }
}

/** The name of an auth mount, as it is written after `auth/`. */
function mountOf(mount: string): string {
  const plain = mount
    .trim()
    .replace(/^\/?(?:auth\/)?/, '')
    .replace(/\/+$/, '');
  if (!isPath(plain)) throw malformed('mount');
  return plain;
}

/** Goes into a path of Vault's API: a segment of dots would lead to another call. */
export function isPath(value: string): boolean {
  return /^[\w.@+-]+(?:\/[\w.@+-]+)*$/.test(value) && !value.split('/').some((segment) => /^\.+$/.test(segment));
}

function malformed(field: string): AppError {
  return new AppError('invalidInput', { field: `credential.${field}`, reason: 'is empty or has characters that cannot be part of it' });
}
