import type { Language } from '../../shared/text.ts';

/** A page for paper and archives: no script, nothing loaded. `title` and `body` are HTML; what came from outside is escaped in them. */
export function printablePage({
  language,
  title,
  style,
  body,
}: {
  language: Language;
  title: string;
  style: string;
  body: string;
}): string {
  return `<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width">
<title>${title}</title>
<style>${style}</style>
</head>
<body>
${body}
</body>
</html>
`;
}
