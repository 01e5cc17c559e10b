import { NumberInput, Progress } from '@mantine/core';
import { useState } from 'react';
import type { BoardSettings, CertificateBoard, Expiry } from '../../../../shared/certificateBoard.ts';
import { ErrorNotice } from '../../../components/ErrorNotice.tsx';
import { EngineButton } from '../../../components/engine/EngineButton.tsx';
import { formatDay, formatNumber } from '../../../components/format.ts';
import { type Mark, StateIcon } from '../../../components/StateIcon.tsx';
import { useSentence, useWords } from '../../../locales/language.ts';
import { useAction } from '../../../rpc/hooks.ts';
import styles from './board.module.css';

const marks: Record<Expiry['level'], Mark> = { expired: 'fail', urgent: 'fail', soon: 'warn', due: 'info', fine: 'ok', unknown: 'unknown' };
const columns = ['what', 'end', 'left', 'life', 'level'] as const;

/** Every certificate by its end, with the limits that decide what is urgent. */
export function Expiries({ stackId, board, onKept }: { stackId: string; board: CertificateBoard; onKept(): void }) {
  const { t, language } = useWords();
  const { sentence } = useSentence();
  if (board.expiries.length === 0) return null;
  return (
    <section className={styles.section}>
      <h2>{t('certificateBoard.expiry.head')}</h2>
      <Limits key={JSON.stringify(board.settings)} stackId={stackId} settings={board.settings} onKept={onKept} />
      <div className={styles.scroll}>
        <table className={styles.matrix} aria-label={t('certificateBoard.expiry.table')}>
          <thead>
            <tr>
              {columns.map((column) => (
                <th key={column} scope="col" className={column === 'what' ? styles.first : column === 'level' ? styles.last : undefined}>
                  {t(`certificateBoard.expiry.column.${column}`)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {board.expiries.map((entry) => (
              <tr key={entry.id} data-level={entry.level}>
                <th scope="row" className={styles.first}>
                  {sentence(entry.what)}
                </th>
                <td className={styles.number}>{formatDay(entry.certificate.notAfter, language)}</td>
                <td className={styles.number}>{formatNumber(entry.days, language)}</td>
                <td>
                  <span className={styles.life}>
                    <Progress value={entry.life} aria-label={t('certificateBoard.expiry.column.life')} />
                    <span>{entry.life}%</span>
                  </span>
                </td>
                <td className={styles.last}>
                  <span className={styles.cell}>
                    <StateIcon mark={marks[entry.level]} silent />
                    {t(`certificateBoard.expiry.level.${entry.level}`)}
                  </span>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

function Limits({ stackId, settings, onKept }: { stackId: string; settings: BoardSettings; onKept(): void }) {
  const { t } = useWords();
  const [form, setForm] = useState<BoardSettings>(settings);
  const keep = useAction('certificates.setBoard');
  const changed = JSON.stringify(form) !== JSON.stringify(settings);
  const ordered = form.urgentDays < form.soonDays;
  const fields = [
    ['soonDays', 'soon', 'days', 365],
    ['urgentDays', 'urgent', 'days', 365],
    ['lifePercent', 'life', 'percent', 99],
  ] as const;
  async function save(): Promise<void> {
    if (ordered && (await keep.run({ stackId, settings: form }))) onKept();
  }
  return (
    <form
      className={styles.limits}
      onSubmit={(event) => {
        event.preventDefault();
        void save();
      }}
    >
      {fields.map(([name, label, unit, max]) => (
        <span key={name} className={styles.limit}>
          <span aria-hidden>{t(`certificateBoard.expiry.${label}`)}</span>
          <NumberInput
            aria-label={`${t(`certificateBoard.expiry.${label}`)} (${t(`certificateBoard.expiry.${unit}`)})`}
            w={76}
            min={name === 'lifePercent' ? 10 : 1}
            max={max}
            allowDecimal={false}
            value={form[name]}
            onChange={(value) => setForm({ ...form, [name]: typeof value === 'number' ? value : settings[name] })}
          />
          <span aria-hidden>{t(`certificateBoard.expiry.${unit}`)}</span>
        </span>
      ))}
      {changed ? (
        <EngineButton type="submit" size="xs" loading={keep.pending} disabled={!ordered}>
          {t('certificateBoard.expiry.keep')}
        </EngineButton>
      ) : null}
      {ordered ? null : <span className={styles.wrong}>{t('certificateBoard.expiry.order')}</span>}
      {keep.error ? <ErrorNotice error={keep.error} /> : null}
    </form>
  );
}
