import { useLanguage } from '../../locales/language.ts';
import { useLostAt } from '../../rpc/hooks.ts';
import { formatWhen } from '../format.ts';

/** While the engine is out of reach: the time that all figures shown are of, "12:31". Undefined while it answers. */
export function useLostSince(): string | undefined {
  const language = useLanguage();
  const at = useLostAt();
  return at === undefined ? undefined : formatWhen(new Date(at).toISOString(), language);
}
