import { Button, SegmentedControl, Textarea, TextInput } from '@mantine/core';
import { useRef, useState } from 'react';
import type { AppError } from '../../../../shared/rpc/errors.ts';
import { ErrorNotice } from '../../../components/ErrorNotice.tsx';
import { EngineButton } from '../../../components/engine/EngineButton.tsx';
import { FilePick } from '../../../components/FilePick.tsx';
import { FormDialog, FormFoot } from '../../../components/FormDialog.tsx';
import { useWords } from '../../../locales/language.ts';
import type { From } from './ConfigPane.tsx';
import styles from './config.module.css';

type Kind = 'server' | 'text' | 'file';
const mostBytes = 1_000_000;

interface SourceProps {
  pending: boolean;
  error: AppError | undefined;
  onClose(): void;
  onRead(from: From): Promise<void>;
}

/** Where a configuration comes from. What is pasted stays in its field alone and is taken once: secrets may stand in it. */
export function SourceDialog({ pending, error, onClose, onRead }: SourceProps) {
  const { t } = useWords();
  const [kind, setKind] = useState<Kind>('text');
  const [path, setPath] = useState('');
  const [old, setOld] = useState<'auto' | 'glob' | 'prefix'>('auto');
  const [filled, setFilled] = useState(false);
  const text = useRef<HTMLTextAreaElement>(null);
  const command = useRef<HTMLInputElement>(null);

  const options = (): { commandLine?: string; matching?: 'glob' | 'prefix' } => {
    const commandLine = command.current?.value.trim() ?? '';
    return { ...(commandLine === '' ? {} : { commandLine }), ...(old === 'auto' ? {} : { matching: old }) };
  };

  async function read(content?: string): Promise<void> {
    if (kind === 'server') return onRead({ kind });
    if (kind === 'file') return onRead({ kind, path: path.trim(), ...options() });
    await onRead({ kind: 'text', text: content ?? text.current?.value ?? '', ...options() });
    if (text.current) text.current.value = '';
  }

  return (
    <FormDialog title={t('kesConfig.source.title')} size={640} onClose={onClose} onSubmit={() => void read()}>
      <SegmentedControl
        aria-label={t('kesConfig.source.title')}
        value={kind}
        onChange={(next) => setKind(next as Kind)}
        data={[
          { value: 'text', label: t('kesConfig.source.text') },
          { value: 'file', label: t('kesConfig.source.file') },
          { value: 'server', label: t('kesConfig.source.server') },
        ]}
      />
      {kind === 'text' ? (
        <>
          <Textarea
            ref={text}
            label={t('kesConfig.source.paste')}
            description={t('kesConfig.source.pasteWhy')}
            classNames={{ input: `sd-mono ${styles.paste}` }}
            rows={10}
            spellCheck={false}
            autoComplete="off"
            data-autofocus
            onChange={(event) => setFilled(event.currentTarget.value.trim() !== '')}
          />
          <FilePick
            label={t('kesConfig.source.pick')}
            file={undefined}
            mostBytes={mostBytes}
            onPick={({ content }) => void read(content)}
          />
        </>
      ) : null}
      {kind === 'file' ? (
        <TextInput
          label={t('kesConfig.source.path')}
          description={t('kesConfig.source.pathWhy')}
          classNames={{ input: 'sd-mono' }}
          value={path}
          spellCheck={false}
          data-autofocus
          onChange={(event) => setPath(event.currentTarget.value)}
        />
      ) : null}
      {kind === 'server' ? (
        <p className={styles.quiet}>{t('kesConfig.source.serverWhy')}</p>
      ) : (
        <>
          <TextInput
            ref={command}
            label={t('kesConfig.source.command')}
            description={t('kesConfig.source.commandWhy')}
            placeholder="kes server --config=server-config.yaml --root=disabled --auth=off"
            classNames={{ input: 'sd-mono' }}
            spellCheck={false}
            autoComplete="off"
          />
          <div>
            <span className={styles.label}>{t('kesConfig.source.matching')}</span>
            <SegmentedControl
              aria-label={t('kesConfig.source.matching')}
              value={old}
              onChange={(next) => setOld(next as typeof old)}
              data={(['auto', 'glob', 'prefix'] as const).map((value) => ({ value, label: t(`kesConfig.source.${value}`) }))}
            />
          </div>
        </>
      )}
      {error ? <ErrorNotice error={error} /> : null}
      <FormFoot>
        <Button variant="subtle" onClick={onClose}>
          {t('kesConfig.source.cancel')}
        </Button>
        <EngineButton type="submit" loading={pending} disabled={(kind === 'text' && !filled) || (kind === 'file' && path.trim() === '')}>
          {t('kesConfig.source.read')}
        </EngineButton>
      </FormFoot>
    </FormDialog>
  );
}
