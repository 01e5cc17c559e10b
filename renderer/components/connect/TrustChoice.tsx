import { Checkbox, Loader, Radio } from '@mantine/core';
import { useEffect, useRef, useState } from 'react';
import type { TrustInput } from '../../../shared/connect.ts';
import type { StackCa } from '../../../shared/stacks.ts';
import { useWords } from '../../locales/language.ts';
import { useAction, useCall } from '../../rpc/hooks.ts';
import { ErrorNotice } from '../ErrorNotice.tsx';
import { CaFacts, CertificateFacts } from './CertificateList.tsx';
import { commonName, shortFingerprint } from './certificateFacts.ts';
import styles from './connect.module.css';
import { PickFile } from './PickFile.tsx';

type Kind = 'kept' | TrustInput['kind'];

export type UnfinishedTrust = 'pin' | 'file';

interface TrustChoiceProps {
  /** The server to look at; nothing is sent to it but a handshake. */
  url: string | undefined;
  /** Whom the stack believes for this server now. */
  kept: StackCa | undefined;
  /** Sealdeck made a CA for this stack. */
  local: boolean;
  /** No trust: nothing chosen, or as it was kept. `unfinished`: chosen, but not confirmed or picked yet. */
  onChange(trust: TrustInput | undefined, unfinished?: UnfinishedTrust): void;
  /** What is unfinished, said at the choice. */
  error?: string | undefined;
}

/** What the server shows, and who vouches for it. A fingerprint counts only once a person says that it was compared. */
export function TrustChoice({ url, kept, local, onChange, error }: TrustChoiceProps) {
  const { t } = useWords();
  const look = useCall('connect.look', { url: url ?? '' }, { enabled: url !== undefined });
  const read = useAction('connect.readCa');
  const [chosen, setChosen] = useState<Kind | undefined>(undefined);
  const [file, setFile] = useState<{ name: string; pem: string } | undefined>(undefined);
  const [ca, setCa] = useState<Awaited<ReturnType<typeof read.run>>>(undefined);
  const [compared, setCompared] = useState(false);
  const leaf = look.data?.chain[0];
  const bySystem = look.data?.trustedBySystem ?? false;
  const mode = chosen ?? (kept ? 'kept' : bySystem ? 'system' : undefined);

  // Where the system vouches already, nobody is asked.
  const bySelf = chosen === undefined && kept === undefined && bySystem;
  const tell = useRef(onChange);
  useEffect(() => {
    tell.current = onChange;
  });
  useEffect(() => {
    if (bySelf) tell.current({ kind: 'system' });
  }, [bySelf]);

  function choose(next: Kind): void {
    setChosen(next);
    setCompared(false);
    if (next === 'system' || next === 'local') onChange({ kind: next });
    else if (next === 'file' && file && ca) onChange({ kind: 'file', pem: file.pem });
    else onChange(undefined, next === 'kept' ? undefined : next);
  }

  async function pick(picked: File | undefined): Promise<void> {
    setCa(undefined);
    setFile(undefined);
    onChange(undefined, 'file');
    if (!picked) return;
    const pem = await picked.text();
    setFile({ name: picked.name, pem });
    const facts = await read.run({ pem });
    setCa(facts);
    if (facts) onChange({ kind: 'file', pem });
  }

  function confirm(yes: boolean): void {
    setCompared(yes);
    if (yes && leaf) onChange({ kind: 'pin', fingerprint: leaf.fingerprint });
    else onChange(undefined, 'pin');
  }

  return (
    <div className={styles.trust}>
      {url === undefined ? null : look.isPending ? (
        <p className={styles.why}>
          <Loader size={12} /> {t('connect.looking')}
        </p>
      ) : leaf ? (
        <CertificateFacts certificate={leaf} />
      ) : null}
      {look.error ? <ErrorNotice error={look.error} /> : null}
      <Radio.Group
        label={t('connect.trust.head')}
        error={error}
        value={mode ?? ''}
        onChange={(next) => choose(next as Kind)}
        className={styles.choices ?? ''}
      >
        {kept ? (
          <Radio
            value="kept"
            label={t(`connect.trust.kept.${kept.kind}`)}
            description={kept.kind === 'system' ? undefined : `${commonName(kept.subject)}, ${shortFingerprint(kept.fingerprint)}`}
            className={styles.choice ?? ''}
          />
        ) : null}
        <Radio
          value="system"
          label={t('connect.trust.system')}
          description={t(
            look.data === undefined ? 'connect.trust.systemWhy' : bySystem ? 'connect.trust.systemYes' : 'connect.trust.systemNo',
          )}
          className={styles.choice ?? ''}
        />
        <Radio value="file" label={t('connect.trust.file')} description={t('connect.trust.fileWhy')} className={styles.choice ?? ''} />
        {mode === 'file' ? (
          <div className={styles.below}>
            <PickFile
              label={t('connect.trust.pick')}
              name={file?.name}
              accept=".pem,.crt,.cer,.ca"
              onPick={(picked) => void pick(picked)}
            />
            {ca ? <CaFacts certificates={ca.certificates} /> : null}
            {read.error ? <ErrorNotice error={read.error} /> : null}
          </div>
        ) : null}
        <Radio
          value="pin"
          label={t('connect.trust.pin')}
          description={t(leaf ? 'connect.trust.pinWhy' : 'connect.trust.pinNotSeen')}
          disabled={!leaf}
          className={styles.choice ?? ''}
        />
        {mode === 'pin' && leaf ? (
          <div className={styles.below}>
            <Checkbox
              label={t('connect.trust.compared')}
              description={shortFingerprint(leaf.fingerprint)}
              checked={compared}
              onChange={(event) => confirm(event.currentTarget.checked)}
            />
          </div>
        ) : null}
        {local ? (
          <Radio value="local" label={t('connect.trust.local')} description={t('connect.trust.localWhy')} className={styles.choice ?? ''} />
        ) : null}
      </Radio.Group>
    </div>
  );
}
