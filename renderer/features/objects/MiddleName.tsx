import styles from './objects.module.css';

const tailLetters = 14;

/** A name in a cell: what does not fit is left out in the middle, because names differ at their ends. */
export function MiddleName({ name }: { name: string }) {
  const letters = [...name];
  const cut = Math.max(0, letters.length - tailLetters);
  return (
    <span className={styles.name} data-name title={letters.length > 2 * tailLetters ? name : undefined}>
      <span className={styles.nameHead}>{letters.slice(0, cut).join('')}</span>
      <span className={styles.nameTail}>{letters.slice(cut).join('')}</span>
    </span>
  );
}
