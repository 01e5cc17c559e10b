import type { CertificateFacts, CertificateFile } from '../../../../shared/certificateFiles.ts';

export const whats = ['authority', 'leaf', 'request'] as const;
export type What = (typeof whats)[number];

export const filesAddress = '/certificates';
export const makeAddress = (what: What): string => `${filesAddress}/make/${what}`;

/** What an address asks to make; undefined: it shows the list. Pure. */
export function whatIn(address: string): What | undefined {
  return whats.find((what) => address === makeAddress(what));
}

/** The worst that was found of a file. Pure. */
export function worstOf({ findings }: Pick<CertificateFile, 'findings'>): 'ok' | 'info' | 'warn' | 'fail' {
  return (['fail', 'warn', 'info'] as const).find((mark) => findings.some((finding) => finding.mark === mark)) ?? 'ok';
}

/** The common name, or the whole subject where there is none. Pure. */
export function shortSubject(subject: string): string {
  return /(?:^|, )CN=((?:[^,\\]|\\.)+)/.exec(subject)?.[1] ?? subject;
}

/** What a certificate is for, as words to be looked up. Pure. */
export function purposesOf({ isCa, usages }: Pick<CertificateFacts, 'isCa' | 'usages'>): ('ca' | 'serverAuth' | 'clientAuth' | 'none')[] {
  const known = usages.filter((usage) => usage === 'serverAuth' || usage === 'clientAuth');
  if (isCa) return ['ca', ...known];
  return known.length > 0 ? known : ['none'];
}
