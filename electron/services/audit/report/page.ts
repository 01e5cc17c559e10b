import type { Audit, AuditBucket, AuditFinding, AuditGap, AuditKey, Opens } from '../../../../shared/audit.ts';
import { explain, sentence } from '../../../../shared/messages.ts';
import { type Language, say, type Text } from '../../../../shared/text.ts';
import { escaped } from '../../../platform/escaped.ts';
import { printablePage } from '../../../platform/printablePage.ts';
import { sum } from '../progress.ts';
import { chart } from './chart.ts';
import { area, counted, moment, present, share, sized, stateWord } from './look.ts';
import { pageStyle } from './pageStyle.ts';

export interface PageParts {
  audit: Audit;
  buckets: AuditBucket[];
  keys: AuditKey[];
  findings: AuditFinding[];
  /** What no audit of this kind can see. */
  limits: Text[];
  gaps: AuditGap[];
  language: Language;
  madeAt: string;
  /** Of the key that signs the folder. Absent: a page of its own, which nobody signed. */
  fingerprint?: string;
}

/** More rows than anybody reads on paper; `summary.json` has them all. */
const mostRows = 500;

/** An audit as one printable page; everything that came from outside is escaped. */
export function reportPage(parts: PageParts): string {
  const { audit, buckets, language } = parts;
  const words = (code: Text['code']): string => escaped(sentence(language, { code }));
  const title = escaped(sentence(language, say('auditPageTitle', { stack: audit.stackName })));
  return printablePage({
    language,
    title,
    style: pageStyle,
    body: `<h1>${title}</h1>
${answer(parts)}
${marks(audit)
  .map((code) => `<p class="mark">${words(code)}</p>`)
  .join('\n')}
${chart(buckets, language, sentence(language, say('auditPageOtherBuckets')))}
${legend(audit, language)}
${section(
  words('auditPageFindings'),
  parts.findings.map((one) => finding(one, language)),
)}
${section(words('auditPageBuckets'), [bucketTable(parts)])}
${section(words('auditPageKeys'), parts.keys.length === 0 ? [] : [keyTable(parts)])}
${section(words('auditPageUnseen'), unseen(parts))}
${section(words('auditPageAbout'), [facts(parts), check(parts)])}`,
  });
}

function answer({ audit, language }: PageParts): string {
  const { objects } = audit.current;
  const all = sum(objects);
  const [plaintext = 0, unreadable = 0, unknown = 0] = objects;
  const bad = plaintext + unreadable + unknown + audit.opens.no > 0;
  const whole = audit.state === 'finished' && audit.gaps === 0;
  const text = bad
    ? say('auditPageAnswerBad', {
        plaintext: counted(language, plaintext),
        unreadable: counted(language, unreadable),
        unknown: counted(language, unknown),
        objects: counted(language, all),
      })
    : say(whole ? 'auditPageAnswerGood' : 'auditPageAnswerPart', { objects: counted(language, all) });
  // Green is only what was read as a whole, and not made up.
  const look = bad ? 'fail' : whole && !audit.sample ? 'ok' : 'mark';
  const sample = audit.sample ? `<strong class="sample">${escaped(sentence(language, say('auditPageSampleWord')))}</strong> ` : '';
  return `<p class="answer ${look}">${sample}${escaped(sentence(language, text))}</p>`;
}

/** What has to be known before any number of it is believed. */
function marks({ sample, protected: isProtected, state, gaps }: Audit): Text['code'][] {
  return [
    ...(sample ? (['auditPageSample'] as const) : []),
    ...(isProtected ? [] : (['auditPagePractice'] as const)),
    ...(state === 'finished' ? [] : (['auditPageNotFinished'] as const)),
    ...(gaps > 0 ? (['auditPageGapsMark'] as const) : []),
  ];
}

function legend({ current }: Audit, language: Language): string {
  const all = sum(current.objects);
  const entries = present(current.objects).map(({ state, count }) => {
    const swatch = `<svg viewBox="0 0 14 14" width="14" height="14" aria-hidden="true">${area(state, 0, 0, 14, 14)}</svg>`;
    return `<li>${swatch}${stateWord(language, state)} <b>${counted(language, count)}</b> ${share(language, count, all)}</li>`;
  });
  return `<ul class="legend">${entries.join('')}</ul>`;
}

function section(title: string, parts: readonly string[]): string {
  return parts.length === 0 ? '' : `<h2>${title}</h2>\n${parts.join('\n')}`;
}

const signs = { fail: '✗', warn: '!', info: 'i' } as const;

