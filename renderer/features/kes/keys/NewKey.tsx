import { Button, Checkbox, SegmentedControl, TextInput } from '@mantine/core';
import { useRef, useState } from 'react';
import { ErrorNotice } from '../../../components/ErrorNotice.tsx';
import { EvidenceList } from '../../../components/EvidenceLine.tsx';
import { readSmallFile } from '../../../components/FilePick.tsx';
import { FormDialog, FormFoot } from '../../../components/FormDialog.tsx';
import { ChangeButton } from '../../../components/readOnly/ChangeButton.tsx';
import { SecretField, type SecretFieldHandle } from '../../../components/SecretField.tsx';
import { StateIcon } from '../../../components/StateIcon.tsx';
import { useSentence, useWords } from '../../../locales/language.ts';
import type { Output } from '../../../rpc/client.ts';
import { useAction, useCall } from '../../../rpc/hooks.ts';
import styles from './keys.module.css';

interface NewKeyProps {
  stackId: string;
  onClose(): void;
  onMade(name: string): void;
}

type Way = 'create' | 'import';
type Made = Output<'kes.createKey'>;
/** Hex with line ends, and some room. */
const mostBytes = 400;

/** A key made by KES, or of 32 bytes of one's own. The name and both identities' rights are looked at before anything is sent. */
export function NewKey({ stackId, onClose, onMade }: NewKeyProps) {
  const { t } = useWords();
  const { sentence } = useSentence();
  const create = useAction('kes.createKey');
  const take = useAction('kes.importKey');
  const [way, setWay] = useState<Way>('create');
  const [name, setName] = useState('');
  const [algorithm, setAlgorithm] = useState<'AES256' | 'ChaCha20'>('AES256');
  const [filled, setFilled] = useState(false);
  const [backedUp, setBackedUp] = useState(false);
  const [again, setAgain] = useState(false);
  const [made, setMade] = useState<Made | undefined>(undefined);
  const [fileName, setFileName] = useState<string | undefined>(undefined);
  const secret = useRef<SecretFieldHandle>(null);
  /** The bytes of a chosen file: never in the state of the page. */
  const fromFile = useRef<string | undefined>(undefined);
  const chooser = useRef<HTMLInputElement>(null);
  const wanted = name.trim();
  const plan = useCall(
    'kes.createPlan',
    { stackId, name: wanted, imported: way === 'import' },
    { enabled: wanted !== '', keepPrevious: true },
  );
  const before = plan.data?.notes.some(({ text }) => text.code === 'kesMakeAgain') ?? false;
  const material = way === 'create' || ((filled || fileName !== undefined) && backedUp);
  const fits = wanted !== '' && plan.data?.possible === true && !plan.isPlaceholderData && material && (!before || again);
  const { error, pending } = way === 'create' ? create : take;

  async function submit(): Promise<void> {
    if (!fits) return;
    const typed = fromFile.current ?? (way === 'import' ? (secret.current?.take() ?? '') : '');
    fromFile.current = undefined;
    setFileName(undefined);
    const answer =
      way === 'create'
        ? await create.run({ stackId, name: wanted, again })
        : await take.run({ stackId, name: wanted, material: typed, algorithm, backedUp: true, again });
    if (!answer) return;
    setMade(answer);
    onMade(wanted);
  }

  async function choose(file: File | undefined): Promise<void> {
    if (!file) return;
    // Text as it stands; other bytes as base64, which is what is asked for anyway.
    fromFile.current = await readSmallFile(file, mostBytes);
    setFileName(fromFile.current === undefined ? undefined : file.name);
  }

  if (made) {
    return (
      <FormDialog title={t('kesKeys.make.done', { name: wanted })} onClose={onClose} onSubmit={onClose}>
        <EvidenceList evidence={made.evidence} />
        <FormFoot>
          <Button type="submit" variant="filled" data-autofocus>
            {t('frame.close')}
          </Button>
        </FormFoot>
      </FormDialog>
    );
  }
  return (
    <FormDialog title={t('kesKeys.make.title')} onClose={onClose} onSubmit={() => void submit()}>
      <SegmentedControl
        aria-label={t('kesKeys.make.way')}
        value={way}
        onChange={(next) => {
          setWay(next as Way);
          setFilled(false);
          setFileName(undefined);
          fromFile.current = undefined;
        }}
        data={[
          { value: 'create', label: t('kesKeys.make.byKes') },
          { value: 'import', label: t('kesKeys.make.own') },
        ]}
      />
      <TextInput
        label={t('kesKeys.make.name')}
        description={t('kesKeys.make.nameWhy')}
        value={name}
        maxLength={80}
        autoComplete="off"
        spellCheck={false}
        classNames={{ input: 'sd-mono' }}
        data-autofocus
        onChange={(event) => {
          setName(event.currentTarget.value);
          setAgain(false);
        }}
      />
      {way === 'import' ? (
        <>
          {fileName === undefined ? (
            <SecretField ref={secret} label={t('kesKeys.make.material')} description={t('kesKeys.make.materialWhy')} onFilled={setFilled} />
          ) : (
            <p className={styles.file}>
              <StateIcon mark="ok" silent /> {t('kesKeys.make.fromFile', { name: fileName })}
            </p>
          )}
          <input
            ref={chooser}
            type="file"
            hidden
            aria-label={t('kesKeys.make.file')}
            onChange={(event) => {
              void choose(event.currentTarget.files?.[0]);
              event.currentTarget.value = '';
            }}
          />
          <div className={styles.row}>
            <Button size="xs" onClick={() => chooser.current?.click()}>
              {t('kesKeys.make.file')}
            </Button>
            <SegmentedControl
              aria-label={t('kesKeys.make.algorithm')}
              value={algorithm}
              onChange={(next) => setAlgorithm(next as 'AES256' | 'ChaCha20')}
              data={['AES256', 'ChaCha20']}
            />
          </div>
          <Checkbox
            label={t('kesKeys.make.backedUp')}
            description={t('kesKeys.make.backedUpWhy')}
            checked={backedUp}
            onChange={(event) => setBackedUp(event.currentTarget.checked)}
          />
        </>
      ) : null}
      {wanted === '' ? null : (
        <ul className={styles.plan} aria-live="polite">
          {(plan.data?.notes ?? []).map(({ level, text }) => (
            <li key={text.code}>
              <StateIcon mark={level} silent />
              <span>{sentence(text)}</span>
            </li>
          ))}
        </ul>
      )}
      {before ? (
        <Checkbox
          label={t('kesKeys.make.again', { name: wanted })}
          checked={again}
          onChange={(event) => setAgain(event.currentTarget.checked)}
        />
      ) : null}
      {(error ?? plan.error) ? <ErrorNotice error={(error ?? plan.error) as NonNullable<typeof error>} /> : null}
      <FormFoot>
        <Button onClick={onClose}>{t('kesKeys.make.cancel')}</Button>
        <ChangeButton type="submit" variant="filled" disabled={!fits} loading={pending}>
          {t(way === 'create' ? 'kesKeys.make.create' : 'kesKeys.make.import')}
        </ChangeButton>
      </FormFoot>
    </FormDialog>
  );
}
