import { Button } from '@mantine/core';
import type { CertificateFacts, KeyPlace } from '../../../../shared/certificateFiles.ts';
import { CopyValue } from '../../../components/CopyValue.tsx';
import { DrawerHead } from '../../../components/DrawerHead.tsx';
import { DrawerContent } from '../../../components/drawer.tsx';
import pane from '../../../components/drawerPane.module.css';
import { ErrorNotice } from '../../../components/ErrorNotice.tsx';
import { EngineButton } from '../../../components/engine/EngineButton.tsx';
import { Fact } from '../../../components/Fact.tsx';
import { formatFull } from '../../../components/format.ts';
import facts from '../../../components/objectFacts.module.css';
import { StateIcon } from '../../../components/StateIcon.tsx';
import { useSentence, useWords } from '../../../locales/language.ts';
import { useAction } from '../../../rpc/hooks.ts';
import type { Dialog } from './Dialogs.tsx';
import type { ListedFile } from './FilesPane.tsx';
import styles from './files.module.css';
import { purposesOf } from './place.ts';

interface FileCardProps {
  stackId: string;
  listed: ListedFile;
  onClose(): void;
  onDialog(dialog: Dialog): void;
}

/** Everything that is known of one file, and what can be done with it. */
export function FileCard({ stackId, listed, onClose, onDialog }: FileCardProps) {
  const { t } = useWords();
  const { sentence } = useSentence();
  const close = useAction('certificates.closeKey');
  const { file, certificates, keys, findings, mode } = listed;
  const own = keys.find(({ place, name }) => place === 'file' && name === file);
  const beside = own ?? keys.find(({ place }) => place === 'file');
  const open = beside?.mode !== undefined && (Number.parseInt(beside.mode, 8) & 0o077) !== 0;
  return (
    <DrawerContent
      autoOpen="always"
      wide
      onLeave={onClose}
      foot={
        <div className={pane.buttons}>
          {certificates.length > 0 ? (
            <Button onClick={() => onDialog({ what: 'export', file, locked: beside !== undefined && beside.protection !== 'none' })}>
              {t('certificateFiles.card.export')}
            </Button>
          ) : null}
          {beside ? (
            <Button onClick={() => onDialog({ what: 'protect', file: beside.name, now: beside.protection })}>
              {t('certificateFiles.card.protect')}
            </Button>
          ) : null}
          {open && beside ? (
            <EngineButton loading={close.pending} onClick={() => void close.run({ stackId, file: beside.name })}>
              {t('certificateFiles.card.close600')}
            </EngineButton>
          ) : null}
        </div>
      }
    >
      <section className={pane.pane} aria-labelledby="certificate-card">
        <DrawerHead
          id="certificate-card"
          title={<span className="sd-mono">{file}</span>}
          label={file}
          hover={file}
          close={t('certificateFiles.card.close')}
          onClose={onClose}
        />
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard */}
        <div className={pane.body} tabIndex={0}>
          {close.error ? <ErrorNotice error={close.error} /> : null}
          {findings.length > 0 ? (
            <ul className={styles.findings} aria-label={t('certificateFiles.card.findings')}>
              {findings.map((finding) => (
                <li key={finding.text.code}>
                  <StateIcon mark={finding.mark} />
                  <span>{sentence(finding.text)}</span>
                </li>
              ))}
            </ul>
          ) : null}
          <dl className={facts.facts}>
            {keys.length === 0 && certificates.length > 0 ? (
              <Fact label={t('certificateFiles.card.key')}>{t('certificateFiles.keyPlace.noneLong')}</Fact>
            ) : null}
            {keys.map((key) => (
              <Fact key={`${key.place} ${key.name}`} label={t('certificateFiles.card.key')}>
                <KeyWords place={key} />
              </Fact>
            ))}
            {mode === undefined ? null : <Fact label={t('certificateFiles.card.mode')}>{mode}</Fact>}
          </dl>
          {certificates.map((certificate, at) => (
            <section key={certificate.fingerprint} className={styles.one}>
              {certificates.length > 1 ? <h3>{t('certificateFiles.card.certificate', { at: at + 1, all: certificates.length })}</h3> : null}
              <Facts certificate={certificate} />
            </section>
          ))}
        </div>
      </section>
    </DrawerContent>
  );
}

function KeyWords({ place: { place, name, protection, mode } }: { place: KeyPlace }) {
  const { t } = useWords();
  if (place === 'store') return t('certificateFiles.keyPlace.storeLong', { name });
  return (
    <>
      <span className="sd-mono">{name}</span> {mode} · {t(`certificateFiles.protection.${protection}`)}
    </>
  );
}

/** What a certificate says of itself; `brief`: what one needs to know it again. */
export function Facts({ certificate, brief = false }: { certificate: CertificateFacts; brief?: boolean }) {
  const { t, language } = useWords();
  const { subject, issuer, selfSigned, names, keyUsages, keyType, pathLength, serial, fingerprint, identity } = certificate;
  const purposes = purposesOf(certificate).map((one) => t(`certificateFiles.purpose.${one}`));
  return (
    <dl className={facts.facts}>
      <Fact label={t('certificateFiles.card.subject')}>{subject || '–'}</Fact>
      <Fact label={t('certificateFiles.card.issuer')}>{selfSigned ? t('certificateFiles.card.selfSigned') : issuer}</Fact>
      {names.length > 0 ? (
        <Fact label={t('certificateFiles.card.names')}>
          <span className="sd-mono">{names.join(' ')}</span>
        </Fact>
      ) : null}
      <Fact label={t('certificateFiles.card.purpose')}>
        {[...purposes, ...(pathLength === undefined ? [] : [t('certificateFiles.paths', { length: pathLength })])].join(' · ')}
      </Fact>
      {keyUsages.length > 0 && !brief ? <Fact label={t('certificateFiles.card.keyUsage')}>{keyUsages.join(' ')}</Fact> : null}
      <Fact label={t('certificateFiles.card.type')}>{keyType}</Fact>
      {brief ? null : <Fact label={t('certificateFiles.card.from')}>{formatFull(certificate.notBefore, language)}</Fact>}
      <Fact label={t('certificateFiles.card.to')}>{formatFull(certificate.notAfter, language)}</Fact>
      {brief ? null : (
        <>
          <Fact label={t('certificateFiles.card.serial')}>
            <CopyValue value={serial} longest={32} />
          </Fact>
          <Fact label={t('certificateFiles.card.fingerprint')}>
            <CopyValue value={fingerprint} longest={32} />
          </Fact>
        </>
      )}
      <Fact label={t('certificateFiles.card.identity')}>
        <CopyValue value={identity} longest={32} />
      </Fact>
    </dl>
  );
}
