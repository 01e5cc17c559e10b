import { Button, Select, Textarea, TextInput } from '@mantine/core';
import { useState } from 'react';
import { ErrorNotice } from '../../../components/ErrorNotice.tsx';
import { EvidenceLine } from '../../../components/EvidenceLine.tsx';
import { EngineButton } from '../../../components/engine/EngineButton.tsx';
import { SmallTable } from '../../../components/SmallTable.tsx';
import { type Mark, StateIcon } from '../../../components/StateIcon.tsx';
import { useSentence, useWords } from '../../../locales/language.ts';
import type { Output } from '../../../rpc/client.ts';
import { saveText } from '../../../rpc/files.ts';
import { useAction } from '../../../rpc/hooks.ts';
import { type PartProps, useSays } from '../parts.ts';
import styles from './cluster.module.css';

type Product = 'openbao' | 'vault';
type Read = Output<'vault.readConfig'>;
const marks: Record<Read['lines'][number]['level'], Mark> = { ok: 'ok', outdated: 'warn', ignored: 'info', danger: 'fail' };

/** Each line with what today's server does with it, what is missing, and the same server's file for today. */
export function ConfigRead({ product: own, says }: { product: Product; says: PartProps['says'] }) {
  const { t } = useWords();
  const [product, setProduct] = useState<Product>(own);
  const [content, setContent] = useState('');
  const [folder, setFolder] = useState('');
  const read = useAction('vault.readConfig');
  const [answer, setAnswer] = useState<Read | undefined>(undefined);
  const count = (level: Read['lines'][number]['level']): number => answer?.lines.filter((line) => line.level === level).length ?? 0;
  useSays(says, {
    answer: answer && {
      mark: count('danger') > 0 ? 'fail' : count('outdated') + answer.missing.length > 0 ? 'warn' : 'ok',
      text: t('vaultCluster.config.summary', {
        ok: count('ok'),
        outdated: count('outdated'),
        ignored: count('ignored'),
        danger: count('danger'),
      }),
    },
  });

  async function submit(): Promise<void> {
    setAnswer(await read.run({ content, product, ...(folder.trim() === '' ? {} : { folder: folder.trim() }) }));
  }

  return (
    <>
      <section className={styles.section}>
        <form
          className={styles.form}
          onSubmit={(event) => {
            event.preventDefault();
            if (content.trim() !== '') void submit();
          }}
        >
          <Textarea
            label={t('vaultCluster.config.text')}
            description={t('vaultCluster.config.textWhy')}
            value={content}
            rows={10}
            classNames={{ input: 'sd-mono' }}
            spellCheck={false}
            onChange={(event) => setContent(event.currentTarget.value)}
            onDrop={(event) => {
              const [file] = event.dataTransfer.files;
              if (!file || file.size > 200_000) return;
              event.preventDefault();
              void file.text().then(setContent);
            }}
          />
          <div className={styles.pair}>
            <Select
              label={t('vaultCluster.config.product')}
              value={product}
              allowDeselect={false}
              data={[
                { value: 'vault', label: 'HashiCorp Vault' },
                { value: 'openbao', label: 'OpenBao' },
              ]}
              onChange={(value) => setProduct(value as Product)}
            />
            <TextInput
              label={t('vaultCluster.config.folder')}
              description={t('vaultCluster.config.folderWhy')}
              classNames={{ input: 'sd-mono' }}
              value={folder}
              onChange={(event) => setFolder(event.currentTarget.value)}
            />
          </div>
          {read.error ? <ErrorNotice error={read.error} /> : null}
          <div>
            <EngineButton type="submit" variant="filled" loading={read.pending}>
              {t('vaultCluster.config.readIt')}
            </EngineButton>
          </div>
        </form>
      </section>
      {answer ? <Answer answer={answer} /> : null}
    </>
  );
}

function Answer({ answer }: { answer: Read }) {
  const { t } = useWords();
  const { sentence } = useSentence();
  return (
    <>
      <section className={styles.section}>
        <h2>{t('vaultCluster.config.lines')}</h2>
        <div className={styles.scroll}>
          <SmallTable className={styles.table}>
            <thead>
              <tr>
                <th scope="col">{t('vaultCluster.config.line')}</th>
                <th scope="col">{t('vaultCluster.config.setting')}</th>
                <th scope="col">{t('vaultCluster.config.does')}</th>
                <th scope="col">{t('vaultCluster.config.today')}</th>
              </tr>
            </thead>
            <tbody>
              {answer.lines.map((line) => (
                <tr key={`${line.line} ${line.path}`}>
                  <td>{line.line}</td>
                  <td className="sd-mono">
                    {line.path}
                    {line.value === '' ? null : <span className={styles.quiet}> {line.value}</span>}
                  </td>
                  <td>
                    <span className={styles.cell}>
                      <StateIcon mark={marks[line.level]} silent />
                      {t(`vaultCluster.config.level.${line.level}`)}
                    </span>
                    <div className={styles.quiet}>{sentence(line.says)}</div>
                  </td>
                  <td className="sd-mono">{line.today}</td>
                </tr>
              ))}
            </tbody>
          </SmallTable>
        </div>
        {answer.missing.length === 0 ? null : (
          <>
            <h2 className={styles.after}>{t('vaultCluster.config.missing')}</h2>
            {answer.missing.map(({ line, says }) => (
              <EvidenceLine key={line} mark="warn">
                <span className="sd-mono">{line}</span> {sentence(says)}
              </EvidenceLine>
            ))}
          </>
        )}
        {answer.notes.map((note) => (
          <EvidenceLine key={note.code} mark="info">
            {sentence(note)}
          </EvidenceLine>
        ))}
      </section>
      <section className={styles.section}>
        <div className={styles.fileHead}>
          <h2>{t('vaultCluster.config.file')}</h2>
          <Button size="xs" onClick={() => saveText('vault.hcl', answer.today, 'text/plain')}>
            {t('vaultCluster.config.save')}
          </Button>
        </div>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard */}
        <pre className={styles.file} tabIndex={0}>
          {answer.today}
        </pre>
      </section>
    </>
  );
}
