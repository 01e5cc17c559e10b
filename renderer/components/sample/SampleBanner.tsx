import { IconTestPipe } from '@tabler/icons-react';
import { Link } from 'wouter';
import { useWords } from '../../locales/language.ts';
import { useCurrentStack } from '../currentStack.ts';
import styles from '../readOnly/readOnly.module.css';

/** One quiet line on every page of a generated stack: nothing here is of a server. */
export function SampleBanner() {
  const { t } = useWords();
  const { stack } = useCurrentStack();
  if (stack?.origin !== 'sample') return null;
  return (
    <div className={styles.banner} role="status">
      <IconTestPipe size={14} stroke={1.5} aria-hidden />
      <span>{t('components.sample.banner')}</span>
      <Link href="/setup/new" className={styles.lift}>
        {t('components.sample.own')}
      </Link>
    </div>
  );
}
