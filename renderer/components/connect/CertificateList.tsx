import type { ShownCertificate } from '../../../shared/connect.ts';
import { useLanguage, useWords } from '../../locales/language.ts';
import { CopyAction } from '../CopyValue.tsx';
import { Fact } from '../Fact.tsx';
import { formatDay } from '../format.ts';
import { commonName, hasEnded, issuerOf, shownFingerprint } from './certificateFacts.ts';
import styles from './connect.module.css';

/** What a certificate says of itself, before anybody believes it. The fingerprint is whole: it is there to be compared. */
export function CertificateFacts({ certificate }: { certificate: ShownCertificate }) {
  const { t } = useWords();
  const language = useLanguage();
  const until = formatDay(certificate.notAfter, language);
  return (
    <dl className={styles.facts}>
      <Fact label={t('connect.fact.names')}>
        <span className="sd-mono">{certificate.names.length > 0 ? certificate.names.join(' ') : commonName(certificate.subject)}</span>
      </Fact>
      <Fact label={t('connect.fact.issuer')}>
        {t(hasEnded(certificate, Date.now()) ? 'connect.issuedEnded' : 'connect.issuedUntil', {
          issuer: issuerOf(certificate),
          day: until,
        })}
      </Fact>
      <Fact label={t('connect.fact.fingerprint')}>
        <span className={styles.wholePrint}>
          <span className="sd-mono">{shownFingerprint(certificate.fingerprint)}</span>
          <CopyAction value={shownFingerprint(certificate.fingerprint)} label={t('connect.copyFingerprint')} />
        </span>
      </Fact>
    </dl>
  );
}

/** The certificates of a CA file that was picked: who they are, until when, and which of them is no CA. */
export function CaFacts({ certificates }: { certificates: readonly ShownCertificate[] }) {
  const { t } = useWords();
  const language = useLanguage();
  return (
    <ul className={styles.caFacts}>
      {certificates.map((certificate) => (
        <li key={certificate.fingerprint}>
          <span>
            {t(hasEnded(certificate, Date.now()) ? 'connect.caEnded' : 'connect.caUntil', {
              name: commonName(certificate.subject),
              day: formatDay(certificate.notAfter, language),
            })}
            {certificate.isCa ? null : <em className={styles.noCa}> {t('connect.noCa')}</em>}
          </span>
          <span className={styles.wholePrint}>
            <span className="sd-mono">{shownFingerprint(certificate.fingerprint)}</span>
            <CopyAction value={shownFingerprint(certificate.fingerprint)} label={t('connect.copyFingerprint')} />
          </span>
        </li>
      ))}
    </ul>
  );
}
