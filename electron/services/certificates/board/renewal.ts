import { createPrivateKey, type X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import type { BoardPlan, Renewable } from '../../../../shared/certificateBoard.ts';
import { keyType, type Subject, subject } from '../../../../shared/certificates.ts';
import { AppError } from '../../../../shared/rpc/errors.ts';
import type { Secret } from '../../../../shared/secret.ts';
import { serverNames, wayOf } from '../../../../shared/servers.ts';
import type { ServerKind } from '../../../../shared/stacks.ts';
import { say } from '../../../../shared/text.ts';
import type { StackAccess } from '../../../jobs/step.ts';
import { identityOf, oneLine } from '../../../platform/certificateFacts.ts';
import { shellWord } from '../../../platform/shellWord.ts';
import { isSelfSigned } from '../authority/facts.ts';
import { makeRequest } from '../authority/request.ts';
import { backdatedMs, canonicalHost } from '../build.ts';
import { issue } from '../commands.ts';
import { keyTypeOf, namesOf } from '../inspect.ts';
import { subjectOf } from '../madeWith.ts';
import { caFile, isPair, type Pair, pairs, readCertificates, readKey, readOwn } from '../pairs.ts';
import { boardCertificateOf, shortName } from './facts.ts';
import { tellCommand } from './served.ts';
import { usedUrls } from './urls.ts';

const day = 86_400_000;

/** A certificate that shall be made again for the key that is there. */
export interface Renewal {
  pair: Pair;
  current: X509Certificate;
  key: Secret;
  subject: Subject;
  /** What it holds now, and every name that is in use. */
  hosts: string[];
  /** Names that are in use and that it lacks. */
  added: string[];
  days: number;
  /** Who signs: the local CA, the certificate's own key, or a CA elsewhere. */
  by: { kind: 'local'; issuer: { certificate: X509Certificate; key: Secret } } | { kind: 'self' } | { kind: 'elsewhere'; issuer: string };
}

/** Throws `boardRenewElsewhere`, `boardRenewSelfSigned`, `boardRenewNames`, `certificateMissing`, `certificateKeyLost`, `certificateMismatch`. */
export async function renewalOf(access: StackAccess, id: Renewable, placed: readonly string[], days?: number): Promise<Renewal> {
  const pair = pairs.find((one) => one.id === id);
  if (!pair) throw new Error(`no pair ${id}`);
  const server = pair.use === 'server' ? (id as ServerKind) : undefined;
  if (server && wayOf(access.stack, server) !== 'here') throw new AppError('boardRenewElsewhere', { file: pair.certificate });
  const [current] = await readCertificates(access, pair.certificate);
  if (!current) throw new AppError('certificateMissing', { file: pair.certificate });
  const key = await readKey(access, pair.key);
  if (!key) throw new AppError('certificateKeyLost', { name: 'file' in pair.key ? pair.key.file : pair.key.secret });
  if (!isPair(current, key))
    throw new AppError('certificateMismatch', { file: pair.certificate, key: 'file' in pair.key ? pair.key.file : pair.key.secret });
  const by = await signerOf(access, current, server);
  if (by.kind === 'self' && server) throw new AppError('boardRenewSelfSigned', { file: pair.certificate });
  const held = server ? namesOf(current) : [];
  const odd = held.filter((name) => !isHost(name));
  if (odd.length > 0) throw new AppError('boardRenewNames', { file: pair.certificate, names: odd.join(', ').slice(0, 300) });
  const used = server
    ? (await usedUrls(access, placed)).filter((url) => url.server === server && url.way === 'here').map(({ host }) => host)
    : [];
  const hosts = [...new Set([...held, ...used].map(canonicalHost))];
  const lifetime = Math.max(1, Math.round((current.validToDate.getTime() - current.validFromDate.getTime() - backdatedMs) / day));
  return {
    pair,
    current,
    key,
    subject: subject.catch({ commonName: id }).parse(subjectOf(current)),
    hosts,
    added: hosts.filter((host) => !held.includes(host)),
    days: days ?? lifetime,
    by,
  };
}

async function signerOf(access: StackAccess, current: X509Certificate, server: ServerKind | undefined): Promise<Renewal['by']> {
  const ca = await readOwn(access, caFile);
  const key = access.secrets.get('ca.key');
  const issuer = oneLine(current.issuer);
  if (ca?.ca && key && isPair(ca, key) && (server === undefined || believesLocal(access, server)))
    return { kind: 'local', issuer: { certificate: ca, key } };
  return isSelfSigned(current) && !current.ca ? { kind: 'self' } : { kind: 'elsewhere', issuer: shortName(issuer) };
}

/** The clients of this server believe the local CA: its certificate came from there. */
function believesLocal({ stack }: Pick<StackAccess, 'stack'>, server: ServerKind): boolean {
  const [cluster] = { vault: stack.keyStores, kes: stack.kesClusters, minio: stack.minioClusters }[server];
  return cluster?.ca === 'local';
}

/** Other kinds of names, such as a wildcard or an e-mail address, are not issued here. */
function isHost(name: string): boolean {
  return isIP(name) !== 0 || /^(?!-)[a-z0-9.-]+$/i.test(name);
}

/** What renewing would do, and the same by hand. */
export async function planRenewal(access: StackAccess, renewal: Renewal): Promise<BoardPlan> {
  const { pair, current, hosts, added, days, by } = renewal;
  const values = { file: pair.certificate, identity: identityOf(current).slice(0, 16), days };
  const changes = [
    by.kind === 'local'
      ? say('boardRenewLocal', values)
      : by.kind === 'self'
        ? say('boardRenewSelf', values)
        : say('boardRenewReply', { ...values, issuer: by.issuer }),
    ...(added.length > 0 ? [say('boardRenewAdds', { names: added.join(', ') })] : []),
    pair.use === 'server' ? say('boardRenewKeepsKey') : say('boardRenewKeeps', { identity: values.identity }),
    pair.use === 'server'
      ? say('boardRenewTells', { server: serverNames[pair.id as ServerKind] })
      : pair.id === 'operator'
        ? say('boardRenewOperator')
        : say('boardRenewMinio'),
  ];
  const now = Date.now();
  const caEnd = by.kind === 'local' ? by.issuer.certificate.validToDate.getTime() : Number.POSITIVE_INFINITY;
  const end = new Date(Math.min(now + days * day, caEnd));
  return {
    changes,
    warnings: [
      ...(caEnd < now + days * day ? [say('boardRenewCaEnds', { day: end.toISOString().slice(0, 10) })] : []),
      ...(days > 398 && pair.use === 'server' && by.kind !== 'local' ? [say('boardRenewLong', { days })] : []),
    ],
    files: [{ path: pair.certificate, mode: '0644', why: say('boardRenewWhy') }],
    commands: await commandsOf(access, renewal),
    before: boardCertificateOf(current),
    after: {
      ...boardCertificateOf(current),
      ...(by.kind === 'local' ? { issuer: oneLine(by.issuer.certificate.subject) } : {}),
      names: hosts,
      notBefore: new Date(now).toISOString(),
      notAfter: end.toISOString(),
      isCa: false,
      usages: [`${pair.use}Auth`],
      serial: '',
      fingerprint: '',
    },
  };
}

async function commandsOf(access: StackAccess, { pair, subject: name, key, hosts, days, by }: Renewal): Promise<BoardPlan['commands']> {
  const type = keyType.safeParse(keyTypeOf(createPrivateKey(key.reveal())));
  if (by.kind === 'elsewhere' || !type.success) return [];
  const keyFile = 'file' in pair.key ? pair.key.file : pair.key.secret;
  const wanted = { use: pair.use, subject: name, keyType: type.data, days, hosts };
  const server = pair.use === 'server' ? (pair.id as ServerKind) : pair.id === 'minio-client' ? 'minio' : undefined;
  const told = server && (await tellCommand(access, server));
  return [
    { comment: say('boardCommandFolder'), line: `cd ${shellWord(access.folder.path('.'))}` },
    ...issue(pair.id, keyFile, pair.certificate, wanted, by.kind === 'local' ? 'ca.key' : undefined),
    ...(told ? [told] : []),
  ];
}

/** A signing request of the key that is there: what a CA elsewhere signs keeps the identity. */
export function requestOf({ pair, subject: name, key, hosts }: Renewal): string {
  return makeRequest({ subject: name, hosts, use: pair.use, ask: ['names', 'usage'], key });
}
