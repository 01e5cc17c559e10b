const patterns: readonly [RegExp, string][] = [
  [/-----BEGIN ([A-Z ]*PRIVATE KEY)-----(?:[^-]|-(?!----))*-----END \1-----/g, '[private key]'],
  [/\b(?:hvs|hvb|hvr)\.[A-Za-z0-9_-]{20,}/g, '[token]'],
  [/\b[sbr]\.[A-Za-z0-9_-]{20,}/g, '[token]'],
  [/kes:v1:[A-Za-z0-9+/=]{20,}/g, '[api key]'],
  [
    /((?:"?(?:secret|secret_?id|client_token|root_token|passphrase|password|keys_base64|secret_?key|secret_?access_?key|shares?)"?)\s*[:=]\s*)("[^"]*"|\[[^\]]*\]|[^\s,}]+)/gi,
    '$1[secret]',
  ],
];

/** Takes tokens, private keys and named secret fields out of a text that is about to be stored or shown. */
export function redact(text: string): string {
  let out = text;
  for (const [pattern, replacement] of patterns) out = out.replace(pattern, replacement);
  return out;
}
