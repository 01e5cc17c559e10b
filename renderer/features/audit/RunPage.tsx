import { SegmentedControl } from '@mantine/core';
import type { Audit } from '../../../shared/audit.ts';
import { ErrorNotice } from '../../components/ErrorNotice.tsx';
import { PageHeader } from '../../components/PageHeader.tsx';
import { useWords } from '../../locales/language.ts';
import type { Output } from '../../rpc/client.ts';
import { useCall } from '../../rpc/hooks.ts';
import { CompareView } from './CompareView.tsx';
import { ExportMenu } from './ExportMenu.tsx';
import { FindingsTab } from './FindingsTab.tsx';
import { KeysTab } from './KeysTab.tsx';
import { MapTab } from './MapTab.tsx';
import { ObjectsTab } from './ObjectsTab.tsx';
import { type AuditTab, type AuditView, addressOf, auditTabs, go, useAuditPlace } from './place.ts';

/** What every view of a run gets. */
export interface RunTabProps {
  /** As of the newest event. */
  readonly audit: Audit;
  /** Buckets, keys, findings; while it runs they are asked again every few seconds. Undefined until they are known. */
  readonly detail: Output<'audit.get'> | undefined;
}

const views: Record<AuditView, (props: RunTabProps) => React.ReactNode> = {
  map: MapTab,
  objects: ObjectsTab,
  keys: KeysTab,
  findings: FindingsTab,
  compare: CompareView,
};
const refreshMs = 3_000;

/** One run: the answer, then map, objects, keys or findings. */
export function RunPage({ audit }: { audit: Audit }) {
  const { t } = useWords();
  const { view, query } = useAuditPlace();
  const busy = audit.state === 'running';
  const detail = useCall('audit.get', { stackId: audit.stackId, id: audit.id }, { every: busy ? refreshMs : 3_600_000 });
  const View = views[view];
  return (
    <div className="sd-fill">
      <PageHeader
        question={t('audit.question')}
        actions={
          <>
            <SegmentedControl
              aria-label={t('audit.map.tabs')}
              value={view === 'compare' ? '' : view}
              onChange={(tab) => go(addressOf(audit.id, tab as AuditTab, query))}
              data={auditTabs.map((tab) => ({ value: tab, label: t(`audit.map.tab.${tab}`) }))}
            />
            <ExportMenu audit={audit} />
          </>
        }
      />
      {detail.error ? <ErrorNotice error={detail.error} /> : null}
      <View key={audit.id} audit={audit} detail={detail.data} />
    </div>
  );
}
