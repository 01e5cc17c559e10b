import type { ReactNode } from 'react';
import type { ServerTest } from '../../../shared/connect.ts';
import { serverNames } from '../../../shared/servers.ts';
import { useLanguage, useSentence, useWords } from '../../locales/language.ts';
import { useAgo } from '../Age.tsx';
import { CopyAction } from '../CopyValue.tsx';
import { Fact } from '../Fact.tsx';
import { formatDay } from '../format.ts';
import { hostOf } from './address.ts';
import { hasEnded, issuerOf, shortFingerprint, shownFingerprint } from './certificateFacts.ts';
import styles from './lights.module.css';
import { notesOf, stoppedAt } from './lights.ts';

/** What stopped, the facts of both sides, and the first thing to try. */
export function LightDetail({ test, children }: { test: ServerTest; children: ReactNode }) {
  const { t } = useWords();
  const { explain } = useSentence();
  const language = useLanguage();
  const stop = stoppedAt(test);
  const told = (stop ? [stop] : notesOf(test)).flatMap(({ light, error }) => (error ? [{ light, ...explain(error) }] : []));
  const { certificate } = test;
  const ago = useAgo(test.at);
  return (
    <div className={styles.columns}>
      <div>
        {told.map(({ light, title, explanation }) => (
          <div key={light} className={styles.told}>
            <h2>{title}</h2>
            <p>{explanation}</p>
          </div>
        ))}
        {told.length > 0 ? null : stop ? (
          <h2>{t('connect.stopped', { light: t(`connect.light.${stop.light}`) })}</h2>
        ) : (
          <>
            <h2>{t('connect.allAnswer')}</h2>
            <p>{t('connect.allAnswerText')}</p>
          </>
        )}
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
        {stop === undefined && test.said === undefined ? null : (
          <Fact label={t('connect.fact.said', { server: serverNames[test.kind] })}>
            {test.said === undefined ? (
              t(stop?.light === 'tls' ? 'connect.saidNothingTls' : 'connect.saidNothing')
            ) : (
              <span className="sd-mono">{test.said}</span>
            )}
          </Fact>
        )}
      </dl>
      <div className={styles.first}>
        {told.length > 0 ? <h2>{t(stop ? 'connect.firstThing' : 'connect.worthDoing')}</h2> : null}
        {children}
        {told.map(({ light, next }) => (
          <p key={light} className={styles.next}>
            {next}
          </p>
        ))}
      </div>
    </div>
  );
}
