import { IconAlertTriangleFilled, IconCircle, IconCircleCheckFilled, IconCircleXFilled, IconInfoCircle } from '@tabler/icons-react';
import { useWords } from '../locales/language.ts';

/** What a mark can say. Each has a shape of its own: colour never carries meaning alone. */
export type Mark = 'ok' | 'warn' | 'fail' | 'absent' | 'info';

const shapes = {
  ok: [IconCircleCheckFilled, 'var(--sd-ok)'],
  warn: [IconAlertTriangleFilled, 'var(--sd-warn)'],
  fail: [IconCircleXFilled, 'var(--sd-fail)'],
  absent: [IconCircle, 'var(--sd-t3)'],
  info: [IconInfoCircle, 'var(--sd-t3)'],
} as const;

/** The mark beside a sentence. `silent` where the words next to it say the state already. */
export function StateIcon({ mark, size = 14, silent = false }: { mark: Mark; size?: number; silent?: boolean }) {
  const { t } = useWords();
  const [Shape, color] = shapes[mark];
  const label = silent ? { 'aria-hidden': true } : { role: 'img', 'aria-label': t(`components.mark.${mark}`) };
  return <Shape size={size} stroke={1.5} color={color} style={{ flex: 'none' }} {...label} />;
}
