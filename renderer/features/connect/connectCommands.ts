import type { CommandLine } from '../../../shared/setup.ts';
import { hostOf } from '../../components/connect/address.ts';

/** The certificate that each server shows, by openssl: the fingerprint to compare. Sends no credential. Pure. */
export function lookCommands(urls: readonly string[]): CommandLine[] {
  return urls.map((url) => ({
    line: `openssl s_client -connect ${withPort(url)} -servername ${new URL(url).hostname.replace(/^\[|\]$/g, '')} </dev/null 2>/dev/null | openssl x509 -noout -subject -issuer -dates -ext subjectAltName -fingerprint -sha256`,
  }));
}

function withPort(url: string): string {
  return new URL(url).port === '' ? `${hostOf(url)}:443` : hostOf(url);
}