function finding({ level, what, next, commands }: AuditFinding, language: Language): string {
  const lines = commands.map((command) => `<code>${command.split('\n').map(escaped).join('\n')}</code>`).join('\n');
  return `<div class="finding ${level}"><p><b>${signs[level]}</b> ${escaped(sentence(language, what))}</p><p class="next">${escaped(sentence(language, next))}</p>${lines === '' ? '' : `<pre>${lines}</pre>`}</div>`;
}

function table(heads: readonly string[], rows: readonly (readonly string[])[], right: readonly number[], language: Language): string {
  const cell = (tag: 'td' | 'th', content: string, at: number): string =>
    `<${tag}${right.includes(at) ? ' class="n"' : ''}>${content}</${tag}>`;
  const line = (tag: 'td' | 'th', cells: readonly string[]): string =>
    `<tr>${cells.map((content, at) => cell(tag, content, at)).join('')}</tr>`;
  const more =
    rows.length > mostRows
      ? `<p>${escaped(sentence(language, say('auditPageMoreRows', { count: counted(language, rows.length - mostRows) })))}</p>`
      : '';
  return `<table><thead>${line('th', heads)}</thead><tbody>\n${rows
    .slice(0, mostRows)
    .map((cells) => line('td', cells))
    .join('\n')}\n</tbody></table>${more}`;
}

function bucketTable({ audit, buckets, language }: PageParts): string {
  const states = present(audit.current.objects);
  const place = ['plaintext', 'unreadable', 'unknown', 'sse-c', 'sse-s3', 'sse-kms'] as const;
  const words = (code: Text['code']): string => escaped(sentence(language, { code }));
  const heads = [
    words('auditPageBucket'),
    words('auditPageRule'),
    ...states.map(({ state }) => stateWord(language, state)),
    words('auditPageSize'),
  ];
  const versions = audit.scope.versions ? [words('auditPageNoncurrent'), words('auditPageMarkers')] : [];
  const sorted = [...buckets].sort(
    (one, other) =>
      (other.current.objects[0] ?? 0) - (one.current.objects[0] ?? 0) || sum(other.current.objects) - sum(one.current.objects),
  );
  const rows = sorted.map((bucket) => [
    mono(bucket.name),
    ruleOf(bucket, language),
    ...states.map(({ state }) => counted(language, bucket.current.objects[place.indexOf(state)] ?? 0)),
    sized(language, sum(bucket.current.bytes)),
    ...(audit.scope.versions ? [counted(language, sum(bucket.noncurrent.objects)), counted(language, bucket.deleteMarkers)] : []),
  ]);
  const numbers = [...heads, ...versions].map((_, at) => at).slice(2);
  return table([...heads, ...versions], rows, numbers, language);
}

function ruleOf({ rule, ruleError, ruleSince, done, error }: AuditBucket, language: Language): string {
  const failed = error ?? (rule === undefined ? ruleError : undefined);
  const parts: string[] = [];
  if (rule?.kind === 'none') parts.push(escaped(sentence(language, say('auditPageNoRule'))));
  if (rule?.kind === 'sse-s3') parts.push('SSE-S3');
  if (rule?.kind === 'sse-kms') parts.push(`SSE-KMS ${mono(rule.key)}`);
  if (ruleSince) parts.push(escaped(sentence(language, say('auditPageSince', { at: ruleSince.at.slice(0, 10) }))));
  if (failed) parts.push(escaped(explain(language, failed.code, failed.details).title));
  if (!done) parts.push(escaped(sentence(language, say('auditPageBucketOpen'))));
  return parts.join('<br>');
}

function keyTable({ keys, language }: PageParts): string {
  const words = (code: Text['code']): string => escaped(sentence(language, { code }));
  const heads = (
    [
      'auditPageKey',
      'auditPageBucket',
      'auditPageState',
      'auditPageObjects',
      'auditPageSize',
      'auditPageOldest',
      'auditPageNewest',
      'auditPageOpens',
    ] as const
  ).map(words);
  const rows = keys.map((key) => [
    key.kmsKey === '' ? words(key.state === 'sse-c' ? 'auditPageClientKey' : 'auditPageDefaultKey') : mono(key.kmsKey),
    mono(key.bucket),
    nowrap(stateWord(language, key.state)),
    counted(language, key.objects),
    sized(language, key.bytes),
    nowrap(key.oldest?.modifiedAt.slice(0, 10) ?? ''),
    nowrap(key.newest?.modifiedAt.slice(0, 10) ?? ''),
    opensWords(key.opens, language),
  ]);
  return table(heads, rows, [3, 4], language);
}

