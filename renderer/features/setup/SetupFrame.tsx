import { SegmentedControl } from '@mantine/core';
import type { ReactNode } from 'react';
import type { StepId } from '../../../shared/setup.ts';
import { useWords } from '../../locales/language.ts';
import { type ListedStep, StepList } from '../../wizard/StepList.tsx';
import { provenCount } from '../../wizard/steps.ts';
import styles from './setup.module.css';

export type Mode = 'guided' | 'express';

interface SetupFrameProps {
  mode: Mode;
  onMode(mode: Mode): void;
  steps: readonly ListedStep<StepId>[];
  shown: StepId | undefined;
  onOpen(id: StepId): void;
  children: ReactNode;
}

/** The two ways and all steps at the left, the work at the right. */
export function SetupFrame({ mode, onMode, steps, shown, onOpen, children }: SetupFrameProps) {
  const { t } = useWords();
  return (
    <div className={styles.frame}>
      <nav className={styles.steps} aria-label={t('setup.steps')}>
        <div className={styles.way}>
          <SegmentedControl
            fullWidth
            aria-label={t('setup.way')}
            value={mode}
            onChange={(next) => onMode(next as Mode)}
            data={[
              { value: 'guided', label: t('setup.guided') },
              { value: 'express', label: t('setup.express') },
            ]}
          />
          <p className={styles.count}>{t('setup.proven', { proven: provenCount(steps), total: steps.length })}</p>
        </div>
        <StepList label={t('setup.steps')} steps={steps} shown={shown} onOpen={onOpen} />
      </nav>
      <div className={styles.work}>{children}</div>
    </div>
  );
}
