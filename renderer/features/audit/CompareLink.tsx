import type { Audit } from '../../../shared/audit.ts';
import { formatDay } from '../../components/format.ts';
import { useWords } from '../../locales/language.ts';
import { useCall } from '../../rpc/hooks.ts';
import { runBefore } from './compareRuns.ts';
import { addressOf, useAuditPlace } from './place.ts';

/** From a finished run to what changed since the one before it; nothing where there is none. */
export function CompareLink({ audit }: { audit: Audit }) {
  const { t, language } = useWords();
  const { view } = useAuditPlace();
  const before = runBefore(useCall('audit.list', { stackId: audit.stackId }).data?.audits ?? [], audit);
  return before && view !== 'compare' ? (
    <a href={addressOf(audit.id, 'compare', new URLSearchParams({ with: before.id }))}>
      {t('audit.compare.link', { day: formatDay(before.startedAt, language) })}
    </a>
  ) : null;
}
