import { Button } from '@mantine/core';
import { useState } from 'react';
import type { KeptRecord } from '../../../../shared/kesKeys.ts';
import type { Evidence } from '../../../../shared/setup.ts';
import { DangerDialog } from '../../../components/DangerDialog.tsx';
import { ErrorNotice } from '../../../components/ErrorNotice.tsx';
import { EvidenceList } from '../../../components/EvidenceLine.tsx';
import { EngineButton } from '../../../components/engine/EngineButton.tsx';
import { FormDialog, FormFoot } from '../../../components/FormDialog.tsx';
import { formatFull, formatWhen, shorten } from '../../../components/format.ts';
import { ChangeButton } from '../../../components/readOnly/ChangeButton.tsx';
import { useWords } from '../../../locales/language.ts';
import { useAction } from '../../../rpc/hooks.ts';
import styles from './keys.module.css';

interface RecordsProps {
  stackId: string;
  records: readonly KeptRecord[];
  onChanged(): void;
  onClose(): void;
}

/** Sealed copies of keys that were deleted: put back where they were, or destroyed. */
export function Records({ stackId, records, onChanged, onClose }: RecordsProps) {
  const { t, language } = useWords();
  const restore = useAction('kes.restoreKey');
  const forget = useAction('kes.forgetRecord');
  const [evidence, setEvidence] = useState<readonly Evidence[]>([]);
  const [going, setGoing] = useState<KeptRecord | undefined>(undefined);

  async function putBack(id: string): Promise<void> {
    setEvidence([]);
    const answer = await restore.run({ stackId, id });
    if (!answer) return;
    setEvidence(answer.evidence);
    onChanged();
  }

  async function destroy({ id, name }: KeptRecord): Promise<void> {
    if (!(await forget.run({ stackId, id, typed: name }))) return;
    setGoing(undefined);
    onChanged();
    if (records.length === 1) onClose();
  }

  if (going) {
    return (
      <DangerDialog
        opened
        title={t('kesKeys.records.destroyTitle', { name: shorten(going.name, 40) })}
        warning={t('kesKeys.remove.forGood')}
        explanation={t('kesKeys.records.destroyWhy')}
        facts={[
          { label: t('kesKeys.records.place'), value: <span className="sd-mono">{going.place}</span> },
          { label: t('kesKeys.records.deleted'), value: formatFull(going.at, language) },
        ]}
        name={going.name}
        keep={t('kesKeys.records.keep')}
        doIt={t('kesKeys.records.destroyDo')}
        pending={forget.pending}
        error={forget.error ? <ErrorNotice error={forget.error} /> : undefined}
        onClose={() => setGoing(undefined)}
        onConfirm={() => void destroy(going)}
      />
    );
  }
  return (
    <FormDialog title={t('kesKeys.records.title')} size={640} onClose={onClose} onSubmit={onClose}>
      <p className={styles.quiet}>{t('kesKeys.records.why')}</p>
      <ul className={styles.records}>
        {records.map((record) => (
          <li key={record.id}>
            <span>
              <span className="sd-mono">{shorten(record.name, 40)}</span>
              <span className={styles.quiet}>
                {t('kesKeys.records.when', { at: formatWhen(record.at, language), place: record.place })}
              </span>
            </span>
            <ChangeButton
              size="xs"
              loading={restore.pending}
              aria-label={t('kesKeys.records.restoreNamed', { name: record.name })}
              onClick={() => void putBack(record.id)}
            >
              {t('kesKeys.records.restore')}
            </ChangeButton>
            <EngineButton size="xs" aria-label={t('kesKeys.records.destroyNamed', { name: record.name })} onClick={() => setGoing(record)}>
              {t('kesKeys.records.destroy')}
            </EngineButton>
          </li>
        ))}
      </ul>
      {evidence.length > 0 ? <EvidenceList evidence={evidence} /> : null}
      {restore.error ? <ErrorNotice error={restore.error} /> : null}
      <FormFoot>
        <Button type="submit" data-autofocus>
          {t('frame.close')}
        </Button>
      </FormFoot>
    </FormDialog>
  );
}
