import type { Audit } from '../../../shared/audit.ts';
import { sum } from './map/values.ts';

/** Entries read so far: current and noncurrent objects and delete markers. */
export function readSoFar(audit: Audit): number {
  return sum(audit.current.objects) + sum(audit.noncurrent.objects) + audit.deleteMarkers;
}

/**
 * How far it is, in percent of the phase at hand; undefined when nobody knows how much there is. A listing that met more
 * than was expected is never shown as done before it is. Pure.
 */
export function partDone(audit: Audit): number | undefined {
  if (audit.phase === 'done') return 100;
  if (audit.phase === 'opening' || audit.phase === 'arranging') {
    return audit.phaseDone === undefined ? undefined : Math.min(100, Math.max(0, audit.phaseDone * 100));
  }
  const expected = audit.expected?.objects ?? 0;
  if (expected <= 0) return undefined;
  return Math.min(99, (readSoFar(audit) / expected) * 100);
}

/** What is expected and not read yet; 0 once it is finished, whatever was expected. */
export function leftToRead(audit: Audit): number {
  if (audit.state === 'finished') return 0;
  return Math.max(0, (audit.expected?.objects ?? 0) - readSoFar(audit));
}
