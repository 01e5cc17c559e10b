import { Button, Select } from '@mantine/core';
import { useState } from 'react';
import type { BoardFix, ServedRow } from '../../../../shared/certificateBoard.ts';
import { AppError } from '../../../../shared/rpc/errors.ts';
import { useAgo } from '../../../components/Age.tsx';
import { CommandBlock } from '../../../components/CommandBlock.tsx';
import { DrawerHead } from '../../../components/DrawerHead.tsx';
import { DrawerContent } from '../../../components/drawer.tsx';
import pane from '../../../components/drawerPane.module.css';
import { ErrorNotice } from '../../../components/ErrorNotice.tsx';
import { EvidenceLine } from '../../../components/EvidenceLine.tsx';
import { useSentence, useWords } from '../../../locales/language.ts';
import styles from './board.module.css';
import { Facts } from './Facts.tsx';
import { FixButton } from './FixButton.tsx';
import type { NamedCertificate } from './known.ts';

interface RowDrawerProps {
  row: ServedRow;
  known: readonly NamedCertificate[];
  onFix(fix: BoardFix): void;
  onCompare(other: NamedCertificate): void;
  onClose(): void;
}

/** One address: who uses it, whom they believe, what was found and what mends it, and the certificate itself. */
export function RowDrawer({ row, known, onFix, onCompare, onClose }: RowDrawerProps) {
  const { t } = useWords();
  const { sentence } = useSentence();
  const ago = useAgo(row.at);
  const [other, setOther] = useState<string | null>(null);
  const found = row.cells.filter(({ more }) => more !== undefined);
  const fixes = [...new Map(row.cells.flatMap(({ fix }) => (fix ? [[JSON.stringify(fix), fix] as const] : []))).values()];
  const others = known.filter(({ certificate }) => certificate.fingerprint !== row.certificate?.fingerprint);
  return (
    <DrawerContent autoOpen="always" onLeave={onClose}>
      <section className={pane.pane} aria-labelledby="served-row">
        <DrawerHead id="served-row" title={row.url.replace('https://', '')} close={t('certificateBoard.row.close')} onClose={onClose} />
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard */}
        <div className={`${pane.body} ${styles.details}`} tabIndex={0}>
          {row.error ? <ErrorNotice error={AppError.of(row.error)} /> : null}
          {row.live ? null : (
            <p className={styles.quiet}>{row.certificate ? t('certificateBoard.row.old', { ago }) : t('certificateBoard.row.never')}</p>
          )}
          {found.length > 0 ? <h3>{t('certificateBoard.row.findings')}</h3> : null}
          {found.map((cell) =>
            cell.more ? (
              <EvidenceLine key={cell.id} mark={row.live || cell.id === 'file' ? cell.state : 'unknown'}>
                {sentence(cell.more)}
              </EvidenceLine>
            ) : null,
          )}
          {fixes.length > 0 ? (
            <div className={styles.fixes}>
              {fixes.map((fix, at) =>
                fix.kind === 'command' ? (
                  <div key={JSON.stringify(fix)} className={styles.keeper}>
                    <CommandBlock commands={fix.command ? [fix.command] : []} />
                  </div>
                ) : (
                  <FixButton key={JSON.stringify(fix)} fix={fix} filled={at === 0} onFix={onFix} />
                ),
              )}
            </div>
          ) : null}
          <h3>{t('certificateBoard.row.users')}</h3>
          <ul className={styles.userList}>
            {row.users.map(({ who, file, line }) => (
              <li key={`${who.code} ${file ?? ''} ${line ?? 0}`}>
                {sentence(who)}
                {file === undefined ? null : <span className={styles.where}>{t('certificateBoard.row.line', { file, line })}</span>}
              </li>
            ))}
          </ul>
          <h3>{t('certificateBoard.row.trust.label')}</h3>
          <p className={styles.trust}>
            {t(`certificateBoard.row.trust.${row.trust.kind === 'file' && row.trust.subjects.length === 0 ? 'nobody' : row.trust.kind}`, {
              subjects: row.trust.subjects.join(', '),
              file: row.trust.file ?? '',
            })}
          </p>
          {row.certificate ? (
            <>
              <h3>{t('certificateBoard.row.certificate')}</h3>
              <Facts certificate={row.certificate} />
              {row.chain.length > 0 ? (
                <p className={styles.quiet}>
                  {t('certificateBoard.row.chain', { names: row.chain.map(({ subject }) => subject).join('; ') })}
                </p>
              ) : null}
              {others.length > 0 ? (
                <div className={styles.compareWith}>
                  <Select
                    className={styles.wide ?? ''}
                    label={t('certificateBoard.row.compare')}
                    placeholder={t('certificateBoard.row.compareNone')}
                    data={others.map(({ id, label }) => ({ value: id, label }))}
                    value={other}
                    onChange={setOther}
                    comboboxProps={{ withinPortal: true }}
                  />
                  <Button
                    disabled={other === null}
                    onClick={() => {
                      const chosen = others.find(({ id }) => id === other);
                      if (chosen) onCompare(chosen);
                    }}
                  >
                    {t('certificateBoard.compare.title')}
                  </Button>
                </div>
              ) : null}
            </>
          ) : null}
        </div>
      </section>
    </DrawerContent>
  );
}
