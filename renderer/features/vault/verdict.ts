import type { VaultNodeStatus } from '../../../shared/vault.ts';
import { isOpen } from '../../components/health.ts';
import type { Mark } from '../../components/StateIcon.tsx';

/** The page's question and its answer, as codes of vault.question and vault.answer. */
export interface VaultVerdict {
  readonly kind: 'open' | 'sealed' | 'silent' | 'uninitialised';
  readonly mark: Mark;
  readonly says: 'active' | 'standby' | 'sealedNone' | 'sealedSome' | 'someSealed' | 'silent' | 'uninitialised';
  readonly values: { count: number; node: string; threshold: number; shares: number; given: number; address: string };
}

/** The node that is nearest to being open decides, the others follow in the table. Pure. */
export function judge(nodes: readonly VaultNodeStatus[]): VaultVerdict {
  const sealed = nodes.filter(({ state }) => state === 'sealed');
  const nearest = [...sealed].sort((a, b) => (b.progress ?? 0) - (a.progress ?? 0))[0];
  const lead = nodes.find(({ state }) => state === 'active') ?? nodes.find(isOpen) ?? nearest ?? nodes[0];
  const [threshold, given] = [lead?.threshold ?? 0, nearest?.progress ?? 0];
  const values = {
    count: nearest ? Math.max(0, (nearest.threshold ?? 0) - given) : 0,
    node: nearest?.node ?? lead?.node ?? '',
    threshold,
    shares: lead?.shares ?? 0,
    given,
    address: lead?.url.replace(/^https?:\/\//, '') ?? '',
  };
  if (nearest) {
    const open = nodes.some(isOpen);
    const says = open ? 'someSealed' : given === 0 ? 'sealedNone' : 'sealedSome';
    return { kind: 'sealed', mark: open ? 'warn' : 'fail', says, values };
  }
  if (lead?.state === 'active') return { kind: 'open', mark: 'ok', says: 'active', values };
  if (lead?.state === 'standby') return { kind: 'open', mark: 'warn', says: 'standby', values };
  if (lead?.state === 'uninitialised') return { kind: 'uninitialised', mark: 'absent', says: 'uninitialised', values };
  return { kind: 'silent', mark: 'fail', says: 'silent', values };
}
