import { keyName } from '../../../../shared/kes.ts';
import { goMatch } from '../../../../shared/kesGlob.ts';
import { isGone, modernRules, type RuleLine, trapOf } from '../../../../shared/kesRules.ts';
import { publicIdentity } from '../../../../shared/publicIdentities.ts';
import { Secret } from '../../../../shared/secret.ts';
import { say, type Text } from '../../../../shared/text.ts';
import { identityOf } from './identityOf.ts';
import type { KesPolicy, Matching } from './model.ts';
import type { Item, Reader } from './reader.ts';
import { referenceOf } from './reader.ts';
import type { Entry } from './yamlText.ts';

/** The policies, in today's words: `paths` is `allow`, and rules of glob servers are said anew. */
export function readPolicies(reader: Reader, section: Entry | undefined, matching: Matching): { policies: KesPolicy[]; rules: RuleLine[] } {
  const rules: RuleLine[] = [];
  const policies = reader.entries(section).map((entry) => readPolicy(reader, entry, matching, rules));
  const owners = new Map<string, string>();
  for (const { policy, identities } of policies)
    for (const { word, line } of identities) {
      const owner = owners.get(word);
      if (owner !== undefined)
        reader.note('wrong', 'ends', say('kesFindTwicePolicy', { identity: brief(word), policy: owner }), {
          path: `policy.${policy.name}.identities`,
          line,
        });
      owners.set(word, policy.name);
    }
  return { policies: policies.map(({ policy }) => policy), rules };
}

function readPolicy(reader: Reader, entry: Entry, matching: Matching, lines: RuleLine[]): { policy: KesPolicy; identities: Item[] } {
  const { note } = reader;
  const name = entry.key;
  const below = reader.entries(entry);
  reader.unknown(below, ['allow', 'deny', 'identities', 'paths']);
  const at = (key: string): Entry | undefined => below.find((one) => one.key === key);
  const paths = at('paths');
  if (paths) note('outdated', 'refuses', say('kesFindPaths', { policy: name }), paths);
  const rules = (key: 'allow' | 'deny', from: Entry | undefined): string[] => [
    ...new Set(
      reader.list(from, false).flatMap((item) => {
        lines.push({ policy: name, list: key, rule: item.word.trim(), line: item.line });
        return readRule(reader, `policy.${name}.${key}`, key, item, matching);
      }),
    ),
  ];
  const allow = [...new Set([...rules('allow', paths), ...rules('allow', at('allow'))])];
  const deny = rules('deny', at('deny'));
  const identities = reader
    .list(at('identities'), true)
    .filter(({ word }) => word.trim() !== '')
    .map(({ word, line }) => ({ word: identityIn(reader, word, { path: `policy.${name}.identities`, line }), line }));
  for (const item of identities) judgeIdentity(reader, item, `policy.${name}.identities`);
  if (!keyName.safeParse(name).success) note('wrong', 'ends', say('kesFindPolicyName', { policy: name }), entry);
  if (allow.length === 0) note('wrong', 'refuses', say('kesFindNoRules', { policy: name }), entry);
  if (identities.length === 0) note('ignored', 'takes', say('kesFindNobody', { policy: name }), entry);
  return { policy: { name, allow, deny, identities: identities.map(({ word }) => word.trim()) }, identities };
}

