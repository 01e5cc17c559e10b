import { useWords } from '../../locales/language.ts';
import { useLostSince } from './useLost.ts';

/** "as of 12:31" behind what moves or is judged now: nothing while the engine answers. */
export function AsOf({ className }: { className?: string | undefined }) {
  const { t } = useWords();
  const at = useLostSince();
  if (at === undefined) return null;
  return <span className={`sd-asof ${className ?? ''}`}>{t('components.lost.asOf', { at })}</span>;
}
