import type { StoreStatus } from '../../../shared/app.ts';
import type { CertificateInfo } from '../../../shared/certificates.ts';
import type { KesStatus } from '../../../shared/kes.ts';
import type { ServerProcess } from '../../../shared/lab.ts';
import type { MinioStatus } from '../../../shared/minio.ts';
import type { Upload } from '../../../shared/uploads.ts';
import { type BucketInfo, firstToEnd, ruleCounts, warnDays } from '../../components/health.ts';
import { serverName } from '../../components/serverName.ts';
import type { Output } from '../../rpc/client.ts';

/** What a stack's answers are judged by; what is not known yet is absent and raises nothing. */
export interface Answers {
  readonly store: StoreStatus | undefined;
  readonly setup: { readonly proven: number; readonly total: number };
  /** Its servers ran before Sealdeck knew them; a draft does not know all of them. */
  readonly connected: boolean;
  readonly draft: boolean;
  readonly servers: readonly ServerProcess[];
  readonly vault: Output<'vault.status'> | undefined;
  readonly kes: readonly KesStatus[];
  readonly minio: readonly MinioStatus[];
  readonly buckets: readonly BucketInfo[];
  readonly certificates: readonly CertificateInfo[];
  readonly uploads: readonly Pick<Upload, 'bucket' | 'phase'>[];
}

type Failure = { readonly code: string; readonly details?: Readonly<Record<string, string | number>> | undefined };

/** One thing that wants a person, as data: the words stand in locales/…/overview. */
export type Attention =
  | { readonly kind: 'storeAbsent' | 'storeLocked' | 'storePractice' | 'storeMemory'; readonly mark: 'warn' | 'fail' }
  | { readonly kind: 'setup'; readonly mark: 'warn'; readonly proven: number; readonly total: number }
  | {
      readonly kind: 'stopped';
      readonly mark: 'fail';
      readonly names: readonly string[];
      readonly waits: boolean;
      /** A Vault is among them, which is sealed after its start. */
      readonly vault: boolean;
    }
  | { readonly kind: 'died'; readonly mark: 'fail'; readonly name: string; readonly lines: readonly string[] }
  | { readonly kind: 'foreign'; readonly mark: 'fail'; readonly name: string; readonly url: string }
  | { readonly kind: 'sealed'; readonly mark: 'fail'; readonly node: string; readonly missing: number }
  | { readonly kind: 'broken'; readonly mark: 'fail'; readonly name: string; readonly state: string; readonly error?: Failure }
  | {
      readonly kind: 'certificate';
      readonly mark: 'warn' | 'fail';
      readonly name: string;
      readonly days: number;
      readonly notAfter: string;
    }
  | { readonly kind: 'draft' | 'noKms' | 'oldKes'; readonly mark: 'warn' }
  | { readonly kind: 'unruled'; readonly mark: 'warn'; readonly names: readonly string[] }
  | {
      readonly kind: 'uploads';
      readonly mark: 'warn' | 'fail';
      readonly phase: 'alarm' | 'paused';
      readonly count: number;
      readonly bucket: string;
    }
  | { readonly kind: 'rootKept'; readonly mark: 'warn' }
  | { readonly kind: 'keptShares'; readonly mark: 'warn'; readonly count: number };

function ofStore(store: StoreStatus | undefined): Attention[] {
  if (!store) return [];
  if (store.state === 'absent') return [{ kind: 'storeAbsent', mark: 'fail' }];
  if (store.state === 'locked') return [{ kind: 'storeLocked', mark: 'fail' }];
  if (store.mode === 'memory') return [{ kind: 'storeMemory', mark: 'warn' }];
  return store.protected ? [] : [{ kind: 'storePractice', mark: 'warn' }];
}

/**
 * `sealed`: what is stopped starts by itself once Vault is open. `building`: stopped servers are the business of the
 * set-up, which starts what its steps need.
 */
function ofServers(servers: readonly ServerProcess[], sealed: boolean, building: boolean): Attention[] {
  const name = ({ kind, node }: ServerProcess): string => serverName(kind, node, servers.filter((one) => one.kind === kind).length);
  const stopped = building ? [] : servers.filter((server) => server.state === 'stopped');
  const vault = stopped.some(({ kind }) => kind === 'vault');
  return [
    ...servers
      .filter((server) => server.state === 'died')
      .map((server) => ({ kind: 'died', mark: 'fail', name: name(server), lines: server.lastLines ?? [] }) as const),
    ...servers
      .filter((server) => server.state === 'foreign')
      .map((server) => ({ kind: 'foreign', mark: 'fail', name: name(server), url: server.url }) as const),
    ...(stopped.length === 0 ? [] : [{ kind: 'stopped', mark: 'fail', names: stopped.map(name), waits: sealed && !vault, vault } as const]),
  ];
}

