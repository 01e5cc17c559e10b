import { Fragment } from 'react';
import type { Finding } from '../../../../shared/kesConfig.ts';
import type { DiffLine } from '../../../../shared/lineDiff.ts';
import { StateIcon } from '../../../components/StateIcon.tsx';
import { useSentence, useWords } from '../../../locales/language.ts';
import { byLine, markOf } from './answer.ts';
import styles from './config.module.css';

/** A text with its line numbers, and below each line what is to be said of it. */
export function TextView({ text, findings, label }: { text: string; findings: readonly Finding[]; label: string }) {
  const found = byLine(findings);
  const lines = text.replace(/\n$/, '').split('\n');
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
    <section className={styles.text} aria-label={label} tabIndex={0}>
      <table className={styles.lines}>
        <colgroup>
          <col className={styles.numbers} />
          <col />
        </colgroup>
        <tbody>
          {(found.get(0) ?? []).map((finding) => (
            <Reason key={`${finding.text.code}${finding.path}`} finding={finding} />
          ))}
          {lines.map((line, at) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: the lines of one text never move
            <Fragment key={at}>
              <tr data-found={found.get(at + 1)?.[0]?.severity}>
                <td className={styles.number}>{at + 1}</td>
                <td className={styles.code}>
                  <code data-word={oneWord(line)}>{line}</code>
                </td>
              </tr>
              {(found.get(at + 1) ?? []).map((finding) => (
                <Reason key={`${finding.text.code}${finding.path}${JSON.stringify(finding.text.params ?? {})}`} finding={finding} />
              ))}
            </Fragment>
          ))}
        </tbody>
      </table>
    </section>
  );
}

/** An entry of a list that is one long word, such as an identity, begins on the line of its dash. Pure. */
function oneWord(line: string): true | undefined {
  return /^\s*-\s+\S+$/.test(line) || undefined;
}

function Reason({ finding }: { finding: Finding }) {
  const { t } = useWords();
  const { sentence } = useSentence();
  return (
    <tr className={styles.reason}>
      <td />
      <td>
        <span className={styles.why}>
          <StateIcon mark={markOf(finding)} size={14} own />
          <span>
            <span className={styles.kind}>
              {t(`kesConfig.severity.${finding.severity}`)}
              {finding.from === 'command' ? ` · ${t('kesConfig.fromCommand')}` : ''}
              {` · ${t(`kesConfig.today.${finding.today}`)}`}
            </span>
            {sentence(finding.text)}
          </span>
        </span>
      </td>
    </tr>
  );
}

/** Lines that stay far from any change are left out. */
const around = 3;

/** What goes and what comes, with a few lines around. Each has its sign: colour never stands alone. */
export function DiffView({ diff, label }: { diff: readonly DiffLine[]; label: string }) {
  const { t } = useWords();
  const near = diff.map((_, at) => diff.slice(Math.max(0, at - around), at + around + 1).some(({ kind }) => kind !== 'same'));
  const signs = { same: ' ', added: '+', removed: '−' } as const;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
    <section className={styles.text} aria-label={label} tabIndex={0}>
      {diff.every(({ kind }) => kind === 'same') ? <p className={styles.quiet}>{t('kesConfig.noDiff')}</p> : null}
      <table className={styles.lines}>
        <colgroup>
          <col className={styles.numbers} />
          <col />
        </colgroup>
        <tbody>
          {diff.map((line, at) =>
            near[at] ? (
              // biome-ignore lint/suspicious/noArrayIndexKey: the lines of one difference never move
              <tr key={at} data-diff={line.kind}>
                <td className={styles.number}>{signs[line.kind]}</td>
                <td className={styles.code}>
                  <code data-word={oneWord(line.text)}>{line.text}</code>
                </td>
              </tr>
            ) : near[at - 1] ? (
              // biome-ignore lint/suspicious/noArrayIndexKey: the lines of one difference never move
              <tr key={at}>
                <td className={styles.number}>⋯</td>
                <td />
              </tr>
            ) : null,
          )}
        </tbody>
      </table>
    </section>
  );
}
