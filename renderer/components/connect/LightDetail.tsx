import type { ReactNode } from 'react';
import type { ServerTest } from '../../../shared/connect.ts';
import { useLanguage, useSentence, useWords } from '../../locales/language.ts';
import { useAgo } from '../Age.tsx';
import { CopyAction } from '../CopyValue.tsx';
import { Fact } from '../Fact.tsx';
import { formatDay } from '../format.ts';
import { hostOf, serverNames } from './address.ts';
import { hasEnded, issuerOf, shortFingerprint, shownFingerprint } from './certificateFacts.ts';
import styles from './lights.module.css';
import { stoppedAt } from './lights.ts';

/** What stopped, the facts of both sides, and the first thing to try. */
export function LightDetail({ test, children }: { test: ServerTest; children: ReactNode }) {
  const { t } = useWords();
  const { explain } = useSentence();
  const language = useLanguage();
  const stop = stoppedAt(test);
  const told = stop?.error ? explain(stop.error) : undefined;
  const { certificate } = test;
  const ago = useAgo(test.at);
  return (
    <div className={styles.columns}>
      <div>
        <h2>{stop ? (told?.title ?? t('connect.stopped', { light: t(`connect.light.${stop.light}`) })) : t('connect.allAnswer')}</h2>
        <p>{stop ? told?.explanation : t('connect.allAnswerText')}</p>
        <p className={styles.asked}>{t('connect.asked', { ago })}</p>
      </div>
      <dl className={styles.facts}>
        <Fact label={t('connect.fact.dial')}>
          <span className="sd-mono">{hostOf(test.url)}</span>
        </Fact>
        {certificate ? (
          <>
            <Fact label={t('connect.fact.names')}>
              <span className={`sd-mono ${styles.namesList}`}>
                {certificate.names.map((name) => (
                  <span key={name}>{name}</span>
                ))}
                {certificate.names.length === 0 ? t('connect.noNames') : null}
              </span>
            </Fact>
            <Fact label={t('connect.fact.issuer')}>
              {t(hasEnded(certificate, Date.parse(test.at)) ? 'connect.issuedEnded' : 'connect.issuedUntil', {
                issuer: issuerOf(certificate),
                day: formatDay(certificate.notAfter, language),
              })}
            </Fact>
            <Fact label={t('connect.fact.fingerprint')}>
              <span className="sd-copyvalue">
                <span className="sd-mono" title={shownFingerprint(certificate.fingerprint)}>
                  {shortFingerprint(certificate.fingerprint)}
                </span>
                <CopyAction value={shownFingerprint(certificate.fingerprint)} label={t('connect.copyFingerprint')} />
              </span>
            </Fact>
          </>
        ) : null}
        <Fact label={t('connect.fact.said', { server: serverNames[test.kind] })}>
          {test.said === undefined ? (
            t(stop?.light === 'tls' ? 'connect.saidNothingTls' : 'connect.saidNothing')
          ) : (
            <span className="sd-mono">{test.said}</span>
          )}
        </Fact>
      </dl>
      <div className={styles.first}>
        {stop ? <h2>{t('connect.firstThing')}</h2> : null}
        {children}
        {told ? <p className={styles.next}>{told.next}</p> : null}
      </div>
    </div>
  );
}
