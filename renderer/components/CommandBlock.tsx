import { Fragment, type ReactNode } from 'react';
import type { CommandLine } from '../../shared/setup.ts';
import { useSentence, useWords } from '../locales/language.ts';
import styles from './commands.module.css';
import { SecretSource } from './SecretSource.tsx';

/** Splits text at its `$VARIABLES`, which stand for secrets. Pure. */
function variablesIn(text: string): readonly { text: string; variable: boolean }[] {
  return text
    .split(/(\$\{?[A-Z][A-Z0-9_]*\}?)/)
    .filter((part) => part !== '')
    .map((part) => ({ text: part, variable: /^\$\{?[A-Z]/.test(part) }));
}

/** Words and what stands between them: an option breaks before its hyphens, never behind them. Pure. */
function wordsOf(line: string): readonly string[] {
  return line.split(/(\s+)/).filter((word) => word !== '');
}

/** A path that is longer than a line breaks behind its slashes. Pure. */
function steps(text: string): ReactNode {
  return text.split(/(?<=[/=])/).map((step, at) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: steps of one path never move
    <Fragment key={at}>
      {at === 0 ? null : <wbr />}
      {step}
    </Fragment>
  ));
}

/** What the copy button puts on the clipboard: comments and lines, secrets still as variables. */
export function commandText(commands: readonly CommandLine[], sentence: (text: NonNullable<CommandLine['comment']>) => string): string {
  return commands
    .flatMap(({ comment, line }) => [...(comment ? [`# ${sentence(comment)}`] : []), ...(line === undefined ? [] : [line])])
    .join('\n');
}

/** Equivalent commands in a mono face; secrets are variables in the accent colour. */
export function CommandBlock({ commands, note = true }: { commands: readonly CommandLine[]; note?: boolean }) {
  const { sentence } = useSentence();
  const { t } = useWords();
  const root = commands.some(({ line }) => line?.includes('$MINIO_ROOT_'));
  const secret = commands.some(({ line }) => line !== undefined && variablesIn(line).some((part) => part.variable));
  return (
    <div>
      <pre className={styles.block} lang="en">
        {commands.map(({ comment, line }, at) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: the lines of one plan never move
          <span key={at} className={styles.entry}>
            {comment ? <span className={styles.comment}># {sentence(comment)}</span> : null}
            {line === undefined ? null : (
              <span className={styles.line}>
                {wordsOf(line).map((word, place) =>
                  word.trim() === '' ? (
                    word
                  ) : (
                    // biome-ignore lint/suspicious/noArrayIndexKey: words of one line never move
                    <span key={place} className={styles.word}>
                      {variablesIn(word).map((part, inside) => (
                        // biome-ignore lint/suspicious/noArrayIndexKey: nor do parts of one word
                        <span key={inside} className={part.variable ? styles.variable : undefined}>
                          {steps(part.text)}
                        </span>
                      ))}
                    </span>
                  ),
                )}
              </span>
            )}
          </span>
        ))}
      </pre>
      {note && root ? <SecretSource names="MINIO_ROOT" className={styles.note} /> : null}
      {note && secret ? <p className={styles.note}>{t('components.secretsAreVariables')}</p> : null}
    </div>
  );
}
