import { TextInput } from '@mantine/core';
import { useRef, useState } from 'react';
import { useLocation } from 'wouter';
import { CredentialFields, type CredentialHandle } from '../../../components/connect/CredentialFields.tsx';
import { FilePick, type PickedFile } from '../../../components/FilePick.tsx';
import { PageHeader } from '../../../components/PageHeader.tsx';
import { StoreChoice, type StoreChoiceHandle } from '../../../components/StoreChoice.tsx';
import { StoreUnlock } from '../../../components/StoreForms.tsx';
import { useWords } from '../../../locales/language.ts';
import { useAction, useCall } from '../../../rpc/hooks.ts';
import styles from './move.module.css';
import { OldFilesForm } from './OldFilesForm.tsx';

/** A stack of a folder of old files, without one to begin with. */
export function StartPage() {
  const { t } = useWords();
  const [, go] = useLocation();
  const store = useCall('store.status', {}).data;
  const make = useAction('kes.moveMakeStack');
  const settings = useAction('settings.write');
  const [name, setName] = useState('old-kes');
  const [minioUrl, setMinioUrl] = useState('');
  const [minioCa, setMinioCa] = useState<PickedFile | undefined>(undefined);
  const vault = useRef<CredentialHandle>(null);
  const choice = useRef<StoreChoiceHandle>(null);
  if (store?.state === 'locked') return <StoreUnlock status={store} />;
  return (
    <>
      <PageHeader question={t('kesMove.start.question')} answer={{ mark: 'info', text: t('kesMove.start.answer') }} />
      <OldFilesForm
        doIt={t('kesMove.start.make')}
        error={make.error}
        pending={make.pending}
        onChosen={async (source) => {
          if (store?.state === 'absent' && !(await choice.current?.make())) return;
          const credential = await vault.current?.take();
          if (credential === undefined || credential === 'none' || credential === 'incomplete') return;
          const made = await make.run({
            name,
            source,
            vault: credential,
            ...(minioUrl.trim() === '' ? {} : { minioUrl: minioUrl.trim() }),
            ...(minioCa === undefined ? {} : { minioCa: minioCa.content }),
          });
          if (!made) return;
          await settings.run({ currentStack: made.stackId });
          go('/kes/move');
        }}
      >
        {() => (
          <>
            <TextInput
              label={t('kesMove.start.name')}
              value={name}
              maxLength={40}
              onChange={(event) => setName(event.currentTarget.value)}
            />
            <div>
              <span className={styles.label}>Vault</span>
              <p className={styles.why}>{t('kesMove.start.vaultWhy')}</p>
              <CredentialFields kind="vault" kept={false} required ref={vault} />
            </div>
            <TextInput
              label={t('kesMove.start.minioUrl')}
              description={t('kesMove.start.minioUrlWhy')}
              placeholder="https://127.0.0.1:9000"
              classNames={{ input: 'sd-mono' }}
              value={minioUrl}
              onChange={(event) => setMinioUrl(event.currentTarget.value)}
            />
            <FilePick label={t('kesMove.start.minioCa')} why={t('kesMove.start.minioCaWhy')} file={minioCa} onPick={setMinioCa} />
            {store?.state === 'absent' ? <StoreChoice keychain={store.keychain} onMode={() => undefined} ref={choice} /> : null}
          </>
        )}
      </OldFilesForm>
    </>
  );
}
