import type { ServedRow } from '../../../../shared/certificateBoard.ts';
import type { CommandLine } from '../../../../shared/setup.ts';

/** The same look with openssl: what each server shows, judged by the name and the trust of its clients. */
export function lookCommands(rows: readonly ServedRow[]): CommandLine[] {
  return rows.flatMap((row) => {
    const { host, port } = partsOf(row.url);
    const isName = !/^[\d.]+$|:/.test(host);
    const trust = row.trust.file !== undefined && row.trust.kind !== 'system' ? ` -CAfile ${word(row.trust.file)} -partial_chain` : '';
    const name = isName ? `-servername ${host} -verify_hostname ${host}` : `-verify_ip ${host}`;
    return [
      {
        line: `openssl s_client -connect ${host.includes(':') ? `[${host}]` : host}:${port} ${name}${trust} -verify_return_error </dev/null`,
      },
    ];
  });
}

function partsOf(url: string): { host: string; port: string } {
  const { hostname, port } = new URL(url);
  return { host: hostname.replace(/^\[|\]$/g, ''), port: port || '443' };
}

function word(path: string): string {
  return /^[\w@%+=:,./-]+$/.test(path) ? path : `'${path.replaceAll("'", `'\\''`)}'`;
}
