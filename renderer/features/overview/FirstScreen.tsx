import { Button } from '@mantine/core';
import { IconFileText, IconHistory, IconPlugConnected, IconTerminal2 } from '@tabler/icons-react';
import { Link } from 'wouter';
import type { StoreStatus } from '../../../shared/app.ts';
import type { ServerBinary } from '../../../shared/lab.ts';
import { formatNumber, shorten, shortVersion } from '../../components/format.ts';
import { EmptyChain } from '../../components/HopPicture.tsx';
import { type Mark, StateIcon } from '../../components/StateIcon.tsx';
import { useLanguage, useWords } from '../../locales/language.ts';
import { useCall } from '../../rpc/hooks.ts';
import styles from './firstScreen.module.css';
import { LookAround } from './LookAround.tsx';
import { offered } from './offered.ts';

const names = { openbao: 'OpenBao', vault: 'Vault', kes: 'KES', minio: 'MinIO' } as const;

/** No stack yet: the chain in outline, what this machine has already, and the one button that fills the page. */
export function FirstScreen() {
  const { t } = useWords();
  const servers = useCall('lab.servers', {}).data;
  const store = useCall('store.status', {}).data;
  const aliases = useCall('connect.aliases', {}).data?.aliases;
  const parts = ['certificates', 'vault', 'kes', 'minio', 'buckets'] as const;
  const chain = Object.fromEntries(parts.map((part) => [part, t(`components.part.${part}`)])) as Record<(typeof parts)[number], string>;
  return (
    <div className={styles.screen}>
      <EmptyChain names={chain} />
      <h1 className={styles.question}>{t('overview.first.question')}</h1>
      <p className={styles.sentence}>{t('overview.first.sentence')}</p>
      <div className={styles.choices}>
        <section className={styles.choice} aria-labelledby="first-choice">
          <h2 id="first-choice">{t('overview.first.nothingRuns')}</h2>
          <p>{t('overview.first.nothingRunsText')}</p>
          <ul className={styles.found}>
            {offered(servers?.binaries ?? []).map((binary) => (
              <Found key={binary.program} binary={binary} />
            ))}
            {store === undefined ? null : (
              <Row
                mark={store.state === 'open' || (store.state === 'absent' && store.keychain.available) ? 'ok' : 'warn'}
                name={t('overview.first.secrets')}
                detail={t(whereSecretsGo(store))}
              />
            )}
          </ul>
          <Button variant="filled" component={Link} href="/setup">
            {t('overview.first.setUp')}
          </Button>
        </section>
        <section className={styles.choice} aria-labelledby="second-choice">
          <h2 id="second-choice">{t('overview.first.alreadyRun')}</h2>
          <p>{t('overview.first.alreadyRunText')}</p>
          <ul className={styles.found}>
            {aliases === undefined || aliases.length === 0 ? null : (
              <li>
                <IconTerminal2 size={14} stroke={1.5} aria-hidden />
                <span>{t('overview.first.aliases', { count: aliases.length })}</span>
                <span className={styles.detail}>{shorten(aliases.map(({ name }) => name).join(', '), 32)}</span>
              </li>
            )}
            <li>
              <IconFileText size={14} stroke={1.5} aria-hidden />
              <span>{t('overview.first.environment')}</span>
              <span className={styles.detail}>{t('overview.first.pickOne')}</span>
            </li>
            <li>
              <IconHistory size={14} stroke={1.5} aria-hidden />
              <Link href="/old-kes">{t('overview.first.oldKes')}</Link>
            </li>
          </ul>
          <Button component={Link} href="/connect">
            {t('overview.first.connect')}
          </Button>
        </section>
      </div>
      <LookAround />
      <p className={styles.foot}>
        <IconPlugConnected size={14} stroke={1.5} aria-hidden />
        {t('overview.first.promise')} <Link href="/restore">{t('overview.first.restore')}</Link>
      </p>
    </div>
  );
}

function Found({ binary }: { binary: ServerBinary }) {
  const { t } = useWords();
  const language = useLanguage();
  const name = [names[binary.program], binary.version === undefined ? undefined : shortVersion(binary.version)].filter(Boolean).join(' ');
  const { offer } = binary;
  if (binary.source !== 'none') return <Row mark="ok" name={name} detail={t(`overview.first.source.${binary.source}`)} />;
  if (!offer) return <Row mark="warn" name={name} detail={t('overview.first.notFound')} />;
  if (offer.missing !== undefined) return <Row mark="warn" name={name} detail={t(`overview.first.needs.${offer.missing}`)} />;
  return (
    <Row mark="absent" name={name} detail={t(`overview.first.offer.${offer.way}`, { minutes: formatNumber(offer.minutes, language) })} />
  );
}

function Row({ mark, name, detail }: { mark: Mark; name: string; detail: string }) {
  return (
    <li>
      <StateIcon mark={mark} />
      <span>{name}</span>
      <span className={styles.detail}>{detail}</span>
    </li>
  );
}

function whereSecretsGo({ state, mode, keychain }: StoreStatus) {
  if (state === 'open') return `overview.first.store.${mode ?? 'keychain'}` as const;
  if (state === 'locked') return 'overview.first.locked' as const;
  return keychain.available ? ('overview.first.keychain' as const) : ('overview.first.noKeychain' as const);
}
