/** Every colour of the window, light and dark, as visual.md 1 computed them. Components use the variables `--sd-…`. */
export const tokens = {
  page: ['#FFFFFF', '#15171A'],
  rail: ['#F5F6F7', '#101214'],
  aside: ['#FAFBFB', '#121417'],
  well: ['#F5F6F7', '#1B1E22'],
  hover: ['#ECEEF0', '#22262A'],
  sel: ['#E8EFFA', '#1B2A42'],
  line: ['#E2E5E9', '#2A2E33'],
  line2: ['#D3D8DD', '#3A3F46'],
  inp: ['#8B939D', '#6B747F'],
  input: ['#FFFFFF', '#101214'],
  t1: ['#1B1F24', '#E6E8EB'],
  t2: ['#515963', '#A9B1BA'],
  t3: ['#626A74', '#8F98A2'],
  acc: ['#2A5FB8', '#8FB4EE'],
  accf: ['#2A5FB8', '#3A70C8'],
  ok: ['#19784A', '#5CC08A'],
  warn: ['#8A5A00', '#DDAE4B'],
  fail: ['#B4232C', '#F27C7F'],
  'tint-ok': ['#EDF7F1', '#15271E'],
  'tint-warn': ['#FCF5E3', '#2A2415'],
  'tint-fail': ['#FCEFEF', '#2F1B1D'],
  shadow: ['0 1px 2px rgb(16 20 24 / 6%), 0 8px 24px rgb(16 20 24 / 12%)', '0 0 0 1px #2A2E33, 0 8px 24px rgb(0 0 0 / 50%)'],
} as const;

/** The states of an object: fill, edge, label on the fill, word and icon. */
export const stateTokens = {
  plaintext: { fill: ['#D0421A', '#F2703F'], edge: ['#9C2E0E', '#FFA37F'], label: ['#FFFFFF', '#240A02'], word: ['#B23610', '#FF8C61'] },
  unreadable: { fill: ['#6A1022', '#7E1A30'], edge: ['#470914', '#C2445C'], label: ['#FFECEF', '#FFE9ED'], word: ['#861528', '#F0788C'] },
  unknown: { fill: ['#E3E6E9', '#33383E'], edge: ['#737B85', '#737C87'], label: ['#1B1F24', '#E6E8EB'], word: ['#57606A', '#A4ACB5'] },
  'sse-c': { fill: ['#BBAEE8', '#5A4CA6'], edge: ['#6A55B5', '#8E7ED6'], label: ['#231848', '#F0ECFF'], word: ['#5A46A6', '#AC9EEA'] },
  'sse-s3': { fill: ['#CCE0A0', '#475C1F'], edge: ['#5F8526', '#8DB350'], label: ['#22330A', '#F2F8E6'], word: ['#47660F', '#A6CC66'] },
  'sse-kms': { fill: ['#86C3C1', '#1E6C6A'], edge: ['#2B7F7A', '#3F9A93'], label: ['#0B2F2D', '#E3F6F4'], word: ['#0C6660', '#63C4BC'] },
  notRead: { fill: ['#F4F5F6', '#1B1E22'], edge: ['#8B939D', '#6B747F'], label: ['#57606A', '#A4ACB5'], word: ['#646C76', '#8F98A2'] },
} as const;

/** The variables of one scheme: `--sd-t1`, `--sd-plaintext-word` and so on. */
export function variablesOf(scheme: 'light' | 'dark'): Record<string, string> {
  const at = scheme === 'light' ? 0 : 1;
  const all: Record<string, string> = {};
  for (const [name, values] of Object.entries(tokens)) all[`--sd-${name}`] = values[at];
  for (const [state, parts] of Object.entries(stateTokens)) {
    for (const [part, values] of Object.entries(parts)) all[`--sd-${state}-${part}`] = values[at];
  }
  return all;
}
