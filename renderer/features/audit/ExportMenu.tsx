import { Menu } from '@mantine/core';
import { IconFileExport } from '@tabler/icons-react';
import { useState } from 'react';
import type { Audit } from '../../../shared/audit.ts';
import { EngineButton } from '../../components/engine/EngineButton.tsx';
import { formatNumber } from '../../components/format.ts';
import { useLanguage, useSentence, useWords } from '../../locales/language.ts';
import { saveFrom } from '../../rpc/files.ts';
import { useAction } from '../../rpc/hooks.ts';
import styles from './export.module.css';
import { kindsIn } from './filterText.ts';
import { filterIn, useAuditPlace } from './place.ts';
import { ReportDialog } from './ReportDialog.tsx';
import { allRows } from './rowView.ts';

const formats = ['csv', 'jsonl', 'html'] as const;

/** A run as a file of three kinds, or all of them in a signed folder. What is filtered in the table is filtered here. */
export function ExportMenu({ audit }: { audit: Audit }) {
  const { t } = useWords();
  const { explain } = useSentence();
  const language = useLanguage();
  const { view, query } = useAuditPlace();
  const [report, setReport] = useState(false);
  const save = useAction('audit.export');
  if (audit.phase !== 'done') return null;
  const chosen = view === 'objects' ? filterIn(query) : {};
  const filtered = kindsIn(chosen).length > 0;
  const filter = filtered ? chosen : { versions: 'all' as const };
  const count = allRows(audit, { versions: audit.scope.versions ? 'all' : 'current' });

  async function saveAs(format: (typeof formats)[number]): Promise<void> {
    const file = await save.run({ stackId: audit.stackId, id: audit.id, format, filter, language });
    if (file) saveFrom(file.downloadPath, file.name);
  }

  return (
    <>
      <Menu position="bottom-end" width={272}>
        <Menu.Target>
          <EngineButton leftSection={<IconFileExport size={16} stroke={1.5} aria-hidden />} loading={save.pending}>
            {t('audit.export.button')}
          </EngineButton>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Label>
            {filtered ? t('audit.export.filtered') : t('audit.export.all', { count, number: formatNumber(count, language) })}
          </Menu.Label>
          {formats.map((format) => (
            <Menu.Item key={format} onClick={() => void saveAs(format)}>
              <span className={styles.choice}>{t(`audit.export.${format}`)}</span>
              <span className={styles.why}>{t(`audit.export.${format}Text`)}</span>
            </Menu.Item>
          ))}
          <Menu.Divider />
          <Menu.Item onClick={() => setReport(true)}>
            <span className={styles.choice}>{t('audit.export.report')}</span>
            <span className={styles.why}>{t('audit.export.reportText')}</span>
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      {save.error ? (
        <span role="alert" className={styles.refused}>
          {explain(save.error).title}
        </span>
      ) : null}
      {report ? <ReportDialog audit={audit} onClose={() => setReport(false)} /> : null}
    </>
  );
}
