import { Button, Menu } from '@mantine/core';
import { IconDownload, IconFileText, IconTerminal2 } from '@tabler/icons-react';
import { useRef, useState } from 'react';
import { ErrorNotice } from '../../components/ErrorNotice.tsx';
import { StateIcon } from '../../components/StateIcon.tsx';
import { useSentence, useWords } from '../../locales/language.ts';
import type { Output } from '../../rpc/client.ts';
import { announceFile, sendFile } from '../../rpc/files.ts';
import { useAction, useCall, useClient } from '../../rpc/hooks.ts';
import styles from './connect.module.css';

type Aliases = Output<'connect.aliases'>;
export type Environment = Output<'connect.environment'>;

interface ImportsProps {
  onAlias(source: string, alias: Aliases['aliases'][number]): void;
  onEnvironment(found: Environment): void;
}

/** What mc and MinIO know already: aliases of this machine's user, and an environment file. Secrets go to the engine, never here. */
export function Imports({ onAlias, onEnvironment }: ImportsProps) {
  const { t } = useWords();
  const client = useClient();
  const own = useCall('connect.aliases', {});
  const aliases = useAction('connect.aliases');
  const environment = useAction('connect.environment');
  const [picked, setPicked] = useState<Aliases | undefined>(undefined);
  const [open, setOpen] = useState(false);
  const aliasFile = useRef<HTMLInputElement>(null);
  const environmentFile = useRef<HTMLInputElement>(null);
  const listed = picked ?? own.data;
  const icon = { size: 16, stroke: 1.5, 'aria-hidden': true } as const;

  /** The call waits for the bytes, so both are on their way at once. */
  async function withFile<T>(input: HTMLInputElement, ask: (token: string) => Promise<T>): Promise<T | undefined> {
    const file = input.files?.[0];
    input.value = '';
    if (!file) return undefined;
    const { token, uploadPath } = await announceFile(client, file);
    const [answer] = await Promise.all([ask(token), sendFile(uploadPath, file).catch(() => undefined)]);
    return answer;
  }

  async function readAliases(input: HTMLInputElement): Promise<void> {
    const read = await withFile(input, (file) => aliases.run({ file }));
    if (!read) return;
    setPicked(read);
    setOpen(true);
  }

  async function readEnvironment(input: HTMLInputElement): Promise<void> {
    const read = await withFile(input, (file) => environment.run({ file }));
    if (read) onEnvironment(read);
  }

  const error = aliases.error ?? environment.error;
  return (
    <div className={styles.imports}>
      {/* Outside of the menu, which is gone before the file dialog is. */}
      <input
        ref={aliasFile}
        type="file"
        accept=".json"
        hidden
        aria-label={t('connect.import.aliasFile')}
        onChange={(event) => void readAliases(event.currentTarget)}
      />
      <input
        ref={environmentFile}
        type="file"
        hidden
        aria-label={t('connect.import.environment')}
        onChange={(event) => void readEnvironment(event.currentTarget)}
      />
      <Menu position="bottom-end" width={320} opened={open} onChange={setOpen}>
        <Menu.Target>
          <Button leftSection={<IconDownload {...icon} />}>{t('connect.import.open')}</Button>
        </Menu.Target>
        <Menu.Dropdown className={styles.menu}>
          <Menu.Label>{t('connect.import.aliases')}</Menu.Label>
          {listed?.aliases.map((alias) => (
            <Menu.Item key={alias.name} leftSection={<IconTerminal2 {...icon} />} onClick={() => onAlias(listed.source, alias)}>
              {alias.name}
              <span className={styles.aliasUrl}>{alias.url}</span>
            </Menu.Item>
          ))}
          {listed && listed.aliases.length === 0 ? <Menu.Item disabled>{t('connect.import.none')}</Menu.Item> : null}
          <Menu.Item leftSection={<IconFileText {...icon} />} onClick={() => aliasFile.current?.click()}>
            {t('connect.import.aliasFile')}
          </Menu.Item>
          <Menu.Divider />
          <Menu.Item leftSection={<IconFileText {...icon} />} onClick={() => environmentFile.current?.click()}>
            {t('connect.import.environment')}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      {error ? <ErrorNotice error={error} /> : null}
    </div>
  );
}

/** What the environment file said; secrets only by name. */
export function EnvironmentFound({ found }: { found: Environment }) {
  const { t } = useWords();
  const { sentence } = useSentence();
  return (
    <section className={styles.found} aria-label={t('connect.import.found')}>
      <h3>{t('connect.import.found')}</h3>
      <dl>
        {found.values.map(({ name, value, secret }) => (
          <div key={name}>
            <dt className="sd-mono">{name}</dt>
            <dd className={secret ? undefined : 'sd-mono'}>{secret ? t('connect.import.secret') : value}</dd>
          </div>
        ))}
      </dl>
      {found.warnings.map((warning) => (
        <p key={`${warning.code} ${JSON.stringify(warning.params)}`} className="sd-note" data-mark="warn">
          <StateIcon mark="warn" silent />
          {sentence(warning)}
        </p>
      ))}
    </section>
  );
}
