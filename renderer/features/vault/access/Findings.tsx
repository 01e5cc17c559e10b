import type { AccessFinding } from '../../../../shared/vaultAccess.ts';
import { StateIcon } from '../../../components/StateIcon.tsx';
import { useSentence } from '../../../locales/language.ts';
import styles from './access.module.css';

/** What was found, worst first. */
export function Findings({ findings }: { findings: readonly AccessFinding[] }) {
  const { sentence } = useSentence();
  if (findings.length === 0) return null;
  const order = ['fail', 'warn', 'info', 'ok'];
  const sorted = findings.toSorted((a, b) => order.indexOf(a.level) - order.indexOf(b.level));
  return (
    <ul className={styles.findings}>
      {sorted.map(({ level, text }) => (
        <li key={`${text.code} ${JSON.stringify(text.params ?? {})}`}>
          <StateIcon mark={level} />
          <span>{sentence(text)}</span>
        </li>
      ))}
    </ul>
  );
}
