import { Button, Select, TextInput } from '@mantine/core';
import { useRef, useState } from 'react';
import { type Custody, shortestPassphrase } from '../../../shared/vault.ts';
import { ErrorNotice } from '../../components/ErrorNotice.tsx';
import { EngineButton } from '../../components/engine/EngineButton.tsx';
import { FilePick, type PickedFile } from '../../components/FilePick.tsx';
import { keyEnd } from '../../components/format.ts';
import { NewPassphrase, type NewPassphraseHandle } from '../../components/NewPassphrase.tsx';
import { StateIcon } from '../../components/StateIcon.tsx';
import { useWords } from '../../locales/language.ts';
import { saveText } from '../../rpc/files.ts';
import { useAction, useCall } from '../../rpc/hooks.ts';
import styles from './custody.module.css';
import type { MadeFile } from './HandOutDialog.tsx';

interface MakeFileProps {
  stackId: string;
  title: string;
  seat: Custody['custodians'][number] | undefined;
  /** The file is made, and the page does not know of it yet. */
  waiting: boolean;
  onMade(made: MadeFile): void;
  onClose(): void;
}

/** Who it is for and what opens it; then the file is made and saved at once. */
export function MakeFile({ stackId, title, seat, waiting, onMade, onClose }: MakeFileProps) {
  const { t } = useWords();
  const handOut = useAction('vault.handOut');
  const typed = useRef<NewPassphraseHandle>(null);
  const [name, setName] = useState(seat?.name ?? '');
  const [kind, setKind] = useState<'pgp' | 'passphrase'>(seat?.kind ?? 'passphrase');
  const [key, setKey] = useState<PickedFile | undefined>(undefined);
  const [missing, setMissing] = useState<'name' | 'key' | undefined>(undefined);
  const known = seat?.pgp;
  const checked = useCall('vault.checkPgpKey', { key: key?.content ?? '', name: name.trim() }, { enabled: key !== undefined });

  async function make(): Promise<void> {
    const trimmed = name.trim();
    if (trimmed === '') return setMissing('name');
    if (kind === 'pgp' && key === undefined && known === undefined) return setMissing('key');
    setMissing(undefined);
    // Why it does not fit stands there already.
    if (kind === 'pgp' && key !== undefined && checked.error) return;
    const passphrase = kind === 'passphrase' ? typed.current?.take() : undefined;
    if (kind === 'passphrase' && passphrase === undefined) return;
    const same = seat !== undefined && seat.kind === kind && seat.name === trimmed && key === undefined;
    const planned =
      kind === 'passphrase' ? ({ kind, name: trimmed } as const) : ({ kind, name: trimmed, key: key?.content ?? '' } as const);
    const made = await handOut.run({
      stackId,
      ...(seat === undefined ? {} : { custodian: seat.id }),
      ...(same ? {} : { planned }),
      ...(passphrase === undefined ? {} : { passphrase }),
    });
    if (!made) return;
    saveText(made.name, made.content, 'application/octet-stream');
    onMade(made);
  }

  return (
    <form
      className={styles.body}
      onSubmit={(event) => {
        event.preventDefault();
        if (!handOut.pending && !waiting) void make();
      }}
    >
      <h2>{title}</h2>
      <p className={styles.alone}>{seat === undefined ? t('vault.handOut.aloneNew') : t('vault.handOut.alone', { name: seat.name })}</p>
      {seat?.file === undefined ? null : (
        <p className="sd-note" data-mark="warn">
          <StateIcon mark="warn" silent />
          {t('vault.handOut.replaces')}
        </p>
      )}
      {seat === undefined ? (
        <TextInput
          label={t('vault.handOut.name')}
          description={t('vault.handOut.nameWhy')}
          error={missing === 'name' ? t('vault.handOut.nameMissing') : undefined}
          value={name}
          maxLength={60}
          autoComplete="off"
          data-autofocus
          onChange={(event) => setName(event.currentTarget.value)}
        />
      ) : null}
      <Select
        label={t('vault.handOut.sealedWith')}
        value={kind}
        data={[
          { value: 'passphrase', label: t('vault.custody.passphrase') },
          { value: 'pgp', label: t('vault.custody.pgp') },
        ]}
        allowDeselect={false}
        onChange={(value) => setKind(value === 'pgp' ? 'pgp' : 'passphrase')}
      />
      {kind === 'passphrase' ? (
        <NewPassphrase
          ref={typed}
          className={styles.twice}
          shortest={shortestPassphrase}
          why={t('vault.handOut.passphraseWhy', { count: shortestPassphrase })}
        />
      ) : (
        <>
          <FilePick
            label={t('vault.handOut.keyFile')}
            why={t('vault.handOut.keyWhy')}
            file={key ?? (known === undefined ? undefined : { name: `${known.algorithm} ${keyEnd(known.fingerprint)}`, content: '' })}
            error={missing === 'key' ? t('vault.handOut.keyMissing') : undefined}
            onPick={(picked) => {
              handOut.reset();
              setKey(picked);
            }}
          />
          {checked.data && key !== undefined ? (
            <p className={styles.saved}>
              <StateIcon mark="ok" silent />
              {t('vault.handOut.keyFits', { algorithm: checked.data.algorithm, user: checked.data.userIds[0] ?? '' })}
              <span className={`${styles.key} sd-mono`}>{keyEnd(checked.data.fingerprint)}</span>
            </p>
          ) : null}
          {checked.error ? <ErrorNotice error={checked.error} /> : null}
        </>
      )}
      {handOut.error ? <ErrorNotice error={handOut.error} /> : null}
      <div className={styles.foot}>
        <Button onClick={onClose}>{t('vault.handOut.close')}</Button>
        <EngineButton type="submit" variant="filled" loading={handOut.pending || waiting}>
          {t('vault.handOut.make')}
        </EngineButton>
      </div>
    </form>
  );
}
