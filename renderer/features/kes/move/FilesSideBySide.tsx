import { Fragment, useMemo } from 'react';
import type { MovePlan } from '../../../../shared/kesMove.ts';
import { StateIcon } from '../../../components/StateIcon.tsx';
import { useSentence, useWords } from '../../../locales/language.ts';
import { type Aligned, align, type Row } from './align.ts';
import styles from './files.module.css';

/** The old file at the left, the new one at the right, and between their lines every change with its reason. */
export function FilesSideBySide({ plan }: { plan: MovePlan }) {
  const { t } = useWords();
  const { old, now, changes } = plan;
  const { rows, reasons, apart } = useMemo(() => align(old.content, now.content, changes), [old.content, now.content, changes]);
  const count = changes.length;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
    <section className={styles.files} aria-label={t('kesMove.files.label', { count })} tabIndex={0}>
      <table className={styles.table}>
        <colgroup>
          <col className={styles.number} />
          <col />
          <col className={styles.number} />
          <col />
        </colgroup>
        <thead>
          <tr>
            <th colSpan={2} scope="col">
              <span className={styles.side}>{t('kesMove.files.old', { dialect: old.dialect })}</span>
              <span className={styles.path}>{old.file}</span>
            </th>
            <th colSpan={2} scope="col">
              <span className={styles.side}>{t('kesMove.files.now')}</span>
              <span className={styles.path}>{now.file}</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {old.command === '' ? null : <CommandRows command={old.command} apart={apart} />}
          {rows.map((row, at) => (
            <Fragment key={`${row.old?.line ?? ''}:${row.now?.line ?? ''}`}>
              <FileRow row={row} />
              {(reasons.get(at) ?? []).map((reason) => (
                <Reason key={reason.at} reason={reason} />
              ))}
            </Fragment>
          ))}
        </tbody>
      </table>
    </section>
  );
}

/** The command line belongs to the old configuration: half of it stood only there. */
function CommandRows({ command, apart }: { command: string; apart: Aligned['apart'] }) {
  return (
    <>
      <tr data-gone>
        <td className={styles.line}>$</td>
        <td className={styles.code}>
          <code>{command}</code>
        </td>
        <td className={styles.line}>$</td>
        <td className={styles.code}>
          <code>kes server --config kes.yaml</code>
        </td>
      </tr>
      {apart.map((reason) => (
        <Reason key={reason.at} reason={reason} />
      ))}
    </>
  );
}

function FileRow({ row: { old, now, same } }: { row: Row }) {
  return (
    <tr
      data-same={same || undefined}
      data-gone={(!same && old !== undefined) || undefined}
      data-new={(!same && now !== undefined) || undefined}
    >
      <td className={styles.line}>{old?.line}</td>
      <td className={styles.code} data-old={!same && old !== undefined ? true : undefined}>
        <code>{old?.text}</code>
      </td>
      <td className={styles.line}>{now?.line}</td>
      <td className={styles.code} data-now={!same && now !== undefined ? true : undefined}>
        <code>{now?.text}</code>
      </td>
    </tr>
  );
}

function Reason({ reason: { change } }: { reason: Aligned['apart'][number] }) {
  const { sentence } = useSentence();
  return (
    <tr className={styles.reason}>
      <td colSpan={4}>
        <span>
          <StateIcon mark={change.level === 'stop' ? 'fail' : change.level} size={14} own />
          {sentence(change.what)}
        </span>
      </td>
    </tr>
  );
}
