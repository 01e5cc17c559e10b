import styles from './grid.module.css';
import { type NamePart, visibleName, visibleText } from './visibleName.ts';

/** A whole key in a cell: folders quiet, letters that nobody sees escaped, and what does not fit left out in the middle: first of the folders. */
export function RowName({ name, tailLetters = 12 }: { name: string; tailLetters?: number }) {
  const { head, tail } = visibleName(name, tailLetters);
  const folders = head.filter(({ folder }) => folder);
  const rest = head.filter(({ folder }) => !folder);
  return (
    <span className={styles.name} dir="ltr" title={name.length > 2 * tailLetters ? visibleText(name) : undefined}>
      {folders.length === 0 ? null : (
        <span className={styles.nameFolders} data-short={folders.map(({ text }) => text).join('').length < 6 || undefined}>
          {folders.map(drawn)}
        </span>
      )}
      {rest.length === 0 ? null : <span className={styles.nameHead}>{rest.map(drawn)}</span>}
      <span className={styles.nameTail}>{tail.map(drawn)}</span>
    </span>
  );
}

interface SpokenNameProps {
  name: string;
  tailLetters?: number;
  /** What is heard; absent: the name. */
  spoken?: string;
}

/** A name in a row, heard in one piece though it is shown in two. */
export function SpokenName({ name, tailLetters, spoken = visibleText(name) }: SpokenNameProps) {
  return (
    <>
      <span className="sd-hidden">{spoken}</span>
      <span className={styles.seen} aria-hidden>
        <RowName name={name} {...(tailLetters === undefined ? {} : { tailLetters })} />
      </span>
    </>
  );
}

function drawn(part: NamePart, at: number) {
  return (
    <bdi key={at} data-folder={part.folder || undefined} data-escaped={part.escaped || undefined}>
      {part.text}
    </bdi>
  );
}
