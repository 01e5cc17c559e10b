import { SegmentedControl } from '@mantine/core';
import { useState } from 'react';
import type { ObjectSnippet, SnippetTool } from '../../../../shared/objects.ts';
import { CommandBlock } from '../../../components/CommandBlock.tsx';
import { CopyAction } from '../../../components/CopyValue.tsx';
import { ErrorNotice } from '../../../components/ErrorNotice.tsx';
import facts from '../../../components/objectFacts.module.css';
import { SecretSource } from '../../../components/SecretSource.tsx';
import { useSentence, useWords } from '../../../locales/language.ts';
import { useCall } from '../../../rpc/hooks.ts';
import styles from './card.module.css';

/** Names that are not translated. */
const tools: readonly { value: SnippetTool; label: string }[] = [
  { value: 'mc', label: 'mc' },
  { value: 'curl', label: 'curl' },
  { value: 'boto3', label: 'boto3' },
  { value: 'javascript', label: 'JS' },
  { value: 'go', label: 'Go' },
  { value: 'java', label: 'Java' },
];

/** As it appears; the same function each time, so that it scrolls only then. */
function intoSight(shown: HTMLElement | null): void {
  shown?.scrollIntoView({ block: 'start' });
}

/** HEAD, download and upload of an object like this with six tools, to be copied. */
export function Snippets(at: { stackId: string; bucket: string; objectKey: string; versionId: string | undefined }) {
  const { t } = useWords();
  const { stackId, bucket, objectKey: key, versionId } = at;
  const [tool, setTool] = useState<SnippetTool>('mc');
  const [what, setWhat] = useState<ObjectSnippet['what']>('head');
  const asked = useCall('objects.commands', { stackId, bucket, key, ...(versionId === undefined ? {} : { versionId }) });
  const snippet = asked.data?.snippets.find((each) => each.tool === tool && each.what === what);
  if (asked.isPending) return null;
  return (
    <section className={styles.group} ref={intoSight} aria-label={t('objects.card.commandsTitle')}>
      <h3>{t('objects.card.commandsTitle')}</h3>
      <div className={styles.tabs}>
        <SegmentedControl
          fullWidth
          aria-label={t('objects.card.tool')}
          value={tool}
          onChange={(next) => setTool(next as SnippetTool)}
          data={[...tools]}
        />
        <SegmentedControl
          fullWidth
          aria-label={t('objects.card.what')}
          value={what}
          onChange={(next) => setWhat(next as ObjectSnippet['what'])}
          data={[
            { value: 'head', label: t('objects.card.whatHead') },
            { value: 'download', label: t('objects.card.whatDownload') },
            { value: 'upload', label: t('objects.card.whatUpload') },
          ]}
        />
      </div>
      <SecretSource names="AWS" className={facts.why} />
      {asked.error ? <ErrorNotice error={asked.error} /> : null}
      {snippet ? <Shown snippet={snippet} /> : null}
    </section>
  );
}

function Shown({ snippet: { lines, file, run, notes } }: { snippet: ObjectSnippet }) {
  const { t } = useWords();
  const { sentence } = useSentence();
  return (
    <>
      {notes.map((note) => (
        <p key={note.code} className={facts.why}>
          {sentence(note)}
        </p>
      ))}
      <Block lines={lines} program={file !== undefined} />
      {file === undefined ? null : (
        <>
          <p className={facts.why}>{t('objects.card.file', { file })}</p>
          <Block lines={run} />
        </>
      )}
    </>
  );
}

/** The lines of a program keep their indentation and are scrolled; those of a shell are broken. */
function Block({ lines, program = false }: { lines: readonly string[]; program?: boolean }) {
  const { t } = useWords();
  const block = <CommandBlock commands={lines.map((line) => ({ line: line === '' ? ' ' : line }))} note={false} />;
  return (
    <div className={styles.code}>
      <CopyAction value={`${lines.join('\n')}\n`} label={t('components.copyCommands')} />
      {program ? (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
        <div className={styles.program} tabIndex={0}>
          {block}
        </div>
      ) : (
        block
      )}
    </div>
  );
}
