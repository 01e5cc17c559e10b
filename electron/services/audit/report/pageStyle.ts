/** Of the printed page, which is white in both themes; the colours of states are in `look.ts`. */
export const pageStyle = `
body{font:13px/20px "Inter Variable",system-ui,"PingFang SC","Microsoft YaHei UI","Noto Sans CJK SC",sans-serif;color:#1b1f24;background:#fff;max-width:960px;margin:24px auto;padding:0 24px}
h1{font-size:18px;line-height:24px;margin:0 0 4px;letter-spacing:-.014em}:lang(zh) h1{letter-spacing:0}
h2{font-size:13px;line-height:20px;margin:20px 0 4px;break-after:avoid}
p{margin:0 0 8px}.answer{color:#515963}.answer.fail::before{content:"✗ ";color:#b4232c}.answer.ok::before{content:"✓ ";color:#19784a}
p.mark{border-left:2px solid #8a5a00;padding-left:8px;color:#8a5a00}.sample{color:#8a5a00}
svg text{font-size:11.5px}svg text:not([fill]){fill:#515963}svg text.name{font-weight:600;fill:#1b1f24}svg text[fill]{font-weight:500}
body>svg{width:100%;height:auto;margin:12px 0 8px}
.legend{list-style:none;margin:0 0 8px;padding:0;display:flex;flex-wrap:wrap;gap:4px 20px;color:#515963}
.legend svg{vertical-align:-2px;margin-right:6px}.legend b{color:#1b1f24;font-weight:500;font-variant-numeric:tabular-nums}
.finding{border-top:1px solid #e2e5e9;padding:8px 0 0}.finding p{margin:0 0 4px}.finding b{display:inline-block;width:16px}
.finding.fail b{color:#b4232c}.finding.warn b{color:#8a5a00}.finding.info b{color:#515963}.next{padding-left:20px;color:#515963}
pre{margin:4px 0 8px;padding-left:20px;white-space:pre-wrap;overflow-wrap:anywhere}
table{border-collapse:collapse;width:100%;font-size:12px;line-height:16px;margin:4px 0 8px}
td,th{border-top:1px solid #e2e5e9;padding:6px 8px;text-align:left;vertical-align:top;font-weight:400;overflow-wrap:anywhere}
th{color:#626a74;font-weight:500;border-top:0}td:first-child,th:first-child{padding-left:0}td:last-child,th:last-child{padding-right:0}
.n{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}.w{white-space:nowrap}thead{display:table-header-group}
.mono,dd,code{font-family:"JetBrains Mono",ui-monospace,Consolas,"Noto Sans Mono CJK SC",monospace;font-size:11px}
ul{margin:4px 0 8px;padding-left:20px}
dl{display:grid;grid-template-columns:max-content 1fr;gap:4px 16px;font-size:12px;margin:4px 0 12px}
dt{color:#626a74}dd{margin:0;overflow-wrap:anywhere}
@page{margin:16mm}
@media print{body{margin:0;padding:0;max-width:none}tr,svg,.finding{break-inside:avoid}*{print-color-adjust:exact;-webkit-print-color-adjust:exact}}
`;
