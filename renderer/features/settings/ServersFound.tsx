import { Table } from '@mantine/core';
import type { ServerBinary } from '../../../shared/lab.ts';
import { CopyValue } from '../../components/CopyValue.tsx';
import { formatNumber, shortVersion } from '../../components/format.ts';
import { StateIcon } from '../../components/StateIcon.tsx';
import { useLanguage, useWords } from '../../locales/language.ts';
import styles from './settings.module.css';

const names = { openbao: 'OpenBao', vault: 'Vault', kes: 'KES', minio: 'MinIO' } as const;

/** Server binaries on this machine, and how a missing one could be had. */
export function ServersFound({ binaries, cache }: { binaries: readonly ServerBinary[]; cache: string }) {
  const { t } = useWords();
  const language = useLanguage();

  function how({ offer, path, source }: ServerBinary) {
    if (path !== undefined && source !== 'none') return <CopyValue value={path} longest={48} />;
    if (!offer) return <span className={styles.quiet}>{t('settings.servers.none')}</span>;
    const figures = {
      megabytes: formatNumber(offer.megabytes, language),
      minutes: formatNumber(offer.minutes, language),
      licence: offer.licence,
    };
    return (
      <span className={styles.quiet}>
        {offer.missing === undefined ? t(`settings.servers.offer.${offer.way}`, figures) : t(`settings.servers.missing.${offer.missing}`)}
      </span>
    );
  }

  return (
    <>
      <Table className={styles.table ?? ''}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th className={styles.program ?? ''}>{t('settings.servers.program')}</Table.Th>
            <Table.Th className={styles.version ?? ''}>{t('settings.servers.version')}</Table.Th>
            <Table.Th className={styles.source ?? ''}>{t('settings.servers.source')}</Table.Th>
            <Table.Th>{t('settings.servers.where')}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {binaries.map((binary) => (
            <Table.Tr key={binary.program}>
              <Table.Td>
                <span className={styles.found}>
                  <StateIcon mark={binary.source === 'none' ? 'absent' : 'ok'} />
                  {names[binary.program]}
                </span>
              </Table.Td>
              <Table.Td>{binary.version === undefined ? '' : (shortVersion(binary.version) ?? t('settings.servers.fromSource'))}</Table.Td>
              <Table.Td className={styles.quiet ?? ''}>{t(`settings.servers.sources.${binary.source}`)}</Table.Td>
              <Table.Td>{how(binary)}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
      <p className={styles.sentence}>
        {t('settings.servers.cache')} <CopyValue value={cache} longest={64} />
      </p>
    </>
  );
}
