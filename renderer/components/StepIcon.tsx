import { Loader } from '@mantine/core';
import { IconCircleDot, IconCircleMinus } from '@tabler/icons-react';
import type { StepStatus } from '../../shared/setup.ts';
import { useWords } from '../locales/language.ts';
import { StateIcon } from './StateIcon.tsx';

/** The mark of a guided step. `current`: in hand and not started. */
export function StepIcon({ state, current = false, size = 16 }: { state: StepStatus['state']; current?: boolean; size?: number }) {
  const { t } = useWords();
  const label = t(`components.step.${state}`);
  if (state === 'running') return <Loader size={size - 2} role="img" aria-label={label} />;
  if (state === 'proven') return <StateIcon mark="ok" size={size} />;
  if (state === 'failed') return <StateIcon mark="fail" size={size} />;
  if (state === 'skipped') return <IconCircleMinus size={size} stroke={1.5} color="var(--sd-t3)" role="img" aria-label={label} />;
  if (current) {
    return <IconCircleDot size={size} stroke={1.75} color="var(--sd-acc)" role="img" aria-label={t('components.step.current')} />;
  }
  return <StateIcon mark="absent" size={size} />;
}
