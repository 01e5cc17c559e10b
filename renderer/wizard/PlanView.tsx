import { IconChevronRight } from '@tabler/icons-react';
import type { StepPlan } from '../../shared/setup.ts';
import type { Text } from '../../shared/text.ts';
import { StateIcon } from '../components/StateIcon.tsx';
import { useSentence, useWords } from '../locales/language.ts';
import own from './files.module.css';
import styles from './wizard.module.css';

const keyOf = (text: Text): string => `${text.code} ${JSON.stringify(text.params ?? {})}`;

/** What will happen, in order. */
export function PlanChanges({ changes }: { changes: readonly Text[] }) {
  const { t } = useWords();
  const { sentence } = useSentence();
  if (changes.length === 0) return null;
  return (
    <section className={styles.plan}>
      <h2>{t('setup.willHappen')}</h2>
      <ol>
        {changes.map((change) => (
          <li key={keyOf(change)} className={styles.change}>
            {sentence(change)}
          </li>
        ))}
      </ol>
    </section>
  );
}

export function PlanWarnings({ warnings }: { warnings: readonly Text[] }) {
  const { sentence } = useSentence();
  return warnings.map((warning) => (
    <p key={keyOf(warning)} className="sd-note" data-mark="warn">
      <StateIcon mark="warn" silent />
      <span>{sentence(warning)}</span>
    </p>
  ));
}

/** The files that a step writes: path, mode and why; the content on demand, secrets as variables. */
export function PlannedFiles({ files }: { files: StepPlan['files'] }) {
  const { t } = useWords();
  const { sentence } = useSentence();
  if (files.length === 0) return null;
  return (
    <section className={own.files} aria-label={t('setup.files')}>
      {files.map((file) => (
        <details key={file.path}>
          <summary>
            <span className={own.fileName}>
              <IconChevronRight size={13} stroke={1.75} aria-hidden />
              <span className="sd-mono">{file.path.split(/[\\/]/).slice(-2).join('/')}</span>
              <span className={own.fileMode}>{file.mode}</span>
            </span>
            <span className={own.fileWhy}>{sentence(file.why)}</span>
          </summary>
          <p className={own.filePath}>{file.path}</p>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard */}
          <pre className={own.fileContent} lang="en" tabIndex={0}>
            {file.content}
          </pre>
        </details>
      ))}
    </section>
  );
}
