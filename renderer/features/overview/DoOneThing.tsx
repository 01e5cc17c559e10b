import { Link } from 'wouter';
import { useWords } from '../../locales/language.ts';
import { wizardAddress, wizards } from '../../wizard/wizards.ts';
import styles from './overview.module.css';

/** What can be done by itself on this stack. */
export function DoOneThing() {
  const { t } = useWords();
  return (
    <section className={styles.section}>
      <div className={styles.head}>
        <h2>{t('frame.page.wizard')}</h2>
      </div>
      <ul className={styles.wizards}>
        {wizards.map(({ name, icon: Icon }) => (
          <li key={name}>
            <Icon size={16} stroke={1.5} aria-hidden />
            <Link href={wizardAddress(name)}>{t(`frame.wizard.${name}`)}</Link>
            <span>{t(`overview.wizards.${name}`)}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}
