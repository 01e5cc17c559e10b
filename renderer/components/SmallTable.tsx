import type { ReactNode } from 'react';
import styles from './smallTable.module.css';

/** A small table inside a page; `className` says what its columns want beyond that. */
export function SmallTable({ className, children }: { className?: string | undefined; children: ReactNode }) {
  return <table className={`${styles.compact} ${className ?? ''}`}>{children}</table>;
}
