import type { X509Certificate } from 'node:crypto';
import type { ReplyVerdict } from '../../../../shared/certificateFiles.ts';
import { sentence } from '../../../../shared/messages.ts';
import { AppError } from '../../../../shared/rpc/errors.ts';
import { Secret } from '../../../../shared/secret.ts';
import type { Evidence } from '../../../../shared/setup.ts';
import type { ServerKind, Stack } from '../../../../shared/stacks.ts';
import { say, type Text } from '../../../../shared/text.ts';
import { seen } from '../../../jobs/evidence.ts';
import type { StackAccess } from '../../../jobs/step.ts';
import { identityOf, oneLine } from '../../../platform/certificateFacts.ts';
import { shakeHands } from '../handshake.ts';
import { isOurs } from '../needs.ts';
import { certificateMode, keyMode, readCertificates, withMinioIdentity } from '../pairs.ts';
import { keyRingOf } from './keyRing.ts';
import { modeSeen } from './make.ts';
import { pairOf, pathsOf } from './makePlan.ts';
import { isBlocked, type Reply } from './reply.ts';

interface Places {
  certificate: string;
  key: string;
  trust: string;
  server: ServerKind | undefined;
}

function placesOf({ request: { name, request } }: Reply): Places {
  const pair = pairOf(request.target);
  const made = pathsOf({ what: 'leaf', name });
  const server = pair?.use === 'server' ? (pair.id as ServerKind) : undefined;
  return {
    certificate: pair?.certificate ?? made.certificate,
    key: pair && 'file' in pair.key ? pair.key.file : made.key,
    trust: `certs/trust/${pair?.id ?? name}.crt`,
    server,
  };
}

/** What a server and those that speak to it need, once its files are others. */
const afterwards = {
  vault: 'certificateReplyVault',
  kes: 'certificateReplyKes',
  minio: 'certificateReplyMinio',
} as const satisfies Record<ServerKind, Text['code']>;

/** What taking the reply will change, in sentences. */
export async function planReply(access: StackAccess, reply: Reply): Promise<Pick<ReplyVerdict, 'changes' | 'warnings'>> {
  const { certificate, key, trust, server } = placesOf(reply);
  const there = (await access.folder.read(certificate)) !== undefined;
  const changes = [
    there ? say('certificateReplyReplaces', { file: certificate }) : say('certificateReplyWrites', { file: certificate }),
    say('certificateReplyWritesKey', { file: key }),
  ];
  if (there) changes.push(say('certificateReplyKeeps'));
  if (reply.anchor) changes.push(say('certificateReplyTrust', { file: trust }));
  const warnings: Text[] = [];
  if (server) warnings.push(say(afterwards[server]));
  if (reply.request.request.target === 'minio-client') warnings.push(say('certificateReplyPolicy', { identity: reply.request.identity }));
  return { changes, warnings };
}

/**
 * Puts a reply in place: trust first, then the key, then the certificate with its chain. What was there is kept, the key in the
 * credential store. Throws `certificateReplyBlocked` and changes nothing when a check failed.
 */
export async function takeReply(access: StackAccess, reply: Reply): Promise<{ file: string; evidence: Evidence[] }> {
  const { leaf, between, anchor, request } = reply;
  const failed = reply.checks.find(({ outcome }) => outcome === 'fail');
  if (!leaf || !anchor || isBlocked(reply))
    throw new AppError('certificateReplyBlocked', { reason: failed ? sentence('en', failed.text) : '' });
  const places = placesOf(reply);
  const { server, trust } = places;
  const old = { certificate: await access.folder.read(places.certificate), key: await access.folder.read(places.key) };
  await keepOld(access, places, old);

  const pem = anchor.toString();
  await access.folder.makeFolder('certs/trust', 0o700);
  await access.folder.write(trust, pem, certificateMode);
  if (server && isOurs(access.stack, 'minio')) {
    await access.folder.makeFolder('minio/certs/CAs', 0o700);
    await access.folder.write(`minio/certs/CAs/${server}.crt`, pem, certificateMode);
  }
  await access.folder.makeFolder(places.key.slice(0, places.key.lastIndexOf('/')), 0o700);
  await access.folder.write(places.key, request.key, keyMode);
  try {
    await access.folder.write(places.certificate, [leaf, ...between].map(String).join(''), certificateMode);
  } catch (error) {
    if (old.key !== undefined) await access.folder.write(places.key, old.key, keyMode);
    throw error;
  }
  await access.update((stack) => withReply(stack, reply, trust, server));
  await keyRingOf(access).remove(request.id);
  await access.folder.remove(pathsOf({ what: 'request', name: request.name }).request);
  await access.journal(say('certificateDidTakeReply', { file: places.certificate, issuer: oneLine(leaf.issuer).slice(0, 120) }));
  return { file: places.certificate, evidence: [...(await proofs(reply, leaf, between, anchor)), await modeSeen(access, places.key)] };
}

async function keepOld(
  access: StackAccess,
  places: Places,
  old: { certificate: string | undefined; key: string | undefined },
): Promise<void> {
  if (old.certificate === undefined) return;
  const stamp = new Date().toISOString().slice(0, 19).replace(/[:T]/g, '-');
  const name = `${places.certificate.slice(places.certificate.lastIndexOf('/') + 1).replace(/\.crt$/, '')}-${stamp}`;
  const [before] = await readCertificates(access, places.certificate).catch(() => []);
  if (before && old.key !== undefined) {
    const identity = identityOf(before);
    const known = keyRingOf(access).byIdentity(identity);
    if (!known) await keyRingOf(access).add({ kind: 'certificate', name, identity, key: old.key });
  }
  await access.folder.makeFolder('certs/before', 0o700);
  await access.folder.write(`certs/before/${name}.crt`, old.certificate, certificateMode);
}

/** A TLS client that believes the anchor alone accepts it for every name; a server that believes it alone knows the identity. */
async function proofs(
  { request }: Reply,
  leaf: X509Certificate,
  between: readonly X509Certificate[],
  anchor: X509Certificate,
): Promise<Evidence[]> {
  const cert = [leaf, ...between].map(String).join('');
  const ca = anchor.toString();
  const { hosts, use } = request.request;
  if (use === 'client') return [seen('disk', say('certificateSeenMade', { file: request.name, until: leaf.validTo }), identityOf(leaf))];
  const { protocol } = await shakeHands({ cert, key: new Secret(request.key) }, { ca, hosts });
  return [seen('tls', say('certificateSeenReply', { names: hosts.join(', ') }), protocol)];
}

function withReply(stack: Stack, { anchor, leaf, request }: Reply, file: string, server: ServerKind | undefined): Stack {
  if (!anchor || !leaf) return stack;
  if (request.request.target === 'minio-client') return withMinioIdentity(stack, identityOf(leaf));
  if (!server) return stack;
  const ca = {
    id: `company-${server}`,
    kind: 'file' as const,
    subject: oneLine(anchor.subject),
    fingerprint: anchor.fingerprint256.toLowerCase(),
    file,
  };
  const withCa = <T extends { ca: string }>(list: readonly T[]): T[] =>
    list.map((one, index) => (index === 0 ? { ...one, ca: ca.id } : one));
  return {
    ...stack,
    cas: [...stack.cas.filter(({ id }) => id !== ca.id), ca],
    keyStores: server === 'vault' ? withCa(stack.keyStores) : stack.keyStores,
    kesClusters: server === 'kes' ? withCa(stack.kesClusters) : stack.kesClusters,
    minioClusters: server === 'minio' ? withCa(stack.minioClusters) : stack.minioClusters,
  };
}