/** A server that answers but does not work; one that is down is said by its process already. */
function brokenOnes(answers: Answers): Attention[] {
  const found: Attention[] = [];
  for (const node of answers.kes) {
    if (node.state !== 'keyStoreDown' && node.state !== 'credentialsDead') continue;
    const name = serverName('kes', node.node, answers.kes.length);
    found.push({ kind: 'broken', mark: 'fail', name, state: node.state, ...(node.error ? { error: node.error } : {}) });
  }
  for (const node of answers.minio) {
    if (node.state !== 'keyFails' && node.state !== 'noKms') continue;
    const name = serverName('minio', node.node, answers.minio.length);
    found.push({ kind: 'broken', mark: 'fail', name, state: node.state, ...(node.error ? { error: node.error } : {}) });
  }
  return found;
}

/** v0.11 answers no HTTP/1.1 at all, and up to v0.17 there is no status: a KES of years ago, and nothing that is broken. */
function isOld({ error }: KesStatus): boolean {
  return error?.code === 'kesRefused' && (error.details?.status === 505 || error.details?.status === 404);
}

/** Uploads that go on only when somebody comes: after an alarm, or paused as by a closed window or a killed engine. */
function ofUploads(uploads: Answers['uploads']): Attention[] {
  return (['alarm', 'paused'] as const).flatMap((phase) => {
    const found = uploads.filter((upload) => upload.phase === phase);
    const [first] = found;
    const mark = phase === 'alarm' ? 'fail' : 'warn';
    return first ? [{ kind: 'uploads', mark, phase, count: found.length, bucket: first.bucket } as const] : [];
  });
}

/** Everything that wants a person, worst first. Pure. */
export function attention(answers: Answers, now: number): Attention[] {
  const building = !answers.connected && answers.setup.proven < answers.setup.total;
  // A MinIO that never had a KMS is not broken: encryption with it is still to be set up.
  const withoutKms = answers.connected && answers.minio.some(({ state }) => state === 'noKms');
  const sealed = answers.vault?.nodes.filter((node) => node.state === 'sealed') ?? [];
  const first = firstToEnd(answers.certificates, now);
  const counts = ruleCounts(answers.buckets);
  const all: Attention[] = [
    ...ofStore(answers.store),
    ...sealed.map(
      (node) =>
        ({ kind: 'sealed', mark: 'fail', node: node.node, missing: Math.max(0, (node.threshold ?? 0) - (node.progress ?? 0)) }) as const,
    ),
    ...ofServers(answers.servers, sealed.length > 0, building),
    ...(building || sealed.length > 0
      ? []
      : brokenOnes(withoutKms ? { ...answers, minio: answers.minio.filter(({ state }) => state !== 'noKms') } : answers)),
    ...(answers.draft ? [{ kind: 'draft', mark: 'warn' } as const] : []),
    ...(answers.kes.some(isOld) ? [{ kind: 'oldKes', mark: 'warn' } as const] : []),
    ...(withoutKms && !answers.draft ? [{ kind: 'noKms', mark: 'warn' } as const] : []),
    ...ofUploads(answers.uploads),
    ...(building ? [{ kind: 'setup', mark: 'warn', ...answers.setup } as const] : []),
  ];
  if (first && first.days < warnDays) {
    const { id, notAfter } = first.certificate;
    all.push({ kind: 'certificate', mark: first.days < 0 ? 'fail' : 'warn', name: id, days: first.days, notAfter });
  }
  if (counts.open > 0) {
    all.push({
      kind: 'unruled',
      mark: 'warn',
      names: answers.buckets.filter((bucket) => bucket.rule?.kind === 'none').map((bucket) => bucket.name),
    });
  }
  if (!building && answers.vault?.rootToken === 'kept') all.push({ kind: 'rootKept', mark: 'warn' });
  if (!building && (answers.vault?.keptShares ?? 0) > 0)
    all.push({ kind: 'keptShares', mark: 'warn', count: answers.vault?.keptShares ?? 0 });
  return [...all.filter((item) => item.mark === 'fail'), ...all.filter((item) => item.mark === 'warn')];
}
