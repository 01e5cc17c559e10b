import type { CertificateFile } from '../../../../shared/certificateFiles.ts';
import type { CommandLine } from '../../../../shared/setup.ts';

const quoted = (word: string): string => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`);

/** How the same is read by hand. Pure. */
export function listCommands(folder: string, files: readonly CertificateFile[]): CommandLine[] {
  const leaf =
    files.find(({ role, certificates }) => role === 'kes' && certificates.length > 0) ?? files.find((one) => one.certificates.length > 0);
  if (!leaf) return [];
  const file = quoted(leaf.file);
  const client = files.find(({ certificates }) => certificates[0]?.usages.includes('clientAuth'));
  return [
    { line: `cd ${quoted(folder)}` },
    { line: `openssl x509 -in ${file} -noout -text` },
    { line: `openssl verify -x509_strict -CAfile certs/ca.crt ${file}` },
    { line: `openssl x509 -in ${file} -noout -pubkey | openssl pkey -pubin -outform DER | sha256sum` },
    ...(client ? [{ line: `kes identity of ${quoted(client.file)}` }] : []),
  ];
}
