import { Autocomplete, Button, SegmentedControl, TextInput } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import type { MoveFound, MoveSource } from '../../../../shared/kesMove.ts';
import type { AppError } from '../../../../shared/rpc/errors.ts';
import { ErrorNotice } from '../../../components/ErrorNotice.tsx';
import { EngineButton } from '../../../components/engine/EngineButton.tsx';
import { useWords } from '../../../locales/language.ts';
import { useAction } from '../../../rpc/hooks.ts';
import styles from './move.module.css';

interface OldFilesFormProps {
  /** What was chosen before. */
  source?: MoveSource | undefined;
  error?: AppError | undefined;
  pending?: boolean;
  doIt: string;
  /** More that is asked for, below, once the folder was looked at. */
  children?(found: MoveFound): ReactNode;
  onCancel?: (() => void) | undefined;
  onChosen(source: MoveSource, found: MoveFound): void | Promise<void>;
}

/** The folder first; what lies in it fills the rest. Nothing is asked for that can be found out. */
export function OldFilesForm({ source, error, pending, doIt, children, onCancel, onChosen }: OldFilesFormProps) {
  const { t } = useWords();
  const look = useAction('kes.moveLook');
  const [found, setFound] = useState<MoveFound | undefined>(undefined);
  const [folder, setFolder] = useState(source?.folder ?? '');
  const [config, setConfig] = useState('');
  const [command, setCommand] = useState('');
  const [minio, setMinio] = useState('');
  const [program, setProgram] = useState(source?.oldProgram ?? '');
  const [way, setWay] = useState<MoveSource['way']>(source?.way ?? 'here');
  const [base, setBase] = useState(source?.workingFolder ?? '');

  const line = found?.commands.find(({ file }) => file === command)?.command;

  async function lookThere(): Promise<void> {
    const seen = await look.run({ folder: folder.trim() });
    if (!seen) return;
    setFound(seen);
    setFolder(seen.folder);
    setConfig(seen.configs[0] ?? '');
    setCommand(seen.commands[0]?.file ?? '');
    setMinio(seen.environments[0] ?? '');
  }

  function chosen(): MoveSource {
    const file = found?.commands.some((one) => one.file === command) ? { commandFile: command, command: '' } : { command: command.trim() };
    const optional = <K extends keyof MoveSource>(name: K, value: string) => (value.trim() === '' ? {} : { [name]: value.trim() });
    return {
      folder: folder.trim(),
      config: config.trim(),
      way,
      ...file,
      ...optional('minio', minio),
      ...optional('oldProgram', program),
      ...optional('workingFolder', base),
    };
  }

  return (
    <form
      className={styles.form}
      onSubmit={(event) => {
        event.preventDefault();
        if (found === undefined) void lookThere();
        else void onChosen(chosen(), found);
      }}
    >
      <TextInput
        label={t('kesMove.choose.folder')}
        description={t('kesMove.choose.folderWhy')}
        placeholder="/opt/kes"
        classNames={{ input: 'sd-mono' }}
        value={folder}
        spellCheck={false}
        data-autofocus
        onChange={(event) => {
          setFolder(event.currentTarget.value);
          setFound(undefined);
        }}
      />
      {look.error ? <ErrorNotice error={look.error} /> : null}
      {found === undefined ? null : (
        <>
          <Autocomplete
            label={t('kesMove.choose.config')}
            description={t(found.configs.length === 0 ? 'kesMove.choose.configNone' : 'kesMove.choose.configWhy')}
            classNames={{ input: 'sd-mono' }}
            data={found.configs}
            value={config}
            onChange={setConfig}
          />
          <Autocomplete
            label={t('kesMove.choose.command')}
            description={line ?? t('kesMove.choose.commandWhy')}
            classNames={{ input: 'sd-mono', ...(line === undefined ? {} : { description: 'sd-mono' }) }}
            data={found.commands.map(({ file }) => file)}
            value={command}
            onChange={setCommand}
          />
          <Autocomplete
            label={t('kesMove.choose.minio')}
            description={t('kesMove.choose.minioWhy')}
            classNames={{ input: 'sd-mono' }}
            data={found.environments}
            value={minio}
            onChange={setMinio}
          />
          <div>
            <span className={styles.label}>{t('kesMove.choose.way')}</span>
            <SegmentedControl
              aria-label={t('kesMove.choose.way')}
              value={way}
              onChange={(next) => setWay(next as MoveSource['way'])}
              data={[
                { value: 'here', label: t('kesMove.choose.here') },
                { value: 'handedOver', label: t('kesMove.choose.handedOver') },
              ]}
            />
            <p className={styles.why}>{t(way === 'here' ? 'kesMove.choose.hereWhy' : 'kesMove.choose.handedOverWhy')}</p>
          </div>
          {way === 'here' ? (
            <TextInput
              label={t('kesMove.choose.program')}
              description={t('kesMove.choose.programWhy')}
              classNames={{ input: 'sd-mono' }}
              value={program}
              spellCheck={false}
              onChange={(event) => setProgram(event.currentTarget.value)}
            />
          ) : (
            <TextInput
              label={t('kesMove.choose.base')}
              description={t('kesMove.choose.baseWhy')}
              classNames={{ input: 'sd-mono' }}
              value={base}
              spellCheck={false}
              onChange={(event) => setBase(event.currentTarget.value)}
            />
          )}
          {children?.(found)}
        </>
      )}
      {error ? <ErrorNotice error={error} /> : null}
      <div className={styles.go}>
        <EngineButton
          type="submit"
          variant="filled"
          loading={look.pending || (pending ?? false)}
          disabled={folder.trim() === '' || (found !== undefined && config.trim() === '')}
        >
          {found === undefined ? t('kesMove.choose.look') : doIt}
        </EngineButton>
        {onCancel === undefined ? null : (
          <Button variant="subtle" onClick={onCancel}>
            {t('kesMove.choose.cancel')}
          </Button>
        )}
      </div>
    </form>
  );
}
