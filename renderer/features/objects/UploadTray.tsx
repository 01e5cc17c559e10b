import { ActionIcon, Button, Loader, Progress } from '@mantine/core';
import { IconX } from '@tabler/icons-react';
import { useEffect, useRef } from 'react';
import type { ObjectRow } from '../../../shared/objects.ts';
import { RuleCell, ruleWords } from '../../components/BucketRules.tsx';
import { ErrorNotice } from '../../components/ErrorNotice.tsx';
import { formatBytes, formatClock, formatFull, formatNumber, shorten } from '../../components/format.ts';
import type { BucketInfo } from '../../components/health.ts';
import { ObjectStateBadge } from '../../components/ObjectStateBadge.tsx';
import { ChangeButton } from '../../components/readOnly/ChangeButton.tsx';
import { StateIcon } from '../../components/StateIcon.tsx';
import { useLanguage, useWords } from '../../locales/language.ts';
import { useClient } from '../../rpc/hooks.ts';
import styles from './inDrawer.module.css';
import { MiddleName } from './MiddleName.tsx';
import { nameBelow } from './place.ts';
import { cancelUploads, closeTray, runUploads, type Upload, type UploadItem } from './uploads.ts';

/** Above this many files only what runs, what failed and the last ones are rows. */
const mostRows = 200;
const lastRows = 10;

/** Rows worth showing: all of a small upload, of a large one what runs or failed, and the newest. Pure. */
function rowsOf(items: readonly UploadItem[]): readonly UploadItem[] {
  if (items.length <= mostRows) return items;
  const ended = items.filter(({ state }) => state === 'done').slice(-lastRows);
  return items.filter((item) => item.state === 'runs' || item.state === 'failed' || ended.includes(item));
}

/** Files for one place: what encryption will apply and why, then each on its way, then each as the server says it landed. */
export function UploadTray({ upload, rule, known }: { upload: Upload; rule: BucketInfo['rule']; known: readonly ObjectRow[] }) {
  const { t } = useWords();
  const language = useLanguage();
  const client = useClient();
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus({ preventScroll: true }), []);
  const { items, phase } = upload;
  const number = (value: number): string => formatNumber(value, language);
  const bytes = items.reduce((sum, { file }) => sum + file.size, 0);
  const count = (state: UploadItem['state']): number => items.filter((item) => item.state === state).length;
  const [done, waits, failed, cancelled] = [count('done'), count('waits'), count('failed'), count('cancelled')];
  const replaced = phase === 'staged' ? items.filter(({ key }) => known.some((row) => row.key === key)).length : 0;
  const different = items.find(({ error }) => error?.code === 'objectLandedDifferently');

  return (
    <section className={styles.tray} aria-labelledby="upload-tray">
      <header className={styles.cardHead}>
        <h2 id="upload-tray" ref={heading} tabIndex={-1}>
          {t('objects.tray.title', { count: items.length, number: number(items.length), size: formatBytes(bytes, language) })}
          <span>{t('objects.tray.target', { place: shorten(upload.prefix === '' ? upload.bucket : upload.prefix, 22) })}</span>
        </h2>
        {phase === 'staged' || phase === 'ended' ? (
          <ActionIcon onClick={closeTray} aria-label={t('objects.tray.close')}>
            <IconX size={16} stroke={1.5} />
          </ActionIcon>
        ) : null}
      </header>
      <div className={styles.trayBody}>
        {different?.error ? <ErrorNotice error={different.error} /> : null}
        {phase === 'staged' ? (
          <div className={styles.choice}>
            <h3>{t('objects.tray.encryption')}</h3>
            <RuleCell rule={rule} />
            <p>
              {rule === undefined
                ? t('objects.tray.whyUnread')
                : rule.kind === 'none'
                  ? t('objects.tray.whyNone')
                  : t('objects.tray.why', { rule: ruleWords(rule) })}
            </p>
            {replaced > 0 ? (
              <p className="sd-note" data-mark="warn">
                <StateIcon mark="warn" silent /> {t('objects.tray.replaces', { count: replaced, number: number(replaced) })}
              </p>
            ) : null}
          </div>
        ) : (
          <p className={styles.totals} aria-live="polite">
            <strong>{t('objects.tray.ofAll', { done: number(done), all: number(items.length) })}</strong>{' '}
            {t(done === items.length ? 'objects.tray.allBack' : 'objects.tray.readBack')}
            {failed > 0 ? (
              <span className={styles.figure}>{t('objects.tray.failed', { count: failed, number: number(failed) })}</span>
            ) : null}
            {cancelled > 0 ? (
              <span className={styles.figure}>{t('objects.tray.cancelled', { count: cancelled, number: number(cancelled) })}</span>
            ) : null}
          </p>
        )}
        <ul className={styles.files}>
          {rowsOf(items).map((item) => (
            <FileRow key={item.id} item={item} prefix={upload.prefix} />
          ))}
        </ul>
      </div>
      <footer className={styles.trayFoot}>
        {phase === 'staged' ? (
          <>
            <ChangeButton variant="filled" onClick={() => void runUploads(client)}>
              {t('objects.tray.start', { count: items.length, number: number(items.length) })}
            </ChangeButton>
            <Button variant="subtle" onClick={closeTray}>
              {t('objects.tray.notNow')}
            </Button>
          </>
        ) : phase === 'paused' ? (
          <>
            <ChangeButton onClick={() => void runUploads(client)}>
              {t('objects.tray.goOn', { count: waits, number: number(waits) })}
            </ChangeButton>
            <Button variant="subtle" onClick={cancelUploads}>
              {t('objects.tray.cancelRest')}
            </Button>
          </>
        ) : phase === 'running' ? (
          <Button onClick={cancelUploads}>{t('objects.tray.cancel')}</Button>
        ) : (
          <Button onClick={closeTray}>{t('objects.tray.close')}</Button>
        )}
      </footer>
    </section>
  );
}

function FileRow({ item, prefix }: { item: UploadItem; prefix: string }) {
  const { t } = useWords();
  const language = useLanguage();
  const { state, file, key, sent, row, endedAt, error } = item;
  const name = nameBelow(key, prefix);
  const part = file.size === 0 ? 0 : Math.floor((sent / file.size) * 100);
  return (
    <li className={styles.file} data-state={state}>
      {state === 'runs' ? (
        <Loader size={14} />
      ) : (
        <StateIcon mark={state === 'done' ? 'ok' : state === 'failed' ? 'fail' : 'absent'} silent />
      )}
      <MiddleName name={name} />
      <span className={styles.progress}>
        {state === 'runs' ? <Progress value={part} w={84} aria-label={t('objects.tray.sending', { name, part })} /> : null}
        {state === 'waits' ? t('objects.tray.waits') : null}
        {state === 'cancelled' ? t('objects.tray.stopped') : null}
        {state === 'failed' ? t('objects.tray.didFail') : null}
        {state === 'done' && row ? (
          <>
            <ObjectStateBadge state={row.encryption.state} size={14} />
            <span className={styles.backAt} title={endedAt === undefined ? undefined : formatFull(endedAt, language)}>
              {endedAt === undefined ? '' : formatClock(endedAt, language)}
            </span>
          </>
        ) : null}
      </span>
      <span className={styles.fileSize}>{formatBytes(file.size, language)}</span>
      {state === 'failed' && error && error.code !== 'objectLandedDifferently' ? (
        <div className={styles.fileError}>
          <ErrorNotice error={error} />
        </div>
      ) : null}
    </li>
  );
}
