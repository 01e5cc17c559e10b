import { explain, sentence } from '../../../shared/messages.ts';
import type { Proof, ProofEvent } from '../../../shared/proof.ts';
import type { Language, Text } from '../../../shared/text.ts';
import { escaped } from '../../platform/escaped.ts';
import { printablePage } from '../../platform/printablePage.ts';
import { lanesPicture } from './lanes.ts';

/** A proof as one printable page: no script, nothing loaded, everything that came from outside escaped. */
export function proofPage(proof: Proof, language: Language): string {
  const words = (code: Text['code']): string => escaped(sentence(language, { code }));
  const { level, result, error } = proof;
  const answer = result === 'proven' ? words(answers[level]) : escaped(error ? explain(language, error.code, error.details).title : '');
  const facts: readonly (readonly [string, string])[] = [
    [words('proofPageStack'), `${proof.stackName} (${proof.stackId})`],
    [words('proofPageObject'), `${proof.bucket}/${proof.object}`],
    ...fact(words('proofPageKey'), proof.scratchKey ?? proof.ruleKey),
    ...fact(words('proofPageWithheld'), proof.withheld && `${proof.withheld.from} – ${proof.withheld.to ?? '…'}`),
    ...fact(words('proofPageCache'), proof.cacheSeconds?.toFixed(1)),
    ...fact(words('proofPageCites'), proof.cites),
    [words('proofPageTime'), `${proof.startedAt} – ${proof.endedAt ?? '…'}`],
    [words('proofPageId'), proof.id],
    ...fact(words('proofPageHash'), proof.sha256),
  ];
  return printablePage({
    language,
    title: `${words('proofPageTitle')} ${escaped(proof.id)}`,
    style,
    body: `<h1>${words('proofPageTitle')}</h1>
<p class="${result === 'proven' ? 'ok' : 'fail'}"><strong>${words(levelTexts[level])}.</strong> ${answer}</p>
${proof.protected ? '' : `<p class="practice">${words('proofPractice')}</p>`}
${lanesPicture(proof, { key: words('proofPageLaneKey'), cache: words('proofPageLaneCache'), read: words('proofPageLaneRead'), withheld: words('proofPageWithheldShort') })}
<table>
<tbody>
${proof.events.map((one) => row(one, language)).join('\n')}
</tbody>
</table>
<dl>
${facts.map(([name, value]) => `<dt>${name}</dt><dd>${escaped(value)}</dd>`).join('\n')}
</dl>`,
  });
}

export const levelTexts = { chain: 'proofLevelChain', dependency: 'proofLevelDependency', rule: 'proofLevelRule' } as const;
const answers = { chain: 'proofAnswerChain', dependency: 'proofAnswerDependency', rule: 'proofAnswerRule' } as const;
const signs: Record<ProofEvent['outcome'], string> = { ok: '✓', expectedFailure: '✓', info: 'i', fail: '✗' };

function fact(name: string, value: string | undefined): (readonly [string, string])[] {
  return value === undefined ? [] : [[name, value]];
}

function row({ at, what, detail, answer, outcome }: ProofEvent, language: Language): string {
  const time = at.slice(11, 23);
  const cells = [
    `<td class="mono">${escaped(time)}</td>`,
    `<td class="${outcome}">${signs[outcome]}</td>`,
    `<th>${escaped(sentence(language, what))}</th>`,
  ];
  return `<tr class="${outcome}">${cells.join('')}<td>${escaped(sentence(language, detail))}</td><td class="mono">${escaped(answer)}</td></tr>`;
}

const style = `
body{font:13px/20px "Inter Variable",system-ui,"PingFang SC","Microsoft YaHei UI","Noto Sans CJK SC",sans-serif;color:#1b1f24;background:#fff;max-width:960px;margin:24px auto;padding:0 24px}
h1{font-size:18px;line-height:24px;margin:0 0 4px}
p{margin:0 0 8px}p.ok strong{color:#19784a}p.fail strong{color:#b4232c}
p.practice{border-left:2px solid #8a5a00;padding-left:8px;color:#8a5a00}
svg{width:100%;height:auto;margin:12px 0}svg text{font-size:12px;fill:#515963}
table{border-collapse:collapse;width:100%;font-size:12px;line-height:16px}
td,th{border-top:1px solid #e2e5e9;padding:7px 8px;text-align:left;vertical-align:top;font-weight:400}th{font-weight:600;white-space:nowrap}
td:last-child{text-align:right}
tr.expectedFailure td,tr.expectedFailure th{background:#edf7f1}tr.fail td,tr.fail th{background:#fcefef}
td.ok,td.expectedFailure{color:#19784a}td.fail{color:#b4232c}
.mono,dd{font-family:"JetBrains Mono",ui-monospace,Consolas,monospace;font-size:11px}
dl{display:grid;grid-template-columns:max-content 1fr;gap:4px 16px;font-size:12px;border-top:1px solid #e2e5e9;padding-top:12px}
dt{color:#626a74}dd{margin:0;overflow-wrap:anywhere}
@page{margin:16mm}
@media print{body{margin:0;padding:0;max-width:none}tr,svg{break-inside:avoid}*{print-color-adjust:exact;-webkit-print-color-adjust:exact}}
`;
