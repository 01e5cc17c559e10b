import type { ReactNode } from 'react';
import { Link } from 'wouter';
import type { StackSummary } from '../../components/currentStack.ts';
import { ErrorNotice } from '../../components/ErrorNotice.tsx';
import { EngineButton } from '../../components/engine/EngineButton.tsx';
import { formatDay, shorten } from '../../components/format.ts';
import { StateIcon } from '../../components/StateIcon.tsx';
import { useLanguage, useSentence, useWords } from '../../locales/language.ts';
import { useAction, useCall } from '../../rpc/hooks.ts';
import { wizardAddress } from '../../wizard/wizards.ts';
import { type Attention, attention } from './attention.ts';
import styles from './overview.module.css';

interface Row {
  title: string;
  text: string;
  lines?: readonly string[];
  action?: ReactNode;
}

/** What wants a person, worst first, each with the one thing to do about it where this version can. */
export function NeedsAttention({ stack }: { stack: StackSummary }) {
  const { t } = useWords();
  const { explain } = useSentence();
  const language = useLanguage();
  const start = useAction('lab.start');
  const input = { stackId: stack.id };
  const vault = useCall('vault.status', input);
  const servers = useCall('lab.status', input);
  const items = attention(
    {
      store: useCall('store.status', {}).data,
      setup: stack.setup,
      connected: stack.origin === 'connected',
      draft: stack.draft,
      servers: servers.data?.servers ?? [],
      vault: vault.data,
      kes: useCall('kes.status', input).data?.nodes ?? [],
      minio: useCall('minio.status', input).data?.nodes ?? [],
      buckets: useCall('minio.buckets', input, { enabled: false }).data?.buckets ?? [],
      certificates: useCall('certificates.list', input).data?.certificates ?? [],
      uploads: useCall('uploads.list', input).data?.uploads ?? [],
    },
    Date.now(),
  );

  const link = (href: string, words: string): ReactNode => <Link href={href}>{words}</Link>;
  const startButton = (
    <EngineButton variant="transparent" disabled={start.pending} onClick={() => void start.run(input)}>
      {t('overview.attention.start')}
    </EngineButton>
  );

  function row(item: Attention): Row {
    switch (item.kind) {
      case 'storeAbsent':
      case 'storeLocked':
      case 'storePractice':
      case 'storeMemory':
        return {
          title: t(`overview.attention.${item.kind}.title`),
          text: t(`overview.attention.${item.kind}.text`),
          action: link('/settings', t('overview.attention.toSettings')),
        };
      case 'setup':
        return {
          title: t('overview.attention.setup.title', { proven: item.proven, total: item.total }),
          text: t('overview.attention.setup.text'),
          action: link('/setup', t('overview.attention.setup.action')),
        };
      case 'draft':
        return {
          title: t('overview.attention.draft.title'),
          text: t('overview.attention.draft.text'),
          action: link(`/connect/${stack.id}/servers`, t('overview.attention.draft.action')),
        };
      case 'noKms':
        return {
          title: t('overview.attention.noKms.title'),
          text: t('overview.attention.noKms.text'),
          action: link('/setup', t('overview.attention.noKms.action')),
        };
      case 'oldKes':
        return {
          title: t('overview.attention.oldKes.title'),
          text: t('overview.attention.oldKes.text'),
          action: link('/kes/move', t('overview.attention.oldKes.action')),
        };
      case 'stopped':
        return {
          title: t('overview.attention.stopped.title', { count: item.names.length, names: item.names.join(', ') }),
          text: t(`overview.attention.stopped.${item.waits ? 'textWaits' : item.vault ? 'textVault' : 'text'}`),
          ...(item.waits ? {} : { action: startButton }),
        };
      case 'died':
        return {
          title: t('overview.attention.died.title', { name: item.name }),
          text: t('overview.attention.died.text'),
          lines: item.lines,
          action: startButton,
        };
      case 'foreign':
        return {
          title: t('overview.attention.foreign.title', { name: item.name, url: item.url }),
          text: t('overview.attention.foreign.text'),
        };
      case 'sealed':
        return {
          title: t('overview.attention.sealed.title', { node: item.node }),
          text: t('overview.attention.sealed.text', { count: item.missing }),
          action: link('/vault', t('overview.attention.sealed.action')),
        };
      case 'broken': {
        const said = item.error ? explain(item.error) : undefined;
        return {
          title: said?.title ?? t('overview.attention.broken.title', { name: item.name }),
          text: said?.next ?? t('overview.attention.broken.text'),
        };
      }
      case 'certificate':
        return {
          title:
            item.days < 0
              ? t('overview.attention.certificate.ended', { name: item.name })
              : t('overview.attention.certificate.ends', { name: item.name, count: item.days }),
          text: t('overview.attention.certificate.text', { day: formatDay(item.notAfter, language) }),
          action: link(wizardAddress('certificates'), t('overview.attention.certificate.action')),
        };
      case 'unruled':
        return {
          title:
            item.names.length === 2
              ? t('overview.attention.unruled.two', { name: shorten(item.names[0] ?? '', 28), other: shorten(item.names[1] ?? '', 28) })
              : t('overview.attention.unruled.title', { count: item.names.length, name: shorten(item.names[0] ?? '', 32) }),
          text: t('overview.attention.unruled.text'),
          action: link(wizardAddress('bucket', item.names[0] ?? ''), t('overview.attention.unruled.action')),
        };
      case 'uploads': {
        const bucket = shorten(item.bucket, 32);
        return {
          title: t(`overview.attention.uploads.${item.phase}`, { count: item.count, bucket }),
          text: t(`overview.attention.uploads.${item.phase}Text`),
          action: link(`/objects/${encodeURIComponent(item.bucket)}`, t('overview.attention.uploads.action')),
        };
      }
      case 'rootKept':
        return {
          title: t('overview.attention.rootKept.title'),
          text: t('overview.attention.rootKept.text'),
          action: link('/setup/admin', t('overview.attention.rootKept.action')),
        };
      case 'keptShares':
        return {
          title: t('overview.attention.keptShares.title', { count: item.count }),
          text: t('overview.attention.keptShares.text'),
          action: link('/vault', t('overview.attention.keptShares.action')),
        };
    }
  }

  return (
    <section className={styles.section}>
      <h2>{t('overview.attention.head')}</h2>
      {vault.error && !vault.error.code.startsWith('store') ? <ErrorNotice error={vault.error} /> : null}
      {start.error ? <ErrorNotice error={start.error} /> : null}
      {items.length === 0 && vault.data && servers.data ? (
        <p className={styles.quiet}>
          <StateIcon mark="ok" silent /> {t('overview.attention.nothing')}
        </p>
      ) : null}
      <ul className={styles.items}>
        {items.map((item) => {
          const shown = row(item);
          return (
            <li key={`${item.kind} ${shown.title}`}>
              <StateIcon mark={item.mark} />
              <div className={styles.words}>
                <div className={styles.title}>{shown.title}</div>
                <div className={styles.text}>{shown.text}</div>
                {shown.lines === undefined || shown.lines.length === 0 ? null : (
                  <pre className={styles.lines}>{shown.lines.join('\n')}</pre>
                )}
              </div>
              {shown.action === undefined ? null : <div className={styles.action}>{shown.action}</div>}
            </li>
          );
        })}
      </ul>
    </section>
  );
}
