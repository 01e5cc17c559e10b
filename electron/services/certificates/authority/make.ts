import { createPrivateKey, X509Certificate } from 'node:crypto';
import type { MakeInput } from '../../../../shared/certificateFiles.ts';
import { AppError } from '../../../../shared/rpc/errors.ts';
import type { Secret } from '../../../../shared/secret.ts';
import type { Evidence } from '../../../../shared/setup.ts';
import { say } from '../../../../shared/text.ts';
import { seen } from '../../../jobs/evidence.ts';
import type { StackAccess } from '../../../jobs/step.ts';
import { identityOf } from '../../../platform/certificateFacts.ts';
import { canonicalHost, makeCertificate, makeKey } from '../build.ts';
import { certificateMode, keyMode } from '../pairs.ts';
import { identityOfKey, keyPem } from './keyFile.ts';
import { keyRingOf } from './keyRing.ts';
import { checkInput, pathsOf } from './makePlan.ts';
import { identityOfRequest, makeRequest } from './request.ts';
import type { OpenSigner } from './signers.ts';

type Made = { file: string; evidence: Evidence[] };

/** Makes a CA, a certificate or a request. The key is safe before anything that needs it is written. Throws what `checkInput` throws. */
export async function make(access: StackAccess, input: MakeInput): Promise<Made> {
  const signer = await checkInput(access, input);
  if (input.what === 'request') return makeOneRequest(access, input);
  return input.what === 'authority' ? makeAuthority(access, input, signer) : makeLeaf(access, input, signer);
}

async function makeAuthority(
  access: StackAccess,
  input: Extract<MakeInput, { what: 'authority' }>,
  signer: OpenSigner | undefined,
): Promise<Made> {
  access.secrets.requireDurable(input.name);
  const { subject, days, pathLength, name } = input;
  const key = await makeKey(input.keyType);
  const pem = makeCertificate({ use: 'ca', subject, days, hosts: [], key, pathLength, ...issuedBy(signer) });
  const file = pathsOf(input).certificate;
  await keyRingOf(access).add({ kind: 'authority', name, identity: identityOfKey(createPrivateKey(key.reveal())), key: key.reveal() });
  await access.folder.makeFolder('certs/authority', 0o700);
  await access.folder.write(file, pem + (signer?.chain ?? ''), certificateMode);
  await access.journal(say('certificatesMadeCa', { file, name: subject.commonName }));
  return { file, evidence: await lookedAt(access, file, key) };
}

async function makeLeaf(access: StackAccess, input: Extract<MakeInput, { what: 'leaf' }>, signer: OpenSigner | undefined): Promise<Made> {
  const { subject, days, use, name, keyIn, protection, passphrase } = input;
  if (keyIn === 'store') access.secrets.requireDurable(name);
  const key = await makeKey(input.keyType);
  const hosts = [...new Set(input.hosts.map(canonicalHost))];
  const pem = makeCertificate({ use, subject, days, hosts, key, ...issuedBy(signer) });
  const paths = pathsOf(input);
  await access.folder.makeFolder('certs/made', 0o700);
  await keepKey(access, { key, keyIn, name, file: paths.key, protection, passphrase });
  await access.folder.write(paths.certificate, pem + (signer?.chain ?? ''), certificateMode);
  await access.journal(say('certificatesMadePair', { id: name, file: paths.certificate }));
  const evidence = await lookedAt(access, paths.certificate, key);
  if (keyIn === 'file') evidence.push(await modeSeen(access, paths.key));
  return { file: paths.certificate, evidence };
}

export interface KeyToKeep {
  key: Secret;
  keyIn: 'file' | 'store';
  name: string;
  file: string;
  protection: 'none' | 'pkcs8' | 'rfc1423';
  passphrase?: Secret | undefined;
}

/** Into the sealed store, or into a file that nobody else reads. */
export async function keepKey(access: StackAccess, { key, keyIn, name, file, protection, passphrase }: KeyToKeep): Promise<void> {
  const opened = createPrivateKey(key.reveal());
  if (keyIn === 'store') {
    await keyRingOf(access).add({ kind: 'certificate', name, identity: identityOfKey(opened), key: key.reveal() });
    return;
  }
  await access.folder.write(file, keyPem(opened, protection, passphrase).reveal(), keyMode);
}

async function makeOneRequest(access: StackAccess, input: Extract<MakeInput, { what: 'request' }>): Promise<Made> {
  const { name, subject, use, ask, target, keyType } = input;
  access.secrets.requireDurable(name);
  const key = await makeKey(keyType);
  const hosts = [...new Set(input.hosts.map(canonicalHost))];
  const pem = makeRequest({ subject, hosts, use, ask, key });
  const file = pathsOf(input).request;
  const identity = identityOfRequest(pem, file);
  await keyRingOf(access).add({
    kind: 'request',
    name,
    identity,
    key: key.reveal(),
    request: { target, use, subject, keyType, hosts, ask },
  });
  await access.folder.makeFolder('certs/requests', 0o700);
  await access.folder.write(file, pem, certificateMode);
  await access.journal(say('certificateDidRequest', { name, file }));
  return {
    file,
    evidence: [seen('disk', say('certificateSeenRequest', { file }), identity), seen('store', say('certificateSeenKept', { name }))],
  };
}

function issuedBy(signer: OpenSigner | undefined): { issuer?: { certificate: X509Certificate; key: Secret } } {
  return signer ? { issuer: { certificate: signer.certificate, key: signer.key } } : {};
}

/** Reads the file again, as a server will. */
async function lookedAt(access: StackAccess, file: string, key: Secret): Promise<Evidence[]> {
  const certificate = new X509Certificate((await access.folder.read(file)) ?? '');
  if (!certificate.checkPrivateKey(createPrivateKey(key.reveal()))) throw new AppError('certificateMismatch', { file, key: file });
  const until = certificate.validToDate.toISOString().slice(0, 10);
  return [seen('disk', say('certificateSeenMade', { file, until }), identityOf(certificate))];
}

/** The mode that the file really has; another than 0600 is a warning, as on a file system without modes. */
export async function modeSeen(access: StackAccess, file: string): Promise<Evidence> {
  const bits = await access.folder.mode(file);
  if (bits === undefined) return seen('disk', say('certificateSeenNoMode', { file }), undefined, 'info');
  const mode = bits.toString(8).padStart(4, '0');
  return (bits & 0o077) === 0
    ? seen('disk', say('certificatesSeenMode', { file }), mode)
    : seen('disk', say('certificateFindOpen', { mode }), mode, 'warn');
}
