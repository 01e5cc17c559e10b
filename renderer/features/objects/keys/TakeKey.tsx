import { Button, SegmentedControl, TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import { ErrorNotice } from '../../../components/ErrorNotice.tsx';
import { EngineButton } from '../../../components/engine/EngineButton.tsx';
import { FilePick, type PickedFile } from '../../../components/FilePick.tsx';
import { FormDialog, FormFoot } from '../../../components/FormDialog.tsx';
import { SecretField, type SecretFieldHandle } from '../../../components/SecretField.tsx';
import { StateIcon } from '../../../components/StateIcon.tsx';
import { useWords } from '../../../locales/language.ts';
import type { Output } from '../../../rpc/client.ts';
import { useAction } from '../../../rpc/hooks.ts';
import styles from './keys.module.css';

type Way = 'text' | 'file';
type Taken = Output<'objects.importCustomerKeys'>;
/** A thousand keys. */
const mostBytes = 1_000_000;

/** One key as text, or all of an exported file. The form keeps what was typed beside the secret when something is refused. */
export function TakeKey({ stackId, onClose }: { stackId: string; onClose(): void }) {
  const { t } = useWords();
  const queries = useQueryClient();
  const take = useAction('objects.takeCustomerKey');
  const open = useAction('objects.importCustomerKeys');
  const [way, setWay] = useState<Way>('text');
  const [name, setName] = useState('');
  const [file, setFile] = useState<PickedFile | undefined>(undefined);
  const [filled, setFilled] = useState(false);
  const [taken, setTaken] = useState<Taken | undefined>(undefined);
  const secret = useRef<SecretFieldHandle>(null);
  const fits = filled && (way === 'text' ? name.trim() !== '' : file !== undefined);
  const { error, pending } = way === 'text' ? take : open;

  async function submit(): Promise<void> {
    if (!fits) return;
    const typed = secret.current?.take() ?? '';
    const done =
      way === 'text'
        ? await take.run({ stackId, name: name.trim(), key: typed })
        : await open.run({ stackId, content: file?.content ?? '', passphrase: typed });
    if (!done) return secret.current?.focus();
    await queries.invalidateQueries({ queryKey: ['objects.customerKeys'] });
    if ('taken' in done) setTaken(done);
    else onClose();
  }

  if (taken) return <TakenKeys taken={taken} onClose={onClose} />;
  return (
    <FormDialog title={t('objects.keys.takeTitle')} onClose={onClose} onSubmit={() => void submit()}>
      <SegmentedControl
        aria-label={t('objects.keys.way')}
        value={way}
        onChange={(next) => {
          setWay(next as Way);
          setFilled(false);
        }}
        data={[
          { value: 'text', label: t('objects.keys.wayText') },
          { value: 'file', label: t('objects.keys.wayFile') },
        ]}
      />
      {way === 'text' ? (
        <TextInput
          label={t('objects.keys.name')}
          value={name}
          maxLength={60}
          autoComplete="off"
          data-autofocus
          onChange={(event) => setName(event.currentTarget.value)}
        />
      ) : (
        <FilePick label={t('objects.keys.file')} why={t('objects.keys.fileWhy')} file={file} mostBytes={mostBytes} onPick={setFile} />
      )}
      <SecretField
        key={way}
        ref={secret}
        label={t(way === 'text' ? 'objects.keys.key' : 'objects.keys.passphrase')}
        description={t(way === 'text' ? 'objects.keys.keyWhy' : 'objects.keys.passphraseWhy')}
        onFilled={setFilled}
      />
      {error ? <ErrorNotice error={error} /> : null}
      <FormFoot>
        <Button onClick={onClose}>{t('objects.keys.cancel')}</Button>
        <EngineButton type="submit" variant="filled" disabled={!fits} loading={pending}>
          {t('objects.keys.takeDo')}
        </EngineButton>
      </FormFoot>
    </FormDialog>
  );
}

/** What an exported file held, key by key. */
function TakenKeys({ taken: { taken, known }, onClose }: { taken: Taken; onClose(): void }) {
  const { t } = useWords();
  return (
    <FormDialog title={t('objects.keys.takenTitle', { count: taken.length, number: taken.length })} onClose={onClose} onSubmit={onClose}>
      <ul className={styles.taken}>
        {taken.map(({ id, name, was }) => (
          <li key={id}>
            <StateIcon mark="ok" silent /> {was === undefined ? name : t('objects.keys.renamed', { was, name })}
          </li>
        ))}
        {known.map(({ name, as }) => (
          <li key={`${name}/${as}`}>
            <StateIcon mark="info" silent /> {t(name === as ? 'objects.keys.known' : 'objects.keys.knownAs', { name, as })}
          </li>
        ))}
      </ul>
      <FormFoot>
        <Button type="submit" variant="filled" data-autofocus>
          {t('frame.close')}
        </Button>
      </FormFoot>
    </FormDialog>
  );
}
