import { Loader } from '@mantine/core';
import type { ServerBinary } from '../../../shared/lab.ts';
import { formatNumber, shortVersion } from '../../components/format.ts';
import { StateIcon } from '../../components/StateIcon.tsx';
import { useLanguage, useWords } from '../../locales/language.ts';
import styles from './fields.module.css';
import { programNames } from './servers.ts';

/** Each server with where it was found, or with what getting it takes: source, size, licence, minutes. */
export function FoundServers({ binaries, loading }: { binaries: readonly ServerBinary[]; loading: boolean }) {
  const { t } = useWords();
  const language = useLanguage();

  function detail({ source, offer }: ServerBinary): string {
    if (source !== 'none') return t(`setup.servers.source.${source}`);
    if (!offer) return t('setup.servers.notFound');
    if (offer.missing !== undefined) return t(`setup.servers.needs.${offer.missing}`);
    return t(`setup.servers.offer.${offer.way}`, {
      megabytes: formatNumber(offer.megabytes, language),
      minutes: formatNumber(offer.minutes, language),
      licence: offer.licence,
    });
  }

  return (
    <section aria-labelledby="setup-servers">
      <h2 id="setup-servers" className={styles.label}>
        {t('setup.servers.found')}
      </h2>
      {loading ? (
        <p className={styles.why}>
          <Loader size={12} /> {t('setup.servers.looking')}
        </p>
      ) : null}
      <ul className={styles.found}>
        {binaries.map((binary) => (
          <li key={binary.program}>
            <StateIcon mark={binary.source !== 'none' ? 'ok' : binary.offer && binary.offer.missing === undefined ? 'absent' : 'warn'} />
            <span className={styles.foundName} title={binary.path}>
              {programNames[binary.program]} {binary.version === undefined ? '' : shortVersion(binary.version)}
            </span>
            <span className={styles.foundDetail}>{detail(binary)}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}
