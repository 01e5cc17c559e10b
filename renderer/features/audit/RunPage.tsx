import { SegmentedControl } from '@mantine/core';
import type { Audit } from '../../../shared/audit.ts';
import { ErrorNotice } from '../../components/ErrorNotice.tsx';
import { PageHeader } from '../../components/PageHeader.tsx';
import { useWords } from '../../locales/language.ts';
import type { Output } from '../../rpc/client.ts';
import { useCall } from '../../rpc/hooks.ts';
import { AnswerLine } from './AnswerLine.tsx';
import styles from './audit.module.css';
import { CompareView } from './CompareView.tsx';
import { FindingsTab } from './FindingsTab.tsx';
import { KeysTab } from './KeysTab.tsx';
import { LiveLine } from './LiveLine.tsx';
import { MapTab } from './MapTab.tsx';
import { ObjectsTab } from './ObjectsTab.tsx';
import { type AuditTab, type AuditView, addressOf, auditTabs, go, useAuditPlace } from './place.ts';
import { RunActions, RunNotice, RunPlace } from './RunHead.tsx';

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

/** One run: the answer, how far it is, then map, objects, keys or findings. */
export function RunPage({ audit }: { audit: Audit }) {
  const { t } = useWords();
  const { view, query } = useAuditPlace();
  const detail = useCall(
    'audit.get',
    { stackId: audit.stackId, id: audit.id },
    { every: audit.state === 'running' ? refreshMs : 3_600_000 },
  );
  const View = views[view];
  const unfinished = audit.state !== 'finished';
  return (
    <div className="sd-fill">
      <PageHeader
        above={<RunPlace audit={audit} />}
        question={t('audit.question')}
        below={<AnswerLine audit={audit} buckets={detail.data?.buckets} />}
        actions={
          <>
            <SegmentedControl
              aria-label={t('audit.map.tabs')}
              value={view === 'compare' ? '' : view}
              onChange={(tab) => go(addressOf(audit.id, tab as AuditTab, query))}
              data={auditTabs.map((tab) => ({ value: tab, label: t(`audit.map.tab.${tab}`) }))}
            />
            <RunActions audit={audit} />
          </>
        }
      />
      {unfinished ? <LiveLine audit={audit} /> : null}
      <RunNotice audit={audit} />
      {detail.error ? (
        <div className={styles.notice}>
          <ErrorNotice error={detail.error} />
        </div>
      ) : null}
      <View key={audit.id} audit={audit} detail={detail.data} />
    </div>
  );
}
