import type { CertificateFacts, CertificateFile, CertificateFormat } from '../../../../shared/certificateFiles.ts';

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

/**
 * The rows of the list: a private key in a file of its own stands in its certificate's row, unless something is wrong with it or
 * no certificate here is its. Pure.
 */
export function rowsOf<F extends Pick<CertificateFile, 'file' | 'certificates' | 'keys' | 'findings' | 'format'>>(
  files: readonly F[],
): F[] {
  const told = new Set(files.flatMap(({ certificates, keys }) => (certificates.length === 0 ? [] : keys.map(({ name }) => name))));
  return files.filter(
    ({ file, format, certificates, findings }) => certificates.length > 0 || format === 'pkcs12' || findings.length > 0 || !told.has(file),
  );
}

/** Names that are not translated. */
export const formatNames: Readonly<Record<CertificateFormat, string>> = { pem: 'PEM', der: 'DER', pkcs12: 'PKCS#12', pkcs7: 'PKCS#7' };

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
