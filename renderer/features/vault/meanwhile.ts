import type { JournalEntry } from '../../../shared/journal.ts';
import type { KesStatus } from '../../../shared/kes.ts';
import type { MinioStatus } from '../../../shared/minio.ts';
import type { VaultNodeStatus } from '../../../shared/vault.ts';
import { isOpen } from '../../components/health.ts';
import type { Mark } from '../../components/StateIcon.tsx';

/** What still works behind a Vault in this state, and when that stops. Pure: codes of vault.meanwhile, no words. */
export interface MeanwhileLine {
  readonly mark: Mark;
  readonly says:
    | 'vaultActive'
    | 'vaultStandby'
    | 'vaultSealed'
    | 'vaultSilent'
    | 'vaultNew'
    | 'kesWorks'
    | 'kesCached'
    | 'kesCacheEnded'
    | 'kesDown'
    | 'kesStarting'
    | 'kesStartsLater'
    | 'kesSilent'
    | 'minioWorks'
    | 'minioCached'
    | 'minioKeyFails'
    | 'minioStarting'
    | 'minioStartsLater'
    | 'minioSilent';
  readonly at?: string;
  readonly until?: string;
}

export interface Meanwhile {
  readonly nodes: readonly VaultNodeStatus[];
  readonly kes: readonly KesStatus[];
  readonly minio: readonly MinioStatus[];
  /** When Vault was sealed or restarted, as the journal says. */
  readonly sealedAt: string | undefined;
  readonly cacheSeconds: number;
  readonly now: number;
  /** Servers are ours to start: what waits for Vault starts by itself. */
  readonly lab: boolean;
  /** A start of servers is running. */
  readonly starting: boolean;
  /** When Vault was last opened: what waited for it gets some time to start. */
  readonly openedAt: string | undefined;
}

const startMs = 20_000;

export function meanwhile(asked: Meanwhile): MeanwhileLine[] {
  const fresh = asked.openedAt !== undefined && asked.now - Date.parse(asked.openedAt) < startMs;
  const seen = { ...asked, starting: asked.starting || (asked.lab && fresh) };
  const lead = seen.nodes.find(isOpen) ?? seen.nodes[0];
  if (!lead) return [];
  const open = seen.nodes.some(({ state }) => state === 'active');
  const until = seen.sealedAt === undefined ? undefined : new Date(Date.parse(seen.sealedAt) + seen.cacheSeconds * 1000).toISOString();
  const cached = !open && until !== undefined && Date.parse(until) > seen.now;
  return [vaultLine(lead), ...kesLines(seen, open, cached, until), ...minioLines(seen, open, cached, until)];
}

function vaultLine({ state, at }: VaultNodeStatus): MeanwhileLine {
  if (state === 'active') return { mark: 'ok', says: 'vaultActive', at };
  if (state === 'standby') return { mark: 'warn', says: 'vaultStandby', at };
  if (state === 'sealed') return { mark: 'fail', says: 'vaultSealed', at };
  return { mark: state === 'uninitialised' ? 'absent' : 'fail', says: state === 'uninitialised' ? 'vaultNew' : 'vaultSilent', at };
}

function kesLines({ kes, lab, starting }: Meanwhile, open: boolean, cached: boolean, until: string | undefined): MeanwhileLine[] {
  const one = kes.find(({ state }) => state === 'working') ?? kes[0];
  if (!one) return [];
  const { at } = one;
  if (one.state === 'unreachable') {
    if (starting) return [{ mark: 'info', says: 'kesStarting', at }];
    return [lab && !open ? { mark: 'warn', says: 'kesStartsLater', at } : { mark: 'fail', says: 'kesSilent', at }];
  }
  if (open) return [one.state === 'working' ? { mark: 'ok', says: 'kesWorks', at } : { mark: 'fail', says: 'kesDown', at }];
  if (cached && until !== undefined) return [{ mark: 'warn', says: 'kesCached', at, until }];
  return [until === undefined ? { mark: 'fail', says: 'kesDown', at } : { mark: 'fail', says: 'kesCacheEnded', at, until }];
}

function minioLines({ minio, lab, starting }: Meanwhile, open: boolean, cached: boolean, until: string | undefined): MeanwhileLine[] {
  const one = minio.find(({ state }) => state === 'working') ?? minio[0];
  if (!one) return [];
  const { at } = one;
  if (one.state === 'unreachable') {
    if (starting) return [{ mark: 'info', says: 'minioStarting', at }];
    return [lab && !open ? { mark: 'warn', says: 'minioStartsLater', at } : { mark: 'fail', says: 'minioSilent', at }];
  }
  if (open && one.state === 'working') return [{ mark: 'ok', says: 'minioWorks', at }];
  if (cached && until !== undefined) return [{ mark: 'warn', says: 'minioCached', at, until }];
  return [{ mark: 'fail', says: 'minioKeyFails', at }];
}

/** When Vault was last sealed or started, newest entry first. */
export function sealedSince(entries: readonly JournalEntry[]): string | undefined {
  return entries.find(({ action, outcome }) => {
    if (outcome !== 'done') return false;
    if (action.code === 'vaultJournalSealed') return true;
    return (action.code === 'labStarted' || action.code === 'labStopped') && action.params?.kind === 'vault';
  })?.at;
}

/** When Vault was last opened, newest entry first. */
export function openedSince(entries: readonly JournalEntry[]): string | undefined {
  return entries.find(({ action, outcome }) => outcome === 'done' && action.code === 'vaultJournalUnsealed')?.at;
}

/** Seconds of a Go duration such as "5m0s"; 0 when it is none. */
export function goSeconds(duration: string): number {
  const parts = /^(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?$/.exec(duration);
  return parts ? Number(parts[1] ?? 0) * 3600 + Number(parts[2] ?? 0) * 60 + Number(parts[3] ?? 0) : 0;
}
