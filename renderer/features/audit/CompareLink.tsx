import type { Audit } from '../../../shared/audit.ts';
import { formatClock, formatDay } from '../../components/format.ts';
import { useWords } from '../../locales/language.ts';
import { useCall } from '../../rpc/hooks.ts';
import { runBefore } from './compareRuns.ts';
import { addressOf, useAuditPlace } from './place.ts';

/** From a finished run to what changed since the one before it; nothing where there is none. */
export function CompareLink({ audit }: { audit: Audit }) {
  const { t, language } = useWords();
  const { view } = useAuditPlace();
  const before = runBefore(useCall('audit.list', { stackId: audit.stackId }).data?.audits ?? [], audit);
  if (!before || view === 'compare') return null;
  const day = formatDay(before.startedAt, language);
  // Two of one day are told apart by the clock.
  const when = day === formatDay(audit.startedAt, language) ? formatClock(before.startedAt, language) : day;
  return <a href={addressOf(audit.id, 'compare', new URLSearchParams({ with: before.id }))}>{t('audit.compare.link', { day: when })}</a>;
}
