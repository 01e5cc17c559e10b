import { Radio, Select, TextInput } from '@mantine/core';
import { useState } from 'react';
import type { CertificateBoard, PublicCertificate, PublicSource } from '../../../../shared/certificateBoard.ts';
import { AppError } from '../../../../shared/rpc/errors.ts';
import { serverNames } from '../../../../shared/servers.ts';
import type { ServerKind } from '../../../../shared/stacks.ts';
import { ErrorNotice } from '../../../components/ErrorNotice.tsx';
import { EvidenceLine } from '../../../components/EvidenceLine.tsx';
import { EngineButton } from '../../../components/engine/EngineButton.tsx';
import { formatDay } from '../../../components/format.ts';
import { ChangeButton } from '../../../components/readOnly/ChangeButton.tsx';
import { StateIcon } from '../../../components/StateIcon.tsx';
import { useSentence, useWords } from '../../../locales/language.ts';
import { useAction, useCall } from '../../../rpc/hooks.ts';
import styles from './board.module.css';
import { PlanPane } from './PlanPane.tsx';

/** The folders that servers' certificates came from, and the way to another one. */
export function Folders({ board, onInstall }: { board: CertificateBoard; onInstall(source?: PublicSource): void }) {
  const { t, language } = useWords();
  return (
    <section className={styles.section}>
      <h2>{t('certificateBoard.folders.head')}</h2>
      <p className={`${styles.quiet} ${styles.inset}`}>{t('certificateBoard.folders.words')}</p>
      <ul className={styles.sources}>
        {board.sources.map((source) => (
          <li key={source.server}>
            <StateIcon mark={source.error ? 'fail' : source.renewed ? 'warn' : 'ok'} />
            <span>
              <strong>{serverNames[source.server]}</strong> <span className="sd-mono">{source.folder}</span>
            </span>
            <span className={styles.where}>
              {t('certificateBoard.folders.from', { tool: source.tool, day: formatDay(source.installedAt, language) })},{' '}
              {t(`certificateBoard.folders.${source.error ? 'lost' : source.renewed ? 'renewed' : 'current'}`)}
            </span>
            {source.renewed ? (
              <ChangeButton size="xs" onClick={() => onInstall(source)}>
                {t('certificateBoard.fix.install')}
              </ChangeButton>
            ) : null}
          </li>
        ))}
      </ul>
      <EngineButton className={styles.inset ?? ''} onClick={() => onInstall()}>
        {t('certificateBoard.folders.read')}
      </EngineButton>
    </section>
  );
}

interface InstallProps {
  stackId: string;
  /** A folder that is known already. */
  from: { folder: string; name: string; server: ServerKind } | undefined;
  onClose(): void;
}

/** Read the folder, choose certificate and server, see the plan, install. */
export function InstallPlan({ stackId, from, onClose }: InstallProps) {
  const { t } = useWords();
  const [typed, setTyped] = useState(from?.folder ?? '');
  const [folder, setFolder] = useState(from?.folder);
  const [server, setServer] = useState<ServerKind>(from?.server ?? 'minio');
  const [name, setName] = useState(from?.name);
  const read = useCall('certificates.publicFolder', { stackId, folder: folder ?? '/' }, { enabled: folder !== undefined });
  const found = folder === undefined ? [] : (read.data?.found ?? []);
  const chosen = found.find((one) => one.name === name) ?? found[0];
  const input = { stackId, server, folder: chosen?.folder ?? '/', ...(chosen ? { name: chosen.name } : {}) };
  const plan = useCall('certificates.installPlan', input, {
    enabled: chosen !== undefined && chosen.error === undefined,
    keepPrevious: false,
  });
  const install = useAction('certificates.install');
  return (
    <PlanPane
      title={t('certificateBoard.plan.install', { server: serverNames[server] })}
      doIt={t('certificateBoard.plan.doInstall')}
      plan={chosen && !chosen.error ? plan.data : undefined}
      error={(folder === undefined ? undefined : read.error) ?? plan.error ?? undefined}
      start={() => install.run(input)}
      starting={install.pending}
      startError={install.error}
      onClose={onClose}
    >
      <form
        className={styles.folderForm}
        onSubmit={(event) => {
          event.preventDefault();
          if (typed.trim() !== '') setFolder(typed.trim());
        }}
      >
        <TextInput
          className={styles.wide ?? ''}
          label={t('certificateBoard.folders.folder')}
          description={t('certificateBoard.folders.folderWhy')}
          classNames={{ input: 'sd-mono' }}
          value={typed}
          onChange={(event) => setTyped(event.currentTarget.value)}
          spellCheck={false}
          data-autofocus
        />
        <EngineButton type="submit" loading={folder !== undefined && read.isFetching}>
          {t('certificateBoard.folders.look')}
        </EngineButton>
      </form>
      {found.length > 0 ? (
        <>
          <Radio.Group label={t('certificateBoard.folders.found')} value={chosen?.name ?? ''} onChange={setName}>
            {found.map((one) => (
              <Found key={one.certificateFile} found={one} />
            ))}
          </Radio.Group>
          <Select
            mt={12}
            label={t('certificateBoard.folders.server')}
            data={(['minio', 'kes', 'vault'] as const).map((value) => ({ value, label: serverNames[value] }))}
            value={server}
            onChange={(value) => value && setServer(value as ServerKind)}
            allowDeselect={false}
          />
        </>
      ) : null}
    </PlanPane>
  );
}

function Found({ found }: { found: PublicCertificate }) {
  const { t } = useWords();
  const { sentence } = useSentence();
  return (
    <div className={styles.found}>
      <Radio value={found.name} label={`${found.tool}: ${found.certificate?.names.join(', ') || found.name}`} />
      {found.leadsTo === undefined ? null : (
        <span className={styles.where}>{t('certificateBoard.folders.leadsTo', { path: found.leadsTo })}</span>
      )}
      {found.error ? <ErrorNotice error={AppError.of(found.error)} /> : null}
      {found.cells
        .filter(({ more }) => more !== undefined)
        .map((cell) => (
          <EvidenceLine key={cell.id} mark={cell.state}>
            {cell.more ? sentence(cell.more) : null}
          </EvidenceLine>
        ))}
    </div>
  );
}
