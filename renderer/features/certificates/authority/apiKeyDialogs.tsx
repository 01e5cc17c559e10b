import { Button, TextInput } from '@mantine/core';
import { useRef, useState } from 'react';
import type { AppError } from '../../../../shared/rpc/errors.ts';
import { DangerDialog } from '../../../components/DangerDialog.tsx';
import { ErrorNotice } from '../../../components/ErrorNotice.tsx';
import { EvidenceList } from '../../../components/EvidenceLine.tsx';
import { EngineButton } from '../../../components/engine/EngineButton.tsx';
import { FormDialog, FormFoot } from '../../../components/FormDialog.tsx';
import { formatFull } from '../../../components/format.ts';
import { SecretField, type SecretFieldHandle } from '../../../components/SecretField.tsx';
import { StateIcon } from '../../../components/StateIcon.tsx';
import { useWords } from '../../../locales/language.ts';
import type { Output } from '../../../rpc/client.ts';
import { useAction } from '../../../rpc/hooks.ts';
import type { ListedKey } from './Dialogs.tsx';

interface OneKey {
  stackId: string;
  apiKey: ListedKey;
  onClose(): void;
}

/** Made in the engine: the window hears its name and identity only. */
export function MakeApiKey({ stackId, onClose }: { stackId: string; onClose(): void }) {
  const { t } = useWords();
  const [name, setName] = useState('');
  const make = useAction('kes.makeApiKey');
  const submit = async (): Promise<void> => {
    if (name.trim() !== '' && (await make.run({ stackId, name: name.trim() }))) onClose();
  };
  return (
    <FormDialog title={t('certificateFiles.apiKeys.makeTitle')} onClose={onClose} onSubmit={() => void submit()}>
      <p>{t('certificateFiles.apiKeys.text')}</p>
      <Name value={name} onChange={setName} />
      <Foot
        error={make.error}
        off={name.trim() === ''}
        pending={make.pending}
        label={t('certificateFiles.apiKeys.makeDo')}
        onClose={onClose}
      />
    </FormDialog>
  );
}

export function TakeApiKey({ stackId, onClose }: { stackId: string; onClose(): void }) {
  const { t } = useWords();
  const [name, setName] = useState('');
  const [filled, setFilled] = useState(false);
  const take = useAction('kes.importApiKey');
  const secret = useRef<SecretFieldHandle>(null);
  const fits = name.trim() !== '' && filled;
  const submit = async (): Promise<void> => {
    if (!fits) return;
    if (await take.run({ stackId, name: name.trim(), apiKey: secret.current?.take() ?? '' })) onClose();
    else secret.current?.focus();
  };
  return (
    <FormDialog title={t('certificateFiles.apiKeys.takeTitle')} onClose={onClose} onSubmit={() => void submit()}>
      <Name value={name} onChange={setName} />
      <SecretField
        ref={secret}
        label={t('certificateFiles.apiKeys.key')}
        description={t('certificateFiles.apiKeys.keyWhy')}
        onFilled={setFilled}
      />
      <Foot error={take.error} off={!fits} pending={take.pending} label={t('certificateFiles.apiKeys.takeDo')} onClose={onClose} />
    </FormDialog>
  );
}

