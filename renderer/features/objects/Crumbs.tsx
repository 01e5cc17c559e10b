import { Fragment } from 'react';
import { Link } from 'wouter';
import { shorten } from '../../components/format.ts';
import { useWords } from '../../locales/language.ts';
import styles from './objects.module.css';
import { addressOf, nameBelow, stepsOf } from './place.ts';

/** The way from all buckets to here, each step a link. */
export function Crumbs({ bucket, prefix }: { bucket: string; prefix: string }) {
  const { t } = useWords();
  const steps = stepsOf(prefix);
  const parents = prefix === '' ? [] : ['', ...steps.slice(0, -1)];
  return (
    <nav className={styles.crumbs} aria-label={t('objects.crumbs')}>
      <Link href="/objects">{t('objects.buckets.all')}</Link>
      {parents.map((step, at) => (
        <Fragment key={step}>
          <span aria-hidden>/</span>
          <Link href={addressOf(bucket, step)}>
            {shorten(step === '' ? bucket : nameBelow(step, parents[at - 1] ?? '').replace(/\/$/, ''), 40)}
          </Link>
        </Fragment>
      ))}
    </nav>
  );
}
