import { NativeSelect, SegmentedControl } from '@mantine/core';
import type { ReactNode } from 'react';
import type { Settings, StoreMode } from '../../../shared/app.ts';
import { CopyValue } from '../../components/CopyValue.tsx';
import { DrawerContent } from '../../components/drawer.tsx';
import { ErrorNotice } from '../../components/ErrorNotice.tsx';
import { EngineButton } from '../../components/engine/EngineButton.tsx';
import { PageHeader } from '../../components/PageHeader.tsx';
import type { Mark } from '../../components/StateIcon.tsx';
import { StoreCreate, StoreUnlock } from '../../components/StoreForms.tsx';
import { useWords } from '../../locales/language.ts';
import { useAction, useCall } from '../../rpc/hooks.ts';
import { QuitEngine } from './QuitEngine.tsx';
import { ServersFound } from './ServersFound.tsx';
import { StoreCopies } from './StoreCopies.tsx';
import styles from './settings.module.css';

/** Where secrets lie, how the window looks, which servers were found, and the engine itself. */
export function SettingsPage() {
  const { t } = useWords();
  const store = useCall('store.status', {});
  const info = useCall('app.info', {}).data;
  const servers = useCall('lab.servers', {});
  const status = store.data;
  const storeMark: Mark = status?.state === 'open' ? (status.protected ? 'ok' : 'warn') : status?.state === 'locked' ? 'fail' : 'absent';
  return (
    <>
      <PageHeader
        question={t('settings.question')}
        answer={
          status
            ? {
                mark: storeMark,
                text:
                  status.state === 'open'
                    ? t(`settings.store.open.${status.mode ?? 'keychain'}`)
                    : t(`settings.store.state.${status.state}`),
              }
            : undefined
        }
      />
      <Section title={t('settings.store.title')}>
        {store.error ? <ErrorNotice error={store.error} /> : null}
        {status?.state === 'absent' ? <StoreCreate keychain={status.keychain} /> : null}
        {status?.state === 'locked' ? <StoreUnlock status={status} /> : null}
        {status?.state === 'open' ? <OpenStore canLock={status.mode !== 'memory'} mode={status.mode ?? 'keychain'} /> : null}
      </Section>
      <Section title={t('settings.look')}>
        <Look />
      </Section>
      <Section title={t('settings.servers.title')}>
        {servers.error ? <ErrorNotice error={servers.error} /> : null}
        {servers.data ? (
          <ServersFound binaries={servers.data.binaries} cache={servers.data.cache} />
        ) : (
          <p>{t('settings.servers.looking')}</p>
        )}
      </Section>
      <Section title={t('settings.engine.title')}>
        {info ? (
          <dl className={styles.facts}>
            <dt>{t('settings.engine.version')}</dt>
            <dd>{info.version}</dd>
            <dt>{t('settings.engine.host')}</dt>
            <dd>{t(`settings.engine.hosts.${info.host}`)}</dd>
            <dt>{t('settings.engine.folder')}</dt>
            <dd>
              <CopyValue value={info.dataFolder} longest={64} />
            </dd>
            <dt>{t('settings.engine.user')}</dt>
            <dd>{info.user}</dd>
          </dl>
        ) : null}
        <QuitEngine />
      </Section>
      <DrawerContent
        commands={[
          { line: "echo '{}' | npx --no-install sealdeck call store.status --json" },
          { line: 'npx --no-install sealdeck servers' },
          { line: 'npx --no-install sealdeck selfcheck' },
        ]}
        lines={
          status
            ? [{ mark: storeMark, text: t(`settings.store.evidence.${status.state}`), at: new Date(store.dataUpdatedAt).toISOString() }]
            : []
        }
      />
    </>
  );
}

function Section({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className={styles.section}>
      <h2>{title}</h2>
      <div className={styles.content}>{children}</div>
    </section>
  );
}

function OpenStore({ canLock, mode }: { canLock: boolean; mode: StoreMode }) {
  const { t } = useWords();
  const lock = useAction('store.lock');
  return (
    <>
      <p className={styles.sentence}>
        <strong>{t(`settings.store.mode.${mode}.name`)}</strong> {t(`settings.store.mode.${mode}.text`)}
      </p>
      {lock.error ? <ErrorNotice error={lock.error} /> : null}
      {canLock ? (
        <div className={styles.row}>
          <EngineButton loading={lock.pending} onClick={() => void lock.run({})}>
            {t('settings.store.lock')}
          </EngineButton>
          <span className={styles.quiet}>{t(mode === 'practice' ? 'settings.store.lockTextPractice' : 'settings.store.lockText')}</span>
        </div>
      ) : null}
      {canLock ? <AutoLock /> : null}
      {canLock ? <StoreCopies /> : null}
    </>
  );
}

function AutoLock() {
  const { t } = useWords();
  const settings = useCall('settings.read', {}).data;
  const write = useAction('settings.write');
  if (!settings) return null;
  // A choice made by the command line stands among the usual ones.
  const minutes = [...new Set([0, 5, 15, 60, 240, settings.autoLockMinutes])].sort((a, b) => a - b);
  return (
    <div className={styles.autoLock}>
      <NativeSelect
        label={t('settings.autoLock.label')}
        value={String(settings.autoLockMinutes)}
        onChange={(event) => void write.run({ autoLockMinutes: Number(event.currentTarget.value) })}
        data={minutes.map((value) => ({
          value: String(value),
          label: value === 0 ? t('settings.autoLock.never') : t('settings.autoLock.minutes', { minutes: value }),
        }))}
      />
      <span className={styles.quiet}>{t('settings.autoLock.text')}</span>
      {write.error ? <ErrorNotice error={write.error} /> : null}
    </div>
  );
}

function Look() {
  const { t } = useWords();
  const settings = useCall('settings.read', {}).data;
  const write = useAction('settings.write');
  const languages: readonly Settings['language'][] = ['system', 'en', 'zh-CN'];
  const themes: readonly Settings['theme'][] = ['system', 'light', 'dark'];
  if (!settings) return null;
  return (
    <div className={styles.look}>
      <span id="settings-language">{t('frame.language')}</span>
      <SegmentedControl
        aria-labelledby="settings-language"
        value={settings.language}
        onChange={(language) => void write.run({ language: language as Settings['language'] })}
        data={languages.map((value) => ({ value, label: t(`frame.languages.${value}`) }))}
      />
      <span id="settings-theme">{t('frame.theme')}</span>
      <SegmentedControl
        aria-labelledby="settings-theme"
        value={settings.theme}
        onChange={(theme) => void write.run({ theme: theme as Settings['theme'] })}
        data={themes.map((value) => ({ value, label: t(`frame.themes.${value}`) }))}
      />
      {write.error ? <ErrorNotice error={write.error} /> : null}
    </div>
  );
}
