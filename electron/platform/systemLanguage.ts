import type { Language } from '../../shared/text.ts';

/** The language of the system: Chinese when its locale is, else English. Unix variables go before what the runtime says. */
export function systemLanguage(
  env: Readonly<Record<string, string | undefined>> = process.env,
  runtimeLocale: string = Intl.DateTimeFormat().resolvedOptions().locale,
): Language {
  const locale = [env.LC_ALL, env.LC_MESSAGES, env.LANG].find((value) => value !== undefined && value !== '') ?? runtimeLocale;
  return /^zh(?:[-_.@]|$)/i.test(locale) ? 'zh-CN' : 'en';
}
