import { Button } from '@mantine/core';
import { type ReactNode, useEffect, useRef } from 'react';
import { useLocation } from 'wouter';
import { PageHeader } from '../components/PageHeader.tsx';
import type { Mark } from '../components/StateIcon.tsx';
import { useWords } from '../locales/language.ts';
import styles from './wizard.module.css';

interface WizardFrameProps {
  question: string;
  answer: { mark: Mark; text: ReactNode } | undefined;
  /** At the right of the question. */
  actions?: ReactNode;
  /** Where the work was begun, with its word; absent: Overview. */
  leave?: { readonly to: string; readonly word: string };
  /** Buttons of the foot; one of them is filled. */
  foot: ReactNode;
  /** What is shown now: another one puts the focus on the title again. */
  phase: string;
  children: ReactNode;
}

/** The page of every wizard: its question, the work, and a foot with what comes next. */
export function WizardFrame({ question, answer, actions, leave, foot, phase, children }: WizardFrameProps) {
  const { t } = useWords();
  const [, navigate] = useLocation();
  const page = useRef<HTMLDivElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: runs when something else is shown
  useEffect(() => {
    page.current?.querySelector<HTMLElement>('h1')?.focus({ preventScroll: true });
    page.current?.querySelector('[data-scroll]')?.scrollTo(0, 0);
  }, [phase]);
  return (
    <div ref={page} className={`sd-fill ${styles.page}`}>
      <PageHeader question={question} answer={answer} actions={actions} />
      <div className={styles.scroll} data-scroll>
        {children}
      </div>
      <footer className={`sd-foot ${styles.foot}`}>
        <Button variant="subtle" onClick={() => navigate(leave?.to ?? '/')}>
          {leave?.word ?? t('wizard.leave')}
        </Button>
        <span className={styles.space} />
        {foot}
      </footer>
    </div>
  );
}
