import { SegmentedControl, TextInput } from '@mantine/core';
import { type Ref, useImperativeHandle, useRef, useState } from 'react';
import type { ServerKind } from '../../../shared/stacks.ts';
import { useWords } from '../../locales/language.ts';
import type { Input } from '../../rpc/client.ts';
import { SecretField, type SecretFieldHandle } from '../SecretField.tsx';
import styles from './connect.module.css';
import { PickFile } from './PickFile.tsx';

/** As it travels inward: typed secrets are strings there, once. */
export type TypedCredential = NonNullable<Input<'connect.save'>['credential']>;

/** What an mc alias or an environment file gave: the secrets are with the engine already. */
export interface ImportedCredential {
  readonly source: string;
  readonly alias?: string | undefined;
  /** Whose it is, for people. */
  readonly user: string;
}

export interface CredentialHandle {
  /** The credential, once: fields are empty afterwards. `none`: nothing was typed. `incomplete`: said at its field. */
  take(): Promise<TypedCredential | 'none' | 'incomplete'>;
}

interface CredentialFieldsProps {
  kind: ServerKind;
  /** One is kept already: empty fields leave it. */
  kept: boolean;
  /** Nothing typed is `incomplete`, too. */
  required?: boolean;
  imported?: ImportedCredential | undefined;
  onForgetImported?(): void;
  ref: Ref<CredentialHandle>;
}

const ways = {
  vault: ['vaultToken', 'vaultUserpass', 'vaultAppRole'],
  kes: ['kesCertificate', 'kesApiKey'],
  minio: ['minioKeys'],
} as const satisfies Record<ServerKind, readonly TypedCredential['kind'][]>;
type Way = (typeof ways)[ServerKind][number];

/** Who Sealdeck is for this server. Typed secrets stay in their input element until they are taken. */
export function CredentialFields({ kind, kept, required = false, imported, onForgetImported, ref }: CredentialFieldsProps) {
  const { t } = useWords();
  const [way, setWay] = useState<Way>(ways[kind][0]);
  const [name, setName] = useState('');
  const [mount, setMount] = useState('');
  const [files, setFiles] = useState<{ cert?: File | undefined; key?: File | undefined }>({});
  const [missing, setMissing] = useState(false);
  const secret = useRef<SecretFieldHandle>(null);
  const empty = missing ? t('connect.credential.missing') : undefined;
  const rest = kept ? t('connect.credential.kept') : undefined;

  useImperativeHandle(ref, () => ({
    async take() {
      if (imported)
        return { kind: 'imported', source: imported.source, ...(imported.alias === undefined ? {} : { alias: imported.alias }) };
      const typed = (secret.current?.take() ?? '').trim();
      const parts =
        way === 'kesCertificate' ? [files.cert, files.key] : way === 'vaultToken' || way === 'kesApiKey' ? [typed] : [name.trim(), typed];
      const given = parts.filter((part) => part !== undefined && part !== '').length;
      setMissing((given > 0 || required) && given < parts.length);
      if (required && given === 0) return 'incomplete';
      // A name alone is no wish to change what is kept.
      if (given === 0 || (kept && way !== 'kesCertificate' && typed === '')) return 'none';
      if (given < parts.length) return 'incomplete';
      const at = mount.trim() === '' ? {} : { mount: mount.trim() };
      switch (way) {
        case 'vaultToken':
          return { kind: way, token: typed };
        case 'vaultUserpass':
          return { kind: way, ...at, name: name.trim(), password: typed };
        case 'vaultAppRole':
          return { kind: way, ...at, roleId: name.trim(), secretId: typed };
        case 'kesApiKey':
          return { kind: way, apiKey: typed };
        case 'minioKeys':
          return { kind: way, accessKey: name.trim(), secretKey: typed };
        case 'kesCertificate': {
          const credential = { kind: way, cert: (await files.cert?.text()) ?? '', key: (await files.key?.text()) ?? '' };
          setFiles({});
          return credential;
        }
      }
    },
  }));

  if (imported) {
    return (
      <p className={styles.imported}>
        <span>{t('connect.credential.imported', { user: imported.user })}</span>
        <button type="button" className={styles.linkButton} onClick={onForgetImported}>
          {t('connect.credential.type')}
        </button>
      </p>
    );
  }
  const named = way === 'vaultUserpass' || way === 'vaultAppRole' || way === 'minioKeys';
  return (
    <div className={styles.credential}>
      {ways[kind].length > 1 ? (
        <div>
          <span className={styles.label}>{t('connect.credential.way')}</span>
          <SegmentedControl
            fullWidth
            aria-label={t('connect.credential.way')}
            value={way}
            onChange={(next) => {
              setWay(next as Way);
              setMissing(false);
            }}
            data={ways[kind].map((value) => ({ value, label: t(`connect.credential.ways.${value}`) }))}
          />
        </div>
      ) : null}
      {named ? (
        <TextInput
          label={t(`connect.credential.name.${way}`)}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
          error={missing && name.trim() === '' ? empty : undefined}
          autoComplete="off"
          spellCheck={false}
          classNames={{ input: 'sd-mono' }}
        />
      ) : null}
      {way === 'kesCertificate' ? (
        <>
          <PickFile
            label={t('connect.credential.certificate')}
            name={files.cert?.name}
            accept=".pem,.crt,.cer"
            error={missing && !files.cert ? empty : undefined}
            onPick={(cert) => setFiles((before) => ({ ...before, cert }))}
          />
          <PickFile
            label={t('connect.credential.key')}
            why={rest ?? t('connect.credential.keyWhy')}
            name={files.key?.name}
            accept=".pem,.key"
            error={missing && !files.key ? empty : undefined}
            onPick={(key) => setFiles((before) => ({ ...before, key }))}
          />
        </>
      ) : (
        <SecretField
          key={way}
          ref={secret}
          label={t(`connect.credential.secret.${way}`)}
          description={rest ?? t(`connect.credential.why.${way}`)}
          error={empty}
        />
      )}
      {way === 'vaultUserpass' || way === 'vaultAppRole' ? (
        <TextInput
          label={t('connect.credential.mount')}
          value={mount}
          placeholder={way === 'vaultUserpass' ? 'userpass' : 'approle'}
          onChange={(event) => setMount(event.currentTarget.value)}
          autoComplete="off"
          spellCheck={false}
          classNames={{ input: 'sd-mono' }}
        />
      ) : null}
    </div>
  );
}
