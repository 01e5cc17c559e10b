import { Button } from '@mantine/core';
import { serverNames } from '../../../shared/servers.ts';
import type { ServerKind, Stack } from '../../../shared/stacks.ts';
import { useAgo } from '../../components/Age.tsx';
import { CopyAction } from '../../components/CopyValue.tsx';
import { commonName, shortFingerprint, shownFingerprint } from '../../components/connect/certificateFacts.ts';
import { givenKinds, knownServer } from '../../components/connect/knownServer.ts';
import { StateIcon } from '../../components/StateIcon.tsx';
import { useWords } from '../../locales/language.ts';
import styles from './connect.module.css';

/** Whom Sealdeck believes, for which servers, and since when a person said so. */
export function Vouchers({ stack, onChange }: { stack: Stack; onChange(kind: ServerKind): void }) {
  const { t } = useWords();
  const rows = givenKinds(stack).map((kind) => ({ kind, ca: knownServer(stack, kind)?.ca }));
  return (
    <section className={styles.vouchers} aria-labelledby="vouchers">
      <h2 id="vouchers">{t('connect.vouchers.head')}</h2>
      <ul>
        {rows.map(({ kind, ca }) => (
          <li key={kind}>
            <StateIcon mark={ca ? 'ok' : 'warn'} silent />
            <span className={styles.voucher}>
              {serverNames[kind]}
              <span className={styles.by}>
                {ca === undefined
                  ? t('connect.vouchers.nobody')
                  : ca.kind === 'file'
                    ? commonName(ca.subject)
                    : t(`connect.vouchers.${ca.kind}`)}
              </span>
            </span>
            <span className={styles.print}>
              {ca === undefined || ca.kind === 'system' || ca.fingerprint === '' ? null : (
                <>
                  <span className="sd-mono" title={shownFingerprint(ca.fingerprint)}>
                    SHA-256 {shortFingerprint(ca.fingerprint)}
                  </span>
                  <CopyAction value={shownFingerprint(ca.fingerprint)} label={t('connect.copyFingerprint')} />
                </>
              )}
            </span>
            <span className={styles.confirmed}>{ca?.confirmedAt === undefined ? null : <Confirmed at={ca.confirmedAt} />}</span>
            <Button
              size="xs"
              variant="transparent"
              aria-label={t('connect.vouchers.changeOf', { server: serverNames[kind] })}
              onClick={() => onChange(kind)}
            >
              {t('connect.vouchers.change')}
            </Button>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Confirmed({ at }: { at: string }) {
  const { t } = useWords();
  const ago = useAgo(at);
  return t('connect.vouchers.confirmed', { ago });
}
