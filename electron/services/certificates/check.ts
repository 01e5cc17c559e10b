import type { X509Certificate } from 'node:crypto';
import type { CertificatesInput } from '../../../shared/certificates.ts';
import { AppError } from '../../../shared/rpc/errors.ts';
import type { Secret } from '../../../shared/secret.ts';
import type { Evidence } from '../../../shared/setup.ts';
import { say } from '../../../shared/text.ts';
import { seen } from '../../jobs/evidence.ts';
import type { StackAccess } from '../../jobs/step.ts';
import { identityOf } from '../../platform/certificateFacts.ts';
import { makeCertificate, makeKey } from './build.ts';
import { missingNames } from './decide.ts';
import { shakeHands } from './handshake.ts';
import { namesOf, usagesOf } from './inspect.ts';
import { type Asked, isOurs, needsOf } from './needs.ts';
import { caFile, isPair, minioCaFile, type Pair, readCertificates, readKey, wantedLeaf } from './pairs.ts';

const day = 24 * 60 * 60_000;

interface Read {
  pair: Pair;
  certificate: X509Certificate;
  key: Secret;
  hosts: readonly string[];
}

/**
 * Looks at the files as the servers will read them, then lets each pair serve and each identity log in over a real TLS
 * connection inside this process. Throws the first `certificate…` or `tls…` error.
 */
export async function checkCertificates(access: StackAccess, asked: Asked): Promise<Evidence[]> {
  const { input } = asked;
  const evidence: Evidence[] = [];
  const note = (...what: Parameters<typeof seen>): void => void evidence.push(seen(...what));

  const needs = needsOf(asked);
  if (needs.length === 0) return [seen('disk', say('certificatesNoneIdentity'), undefined, 'info')];
  const trusting = input.kind === 'ca' || needs.some(({ pair }) => pair.use === 'server');
  const trust = trusting ? await readTrust(access, input) : [];
  for (const one of trust) {
    const values = { file: caFile, until: one.validToDate.toISOString().slice(0, 10) };
    note(
      'disk',
      input.kind === 'ca' ? say('certificatesSeenCa', values) : say('certificatesSeenOwn', values),
      one.fingerprint256.toLowerCase(),
    );
  }

  const read: Read[] = [];
  for (const need of needs) {
    const { pair } = need;
    const wanted = wantedLeaf(need, input);
    const found = { ...(await readPair(access, pair)), hosts: wanted.hosts };
    checkLeaf(found, trust, input.kind);
    read.push(found);
    const until = found.certificate.validToDate.toISOString().slice(0, 10);
    note(
      'disk',
      say('certificatesSeenPair', { file: pair.certificate, until }),
      namesOf(found.certificate).join(', ') || found.certificate.subject,
    );
    const left = Math.floor((found.certificate.validToDate.getTime() - Date.now()) / day);
    if (left < Math.min(30, input.days / 3))
      note('disk', say('certificatesSoon', { file: pair.certificate, days: left }), undefined, 'warn');
    const mode = 'file' in pair.key ? await checkMode(access, pair.key.file) : undefined;
    if (mode !== undefined && 'file' in pair.key) note('disk', say('certificatesSeenMode', { file: pair.key.file }), mode);
  }
  const operator = needs.some(({ pair }) => pair.id === 'operator');
  if (input.kind === 'ca') note('store', operator ? say('certificatesSeenStore') : say('certificatesSeenStoreCa'));
  else if (operator) note('store', say('certificatesSeenStoreOperator'));

  const ca = (await access.folder.read(caFile)) ?? '';
  const servers = read.filter((one) => one.pair.use === 'server');
  for (const { pair, certificate, key, hosts } of servers) {
    const { protocol } = await shakeHands({ cert: certificate.toString(), key }, { ca, hosts });
    note('tls', say('certificatesSeenHandshake', { id: pair.id, names: hosts.join(', ') }), protocol);
  }
  const own = servers.find((one) => one.pair.id === 'kes') ?? servers[0];
  const server = own
    ? { identity: { cert: own.certificate.toString(), key: own.key }, trust: { ca, hosts: own.hosts } }
    : await passingServer();
  for (const { pair, certificate, key } of read.filter((one) => one.pair.use === 'client')) {
    const cert = certificate.toString();
    const client = { cert, key, ca: input.kind === 'ca' ? ca : cert };
    const { identity } = await shakeHands(server.identity, server.trust, client);
    if (identity !== identityOf(certificate)) throw new AppError('certificateMismatch', { file: pair.certificate, key: pair.id });
    note('tls', say('certificatesSeenIdentity', { id: pair.id, identity }), identity);
  }
  return evidence;
}

