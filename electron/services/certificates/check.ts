import type { X509Certificate } from 'node:crypto';
import type { CertificatesInput } from '../../../shared/certificates.ts';
import { AppError } from '../../../shared/rpc/errors.ts';
import type { Secret } from '../../../shared/secret.ts';
import type { Evidence } from '../../../shared/setup.ts';
import { say } from '../../../shared/text.ts';
import { seen } from '../../jobs/evidence.ts';
import type { StackAccess } from '../../jobs/step.ts';
import { missingNames } from './decide.ts';
import { shakeHands } from './handshake.ts';
import { identityOf, namesOf, usagesOf } from './inspect.ts';
import { caFile, isPair, minioCaFile, type Pair, pairs, readCertificates, readKey, wantedLeaf } from './pairs.ts';

const day = 24 * 60 * 60_000;

interface Read {
  pair: Pair;
  certificate: X509Certificate;
  key: Secret;
}

/**
 * Looks at the files as the servers will read them, then lets each pair serve and each identity log in over a real TLS
 * connection inside this process. Throws the first `certificate…` or `tls…` error.
 */
export async function checkCertificates(access: StackAccess, input: CertificatesInput, hosts: readonly string[]): Promise<Evidence[]> {
  const evidence: Evidence[] = [];
  const note = (...what: Parameters<typeof seen>): void => void evidence.push(seen(...what));

  const trust = await readTrust(access, input);
  for (const one of trust) {
    const values = { file: caFile, until: one.validToDate.toISOString().slice(0, 10) };
    note(
      'disk',
      input.kind === 'ca' ? say('certificatesSeenCa', values) : say('certificatesSeenOwn', values),
      one.fingerprint256.toLowerCase(),
    );
  }

  const read: Read[] = [];
  for (const pair of pairs) {
    const wanted = wantedLeaf(pair, input, hosts);
    const found = await readPair(access, pair);
    checkLeaf(found, trust, wanted.hosts, input.kind);
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
  note('store', input.kind === 'ca' ? say('certificatesSeenStore') : say('certificatesSeenStoreOperator'));

  const ca = (await access.folder.read(caFile)) ?? '';
  const names = wantedLeaf({ ...(pairs[0] as Pair), use: 'server' }, input, hosts).hosts;
  for (const { pair, certificate, key } of read.filter((one) => one.pair.use === 'server')) {
    const { protocol } = await shakeHands({ cert: certificate.toString(), key }, { ca, hosts: names });
    note('tls', say('certificatesSeenHandshake', { id: pair.id, names: names.join(', ') }), protocol);
  }
  const server = read.find((one) => one.pair.id === 'kes') as Read;
  for (const { pair, certificate, key } of read.filter((one) => one.pair.use === 'client')) {
    const cert = certificate.toString();
    const client = { cert, key, ca: input.kind === 'ca' ? ca : cert };
    const { identity } = await shakeHands({ cert: server.certificate.toString(), key: server.key }, { ca, hosts: names }, client);
    if (identity !== identityOf(certificate)) throw new AppError('certificateMismatch', { file: pair.certificate, key: pair.id });
    note('tls', say('certificatesSeenIdentity', { id: pair.id, identity }), identity);
  }
  return evidence;
}

async function readTrust(access: StackAccess, input: CertificatesInput): Promise<X509Certificate[]> {
  const trust = await readCertificates(access, caFile);
  if (trust.length === 0) throw new AppError('certificateMissing', { file: caFile });
  for (const one of trust) {
    checkDates(one, caFile);
    if (input.kind === 'ca' && !one.ca) throw new AppError('certificateNoCa', { file: caFile });
  }
  if ((await access.folder.read(minioCaFile)) !== (await access.folder.read(caFile))) {
    throw new AppError('certificateCopy', { file: minioCaFile, of: caFile });
  }
  const [ca] = trust;
  if (input.kind === 'ca' && ca) {
    const key = access.secrets.get('ca.key');
    if (!key) throw new AppError('certificateKeyLost', { name: 'ca.key' });
    if (trust.length > 1 || !isPair(ca, key)) throw new AppError('certificateMismatch', { file: caFile, key: 'ca.key' });
  }
  return trust;
}

async function readPair(access: StackAccess, pair: Pair): Promise<Read> {
  const [certificate] = await readCertificates(access, pair.certificate);
  if (!certificate) throw new AppError('certificateMissing', { file: pair.certificate });
  const key = await readKey(access, pair.key);
  const name = 'file' in pair.key ? pair.key.file : pair.key.secret;
  if (!key) throw 'file' in pair.key ? new AppError('certificateMissing', { file: name }) : new AppError('certificateKeyLost', { name });
  if (!isPair(certificate, key)) throw new AppError('certificateMismatch', { file: pair.certificate, key: name });
  return { pair, certificate, key };
}

function checkLeaf(
  { pair, certificate }: Read,
  trust: readonly X509Certificate[],
  hosts: readonly string[],
  kind: CertificatesInput['kind'],
): void {
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