const opensCodes = {
  yes: 'auditPageOpensYes',
  no: 'auditPageOpensNo',
  differs: 'auditPageOpensDiffers',
  notTested: 'auditPageOpensNotTested',
} as const;

/** "No, by sample: 404 kms:KeyNotFound": whether it opens and how that is known. */
function opensWords({ answer, how, why, error }: Opens, language: Language): string {
  const known = sentence(language, say(opensCodes[answer])) + (how === 'sample' ? sentence(language, say('auditPageBySample')) : '');
  const reason = why ? sentence(language, why) : error && explain(language, error.code, error.details).title;
  return escaped(reason === undefined ? known : sentence(language, say('auditPageOpensWhy', { opens: known, why: reason })));
}

function unseen({ gaps, limits, audit, language }: PageParts): string[] {
  const words = (code: Text['code']): string => escaped(sentence(language, { code }));
  const places = gaps.map(({ bucket, after, to, error }) => [
    mono(bucket),
    after === '' ? words('auditPageFromBeginning') : mono(after),
    to === undefined ? words('auditPageToEnd') : mono(to),
    escaped(explain(language, error.code, error.details).title),
  ]);
  const heads = (['auditPageBucket', 'auditPageAfter', 'auditPageUpTo', 'auditPageWhy'] as const).map(words);
  const none = audit.gaps === 0 ? `<p>${words('auditPageNoGaps')}</p>` : '';
  const list = limits.length === 0 ? '' : `<ul>${limits.map((limit) => `<li>${escaped(sentence(language, limit))}</li>`).join('')}</ul>`;
  return [places.length > 0 ? table(heads, places, [], language) : none, list].filter((part) => part !== '');
}

function facts({ audit, language, fingerprint, madeAt }: PageParts): string {
  const { who, scope, options, opens, requests, folderMarkers } = audit;
  const yes = (answer: boolean): string => sentence(language, say(answer ? 'auditPageYes' : 'auditPageNo'));
  const rows: (readonly [Text['code'], string])[] = [
    ['auditPageStack', `${audit.stackName} (${audit.stackId})`],
    ['auditPageServer', [who.server, who.serverVersion].filter(Boolean).join(', ')],
    ['auditPageCredential', who.credential],
    ['auditPageUser', who.user],
    ['auditPageTime', `${moment(audit.startedAt)} – ${audit.endedAt ? moment(audit.endedAt) : '…'}`],
    [
      'auditPageScope',
      [scope.buckets?.join(', ') ?? sentence(language, say('auditPageAllBuckets')), scope.prefix].filter(Boolean).join(' / '),
    ],
    ['auditPageVersions', yes(scope.versions)],
    ['auditPageVerifyAll', yes(options.verifyAll)],
    ['auditPageMethod', sentence(language, say(audit.method === 'list' ? 'auditPageByList' : 'auditPageByHead'))],
    [
      'auditPageOpened',
      sentence(
        language,
        say('auditPageOpenedCounts', {
          yes: counted(language, opens.yes),
          no: counted(language, opens.no),
          notTested: counted(language, opens.notTested),
        }),
      ),
    ],
    ['auditPageFolderMarkers', counted(language, folderMarkers)],
    ['auditPageRequests', counted(language, requests)],
    ['auditPageId', audit.id],
    ['auditPageMade', moment(madeAt)],
    ...(fingerprint === undefined ? [] : ([['auditPageFingerprint', fingerprint]] as const)),
  ];
  const lines = rows.map(([code, value]) => `<dt>${escaped(sentence(language, { code }))}</dt><dd>${escaped(value)}</dd>`);
  return `<dl>\n${lines.join('\n')}\n</dl>`;
}

/** How others see that nothing was changed, and what a signature cannot tell. */
function check({ fingerprint, language }: PageParts): string {
  const words = (code: Text['code']): string => escaped(sentence(language, { code }));
  if (fingerprint === undefined) return `<p class="mark">${words('auditPageNotSigned')}</p>`;
  const commands = [
    'sealdeck audit verify "$FOLDER"',
    'openssl pkeyutl -verify -pubin -inkey report-key.pem -rawin -in manifest.json -sigfile manifest.sig',
  ];
  return `<p>${words('auditPageCheck')}</p><pre>${commands.map((line) => `<code>${escaped(line)}</code>`).join('\n')}</pre><p>${words('auditPageOwner')}</p>`;
}

const mono = (value: string): string => `<span class="mono">${escaped(value)}</span>`;
const nowrap = (value: string): string => `<span class="w">${value}</span>`;