/** Where all servers are elsewhere, the identities log in to one that lives for this check only. */
async function passingServer(): Promise<{ identity: { cert: string; key: Secret }; trust: { ca: string; hosts: string[] } }> {
  const key = await makeKey('P-256');
  const hosts = ['127.0.0.1'];
  const cert = makeCertificate({ use: 'server', subject: { commonName: 'check' }, days: 1, hosts, key });
  return { identity: { cert, key }, trust: { ca: cert, hosts } };
}

async function readTrust(access: StackAccess, input: CertificatesInput): Promise<X509Certificate[]> {
  const trust = await readCertificates(access, caFile);
  if (trust.length === 0) throw new AppError('certificateMissing', { file: caFile });
  for (const one of trust) {
    checkDates(one, caFile);
    if (input.kind === 'ca' && !one.ca) throw new AppError('certificateNoCa', { file: caFile });
  }
  if (isOurs(access.stack, 'minio') && (await access.folder.read(minioCaFile)) !== (await access.folder.read(caFile)))
    throw new AppError('certificateCopy', { file: minioCaFile, of: caFile });
  const [ca] = trust;
  if (input.kind === 'ca' && ca) {
    const key = access.secrets.get('ca.key');
    if (!key) throw new AppError('certificateKeyLost', { name: 'ca.key' });
    if (trust.length > 1 || !isPair(ca, key)) throw new AppError('certificateMismatch', { file: caFile, key: 'ca.key' });
  }
  return trust;
}

async function readPair(access: StackAccess, pair: Pair): Promise<Omit<Read, 'hosts'>> {
  const [certificate] = await readCertificates(access, pair.certificate);
  if (!certificate) throw new AppError('certificateMissing', { file: pair.certificate });
  const key = await readKey(access, pair.key);
  const name = 'file' in pair.key ? pair.key.file : pair.key.secret;
  if (!key) throw 'file' in pair.key ? new AppError('certificateMissing', { file: name }) : new AppError('certificateKeyLost', { name });
  if (!isPair(certificate, key)) throw new AppError('certificateMismatch', { file: pair.certificate, key: name });
  return { pair, certificate, key };
}

function checkLeaf({ pair, certificate, hosts }: Read, trust: readonly X509Certificate[], kind: CertificatesInput['kind']): void {
  const file = pair.certificate;
  checkDates(certificate, file);
  if (certificate.ca) throw new AppError('certificateIsCa', { file });
  const usage = `${pair.use}Auth`;
  if (!usagesOf(certificate).includes(usage)) throw new AppError('certificatePurpose', { file, usage });
  const missing = missingNames(certificate, hosts);
  if (missing.length > 0) {
    throw new AppError('certificateNames', { file, missing: missing.join(', '), names: namesOf(certificate).join(', ') || '–' });
  }
  // A self-signed leaf may sign nothing, so it is no issuer by its own word: it is trusted as itself.
  const issued = trust.some((ca) => certificate.checkIssued(ca) && certificate.verify(ca.publicKey));
  const itself =
    certificate.verify(certificate.publicKey) && (pair.use === 'client' || trust.some((one) => one.raw.equals(certificate.raw)));
  if (kind === 'ca' ? !issued : !itself) throw new AppError('certificateIssuer', { file, ca: caFile });
}

function checkDates(certificate: X509Certificate, file: string): void {
  const now = Date.now();
  const [from, to] = [certificate.validFromDate, certificate.validToDate];
  if (from.getTime() <= now && now < to.getTime()) return;
  throw new AppError('certificateExpired', { file, from: from.toISOString(), to: to.toISOString() });
}

async function checkMode(access: StackAccess, file: string): Promise<string | undefined> {
  const bits = await access.folder.mode(file);
  if (bits === undefined) return undefined;
  const mode = (bits & 0o777).toString(8).padStart(4, '0');
  if ((bits & 0o077) !== 0) throw new AppError('certificateKeyOpen', { file, mode });
  return mode;
}
