import type { KesLogLine } from '../../../../shared/kesKeys.ts';
import { ErrorNotice } from '../../../components/ErrorNotice.tsx';
import { EngineButton } from '../../../components/engine/EngineButton.tsx';
import { formatWhen, shorten } from '../../../components/format.ts';
import { type Mark, StateIcon } from '../../../components/StateIcon.tsx';
import { useSentence, useWords } from '../../../locales/language.ts';
import { useCall } from '../../../rpc/hooks.ts';
import styles from './nodes.module.css';

const marks = { audit: 'info', info: 'info', warn: 'warn', error: 'fail', other: 'absent' } as const satisfies Record<
  KesLogLine['level'],
  Mark
>;
const shownAtMost = 100;

/** What KES logged lately, and what it does not log at all. */
export function KesLog({ stackId }: { stackId: string }) {
  const { t, language } = useWords();
  const { sentence } = useSentence();
  const log = useCall('kes.logs', { stackId, count: shownAtMost });
  const lines = (log.data?.lines ?? []).toReversed();
  return (
    <section className={styles.log} aria-label={t('kesKeys.log.title')}>
      <header className={styles.logHead}>
        <h2>{t('kesKeys.log.title')}</h2>
        <EngineButton size="xs" loading={log.isFetching} onClick={() => void log.refetch()}>
          {t('kesKeys.log.again')}
        </EngineButton>
      </header>
      {log.error ? <ErrorNotice error={log.error} /> : null}
      {(log.data?.says ?? []).map((text) => (
        <p key={text.code} className={styles.quiet}>
          {sentence(text)}
        </p>
      ))}
      {log.data && lines.length === 0 ? <p className={styles.quiet}>{t('kesKeys.log.none')}</p> : null}
      {lines.length === 0 ? null : (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
        <section className={styles.logLines} tabIndex={0} aria-label={t('kesKeys.log.lines')}>
          <table>
            <tbody>
              {lines.map((line, at) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: lines may be alike
                <tr key={at}>
                  <td className={styles.logAt}>{line.at === undefined ? '' : formatWhen(line.at, language, true)}</td>
                  <td>
                    <span className="sd-state">
                      <StateIcon mark={marks[line.level]} silent />
                      {t(`kesKeys.log.level.${line.level}`)}
                    </span>
                  </td>
                  <td className={styles.logText}>
                    {line.message}
                    {line.code === undefined ? null : <span className={styles.quiet}> {line.code}</span>}
                    {line.identity === undefined ? null : <span className={styles.quiet}> {shorten(line.identity, 14)}</span>}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      )}
    </section>
  );
}
