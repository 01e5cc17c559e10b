import {
  IconAlertTriangleFilled,
  IconCircle,
  IconCircleCheckFilled,
  IconCircleXFilled,
  IconHelpCircle,
  IconInfoCircle,
} from '@tabler/icons-react';
import { useWords } from '../locales/language.ts';
import { useLostAt } from '../rpc/hooks.ts';

/** What a mark can say. Each has a shape of its own: colour never carries meaning alone. */
export type Mark = 'ok' | 'warn' | 'fail' | 'absent' | 'info' | 'unknown';

const shapes = {
  ok: [IconCircleCheckFilled, 'var(--sd-ok)'],
  warn: [IconAlertTriangleFilled, 'var(--sd-warn)'],
  fail: [IconCircleXFilled, 'var(--sd-fail)'],
  absent: [IconCircle, 'var(--sd-t3)'],
  info: [IconInfoCircle, 'var(--sd-t3)'],
  unknown: [IconHelpCircle, 'var(--sd-t3)'],
} as const;

interface StateIconProps {
  mark: Mark;
  size?: number;
  /** The words next to it say the state already. */
  silent?: boolean;
  /** It speaks of this window, which needs no engine for that. */
  own?: boolean;
}

/** The mark beside a sentence. While the engine is out of reach nobody knows whether it still is so: then it asks. */
export function StateIcon({ mark, size = 14, silent = false, own = false }: StateIconProps) {
  const { t } = useWords();
  const lost = useLostAt() !== undefined && !own;
  // A warning in words is a hint for what one is about to do, and stays one.
  const judges = mark === 'ok' || mark === 'fail' || (mark === 'warn' && !silent);
  const shown = lost && judges ? 'unknown' : mark;
  const [Shape, color] = shapes[shown];
  const label = silent ? { 'aria-hidden': true } : { role: 'img', 'aria-label': t(`components.mark.${shown}`) };
  return <Shape size={size} stroke={1.5} color={color} style={{ flex: 'none' }} {...label} />;
}
