import { SegmentedControl, Select } from '@mantine/core';
import { useRef, useState } from 'react';
import type { Custody } from '../../../../shared/vault.ts';
import type { RekeyView } from '../../../../shared/vaultCluster.ts';
import { EvidenceLine } from '../../../components/EvidenceLine.tsx';
import { FilePick, type PickedFile } from '../../../components/FilePick.tsx';
import { ChangeButton } from '../../../components/readOnly/ChangeButton.tsx';
import { SecretField, type SecretFieldHandle } from '../../../components/SecretField.tsx';
import { useWords } from '../../../locales/language.ts';
import styles from './cluster.module.css';

export type GivenShare =
  | { kind: 'typed'; share: string; custodian?: string }
  | { kind: 'file'; content: string; passphrase: string; custodian?: string };

interface GiveOneProps {
  view: Pick<RekeyView, 'required' | 'progress' | 'given' | 'kept'>;
  custodians: Custody['custodians'];
  pending: boolean;
  /** Whether the share counts already. */
  onGive(share: GivenShare): Promise<{ repeated: boolean } | undefined>;
  onKept(): void;
}

/** One share after the other for a ceremony, typed or out of a passphrase file. Secret fields are emptied before it is on its way. */
export function GiveOne({ view, custodians, pending, onGive, onKept }: GiveOneProps) {
  const { t } = useWords();
  const field = useRef<SecretFieldHandle>(null);
  const [who, setWho] = useState('');
  const [how, setHow] = useState<'typed' | 'asFile'>('typed');
  const [file, setFile] = useState<PickedFile | undefined>(undefined);
  const [missing, setMissing] = useState<'empty' | 'noFile' | 'noPassphrase' | undefined>(undefined);
  const [repeated, setRepeated] = useState(false);
  const holders = custodians.filter((each) => each.file !== undefined);
  const enough = view.kept >= view.required;

  async function give(): Promise<void> {
    const text = field.current?.take() ?? '';
    setRepeated(false);
    if (how === 'asFile' && file === undefined) return setMissing('noFile');
    if (text.trim() === '') return setMissing(how === 'typed' ? 'empty' : 'noPassphrase');
    setMissing(undefined);
    const custodian = who === '' ? {} : { custodian: who };
    const answer = await onGive(
      how === 'typed'
        ? { kind: 'typed', share: text.trim(), ...custodian }
        : { kind: 'file', content: file?.content ?? '', passphrase: text, ...custodian },
    );
    setRepeated(answer?.repeated === true);
    field.current?.focus();
    if (!answer) return;
    setFile(undefined);
    setWho('');
  }

  return (
    <form
      className={styles.form}
      onSubmit={(event) => {
        event.preventDefault();
        if (!pending) void give();
      }}
    >
      <div aria-live="polite">
        <EvidenceLine mark={view.progress > 0 ? 'ok' : 'absent'}>
          {t('vaultCluster.give.progress', { given: view.progress, required: view.required })}
        </EvidenceLine>
        {view.given.map(({ custodian, at }) => (
          <EvidenceLine key={`${custodian} ${at}`} mark="ok" at={at}>
            {custodians.find(({ id }) => id === custodian)?.name ?? t('vaultCluster.give.noName')}
          </EvidenceLine>
        ))}
        {repeated ? <EvidenceLine mark="warn">{t('vaultCluster.give.repeated')}</EvidenceLine> : null}
      </div>
      {enough ? (
        <div>
          <ChangeButton variant="filled" loading={pending} onClick={onKept}>
            {t('vaultCluster.give.kept', { count: view.kept })}
          </ChangeButton>
        </div>
      ) : null}
      <div className={styles.pair}>
        {holders.length === 0 ? null : (
          <Select
            label={t('vaultCluster.give.custodian')}
            value={who}
            data={[{ value: '', label: t('vaultCluster.give.someone') }, ...holders.map(({ id, name }) => ({ value: id, label: name }))]}
            allowDeselect={false}
            onChange={(value) => setWho(value ?? '')}
          />
        )}
        <SegmentedControl
          style={{ alignSelf: 'end' }}
          aria-label={t('vaultCluster.give.how')}
          value={how}
          data={[
            { value: 'typed', label: t('vaultCluster.give.typed') },
            { value: 'asFile', label: t('vaultCluster.give.asFile') },
          ]}
          onChange={(value) => {
            field.current?.take();
            setMissing(undefined);
            setHow(value as 'typed' | 'asFile');
          }}
        />
      </div>
      {how === 'asFile' ? (
        <FilePick
          label={t('vaultCluster.give.file')}
          file={file}
          error={missing === 'noFile' ? t('vaultCluster.give.noFile') : undefined}
          onPick={setFile}
        />
      ) : null}
      <SecretField
        key={how}
        ref={field}
        label={t(how === 'typed' ? 'vaultCluster.give.share' : 'vaultCluster.give.passphrase')}
        description={t('vaultCluster.give.why')}
        error={missing === 'empty' || missing === 'noPassphrase' ? t(`vaultCluster.give.${missing}`) : undefined}
      />
      <div>
        <ChangeButton type="submit" variant={enough ? 'default' : 'filled'} loading={pending}>
          {t('vaultCluster.give.give')}
        </ChangeButton>
      </div>
    </form>
  );
}