function readRule(reader: Reader, path: string, list: 'allow' | 'deny', { word, line }: Item, matching: Matching): string[] {
  const place = { path, line };
  const rule = word.trim();
  if (rule === '') return [];
  if (referenceOf(rule) !== undefined) reader.note('wrong', 'never', say('kesFindRuleReference'), place);
  if (matching === 'prefix') {
    judgeRule(reader, rule, list, place);
    return [rule];
  }
  if (goMatch(rule, '') === undefined) {
    reader.note('wrong', 'never', say('kesFindRuleBroken', { rule }), place);
    return [];
  }
  const { rules, fate } = modernRules(rule);
  const now = rules.join(', ');
  if (fate === 'rewritten') reader.note('outdated', 'never', say('kesFindRuleRewritten', { rule, now }), place);
  if (fate === 'expanded')
    reader.note('outdated', opensMore(rule) ? 'differs' : 'never', say('kesFindRuleExpanded', { rule, count: rules.length }), place);
  if (fate === 'widened')
    reader.note('dangerous', 'never', say(list === 'allow' ? 'kesFindAllowWidened' : 'kesFindDenyWidened', { rule, now }), place);
  if (fate === 'gone') reader.note('outdated', 'ignores', say('kesFindRuleGone', { rule }), place);
  if (fate === 'nothing') reader.note('wrong', opensMore(rule) ? 'differs' : 'never', say('kesFindRuleNothing', { rule }), place);
  return rules;
}

/** With one star at its end it is a prefix today, which crosses slashes: the same line would allow more than it did. */
function opensMore(rule: string): boolean {
  return rule.indexOf('*') === rule.length - 1 && !/[?[\]\\]/.test(rule);
}

/** A rule of today's form. */
function judgeRule(reader: Reader, rule: string, list: 'allow' | 'deny', place: { path: string; line: number }): void {
  const trap = trapOf(rule);
  const never = (text: Text): void => reader.note(list === 'deny' ? 'dangerous' : 'wrong', 'never', text, place);
  if (trap === 'listBare') never(say('kesFindListBare'));
  else if (trap === 'noRoute' && isGone(rule)) reader.note('outdated', 'ignores', say('kesFindRuleGone', { rule }), place);
  else if (trap === 'noRoute' && list === 'allow') reader.note('ignored', 'never', say('kesFindRuleNothing', { rule }), place);
  else if (trap === 'noRoute') never(say('kesFindRuleNothing', { rule }));
  else if (trap !== undefined) never(say(list === 'deny' ? 'kesFindDenyNever' : 'kesFindAllowNever', { rule }));
  else if (list === 'allow' && /^\/(?:v1\/(?:key\/?)?)?\*$/.test(rule))
    reader.note('dangerous', 'takes', say('kesFindAllowAll', { rule }), place);
}

/** An API key is the private half: its identity is meant, and the key goes no further. */
export function identityIn(reader: Reader, word: string, place: { path: string; line?: number }): string {
  if (!word.includes('kes:v1:')) return word;
  const hash = identityOf(new Secret(word.trim()));
  reader.note('wrong', 'ends', say('kesFindApiKey', { identity: brief(hash ?? '-') }), place);
  return hash ?? '-';
}

/** A hash that no caller can have, or that everybody can have. */
export function judgeIdentity(reader: Reader, { word, line }: Item, path: string): void {
  const identity = word.trim();
  const place = { path, line };
  if (referenceOf(identity) !== undefined) return;
  if (!/^[0-9a-fA-F]{64}$/.test(identity)) {
    reader.note(
      'wrong',
      keyName.safeParse(identity).success ? 'never' : 'ends',
      say('kesFindIdentityForm', { identity: brief(identity) }),
      place,
    );
    return;
  }
  if (identity !== identity.toLowerCase()) reader.note('wrong', 'never', say('kesFindIdentityCase', { identity: brief(identity) }), place);
  judgePublic(reader, identity, place);
}

export function judgePublic(reader: Reader, identity: string, place: { path: string; line?: number }): void {
  const known = publicIdentity(identity);
  const sentences = { sandbox: 'kesFindPublicPlay', example: 'kesFindPublicKey', printed: 'kesFindPublicSample' } as const;
  if (known) reader.note('dangerous', 'takes', say(sentences[known.kind], { identity: brief(identity), where: known.where }), place);
}

export function brief(identity: string): string {
  return identity.length > 16 ? `${identity.slice(0, 12)}…` : identity;
}