export function SaveApiKey({ stackId, apiKey: { id, name }, onClose }: OneKey) {
  const { t } = useWords();
  const [to, setTo] = useState('');
  const [saved, setSaved] = useState<Output<'kes.saveApiKey'> | undefined>(undefined);
  const save = useAction('kes.saveApiKey');
  const title = t('certificateFiles.apiKeys.saveTitle', { name });
  if (saved)
    return (
      <FormDialog title={title} onClose={onClose} onSubmit={onClose}>
        <p className="sd-note" data-mark="ok">
          <StateIcon mark="ok" silent />
          {t('certificateFiles.apiKeys.saved', { path: saved.path, mode: saved.mode ?? '–' })}
        </p>
        <FormFoot>
          <Button type="submit" variant="filled" data-autofocus>
            {t('certificateFiles.apiKeys.close')}
          </Button>
        </FormFoot>
      </FormDialog>
    );
  return (
    <FormDialog title={title} onClose={onClose} onSubmit={() => void save.run({ stackId, id, to: to.trim() }).then(setSaved)}>
      <p>{t('certificateFiles.apiKeys.saveText')}</p>
      <TextInput
        label={t('certificateFiles.apiKeys.saveTo')}
        classNames={{ input: 'sd-mono' }}
        value={to}
        data-autofocus
        onChange={(event) => setTo(event.currentTarget.value)}
      />
      <Foot
        error={save.error}
        off={to.trim() === ''}
        pending={save.pending}
        label={t('certificateFiles.apiKeys.saveDo')}
        onClose={onClose}
      />
    </FormDialog>
  );
}

/** KES is asked first: an identity in no policy changes nothing here. */
export function UseApiKey({ stackId, apiKey: { id, name }, onClose }: OneKey) {
  const { t } = useWords();
  const use = useAction('kes.useApiKey');
  const [done, setDone] = useState<Output<'kes.useApiKey'> | undefined>(undefined);
  return (
    <FormDialog
      title={t('certificateFiles.apiKeys.useTitle', { name })}
      onClose={onClose}
      onSubmit={() => (done ? onClose() : void use.run({ stackId, id }).then(setDone))}
    >
      {done ? <EvidenceList evidence={done.evidence} /> : <p>{t('certificateFiles.apiKeys.useText')}</p>}
      {done ? (
        <FormFoot>
          <Button type="submit" variant="filled" data-autofocus>
            {t('certificateFiles.apiKeys.close')}
          </Button>
        </FormFoot>
      ) : (
        <Foot error={use.error} off={false} pending={use.pending} label={t('certificateFiles.apiKeys.useDo')} onClose={onClose} />
      )}
    </FormDialog>
  );
}

export function DropApiKey({ stackId, apiKey: { id, name, identity, createdAt }, onClose }: OneKey) {
  const { t, language } = useWords();
  const drop = useAction('kes.dropApiKey');
  return (
    <DangerDialog
      opened
      title={t('certificateFiles.apiKeys.dropTitle', { name })}
      warning={t('certificateFiles.apiKeys.dropWarning')}
      explanation={t('certificateFiles.apiKeys.dropText')}
      facts={[
        { label: t('certificateFiles.apiKeys.identity'), value: identity },
        { label: t('certificateFiles.apiKeys.column.made'), value: formatFull(createdAt, language) },
      ]}
      name={name}
      keep={t('certificateFiles.apiKeys.dropKeep')}
      doIt={t('certificateFiles.apiKeys.dropDo')}
      pending={drop.pending}
      error={drop.error ? <ErrorNotice error={drop.error} /> : undefined}
      onClose={onClose}
      onConfirm={() => void drop.run({ stackId, id, typed: name }).then((done) => done && onClose())}
    />
  );
}

function Name({ value, onChange }: { value: string; onChange(value: string): void }) {
  const { t } = useWords();
  return (
    <TextInput
      label={t('certificateFiles.apiKeys.name')}
      value={value}
      maxLength={60}
      autoComplete="off"
      data-autofocus
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  );
}

function Foot(props: { error: AppError | undefined; off: boolean; pending: boolean; label: string; onClose(): void }) {
  const { t } = useWords();
  return (
    <>
      {props.error ? <ErrorNotice error={props.error} /> : null}
      <FormFoot>
        <Button onClick={props.onClose}>{t('certificateFiles.apiKeys.cancel')}</Button>
        <EngineButton type="submit" variant="filled" disabled={props.off} loading={props.pending}>
          {props.label}
        </EngineButton>
      </FormFoot>
    </>
  );
}
