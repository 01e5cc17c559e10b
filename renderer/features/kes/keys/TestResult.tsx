import { ActionIcon, Progress } from '@mantine/core';
import { IconX } from '@tabler/icons-react';
import { useEffect, useRef } from 'react';
import { type KeyTests, keyTests } from '../../../../shared/kesKeys.ts';
import { useAgo } from '../../../components/Age.tsx';
import { ErrorNotice } from '../../../components/ErrorNotice.tsx';
import { formatNumber } from '../../../components/format.ts';
import { StateIcon } from '../../../components/StateIcon.tsx';
import { useJob } from '../../../jobs/useJob.ts';
import { useSentence, useWords } from '../../../locales/language.ts';
import styles from './keys.module.css';

interface TestResultProps {
  jobId: string;
  onDone(): void;
  /** Those that do not open. */
  onOthers(others: KeyTests['others']): void;
  onShow(name: string): void;
  onClose(): void;
}

const shownAtMost = 5;

/** How far the test of all keys is, and then what does not open and where it stops. */
export function TestResult({ jobId, onDone, onOthers, onShow, onClose }: TestResultProps) {
  const { t, language } = useWords();
  const { explain } = useSentence();
  const job = useJob(jobId);
  const told = useRef(false);
  const latest = useRef({ onDone, onOthers });
  latest.current = { onDone, onOthers };
  useEffect(() => {
    if (!job || job.state === 'running' || told.current) return;
    told.current = true;
    const done = keyTests.safeParse(job.result);
    if (done.success) latest.current.onOthers(done.data.others);
    latest.current.onDone();
  }, [job]);
  const parsed = keyTests.safeParse(job?.result);
  const result = parsed.success ? parsed.data : undefined;
  const ago = useAgo(result?.at);
  const number = (value: number): string => formatNumber(value, language);
  if (!job) return null;
  if (job.error) {
    return (
      <div className={styles.notice}>
        <ErrorNotice error={job.error} />
      </div>
    );
  }
  if (!result) {
    const { done, total = 0 } = job;
    return (
      <div className={styles.tests} role="status">
        <Progress value={total === 0 ? 0 : (done / total) * 100} aria-label={t('kesKeys.test.running')} />
        <span className={styles.quiet}>{t('kesKeys.test.progress', { done: number(done), total: number(total) })}</span>
      </div>
    );
  }
  const good = result.yes === result.keys;
  return (
    <section className={styles.tests} aria-label={t('kesKeys.test.result')}>
      <p className={styles.testHead}>
        <StateIcon mark={good ? 'ok' : 'fail'} silent />
        <strong>
          {good
            ? t('kesKeys.test.all', { count: result.keys, number: number(result.keys) })
            : t('kesKeys.test.some', {
                count: result.keys - result.yes,
                number: number(result.keys - result.yes),
                all: number(result.keys),
              })}
        </strong>
        <span className={styles.quiet}>{ago}</span>
        <ActionIcon className={styles.last} onClick={onClose} aria-label={t('kesKeys.test.close')}>
          <IconX size={16} stroke={1.5} />
        </ActionIcon>
      </p>
      <ul className={styles.testNodes}>
        {result.nodes.map(({ node, yes, tested, medianMs, slowestMs }) => (
          <li key={node}>
            <span className="sd-mono">{node}</span>{' '}
            {t('kesKeys.test.node', {
              yes: number(yes),
              tested: number(tested),
              median: medianMs === undefined ? '–' : medianMs.toFixed(1),
              slowest: slowestMs === undefined ? '–' : slowestMs.toFixed(1),
            })}
          </li>
        ))}
      </ul>
      {result.others.length === 0 ? null : (
        <ul className={styles.testOthers}>
          {result.others.slice(0, shownAtMost).map(({ name, node, opens }) => (
            <li key={`${node} ${name}`}>
              <button type="button" className={styles.link} onClick={() => onShow(name)}>
                <span className="sd-mono">{name}</span>
              </button>
              <span>
                {t('kesKeys.test.stops', { node, hop: t(`kesKeys.hop.${opens.hop ?? 'key'}`) })}{' '}
                {opens.answer === 'otherKey' ? t('kesKeys.opensLong.otherKey') : opens.error ? explain(opens.error).title : null}
              </span>
            </li>
          ))}
          {result.others.length > shownAtMost ? (
            <li>
              {t('kesKeys.test.more', { count: result.others.length - shownAtMost, number: number(result.others.length - shownAtMost) })}
            </li>
          ) : null}
        </ul>
      )}
    </section>
  );
}
