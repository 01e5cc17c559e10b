/** How a policy says one thing in several ways: a lone word or a list of one, lists in any order, `true` or `"true"`. */
function plain(value: unknown): unknown {
  if (Array.isArray(value)) {
    const items = [...new Set(value.map((one) => JSON.stringify(plain(one))))].sort().map((one) => JSON.parse(one) as unknown);
    return items.length === 1 ? items[0] : items;
  }
  if (typeof value !== 'object' || value === null) return String(value);
  const members = Object.entries(value).filter(([, one]) => !(Array.isArray(one) && one.length === 0));
  return Object.fromEntries(members.sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, one]) => [name, plain(one)]));
}

/** Whether two statements say the same; MinIO keeps only one of such, whatever their `Sid`. */
export function sameStatement({ Sid: _one, ...one }: Record<string, unknown>, { Sid: _other, ...other }: Record<string, unknown>): boolean {
  const everybody = (statement: Record<string, unknown>): unknown =>
    plain({ ...statement, ...(statement.Principal === '*' ? { Principal: { AWS: ['*'] } } : {}) });
  return JSON.stringify(everybody(one)) === JSON.stringify(everybody(other));
}

/** Whether two texts are the same policy; both may be none. What is no JSON is the same only letter by letter. */
export function samePolicy(one: string | undefined, other: string | undefined): boolean {
  if (one === undefined || other === undefined || one === other) return one === other;
  try {
    return JSON.stringify(plain(JSON.parse(one))) === JSON.stringify(plain(JSON.parse(other)));
  } catch {
    return false;
  }
}

/**
 * The value of a JSON text that loses nothing when it is written again: members that come twice, and numbers that JavaScript
 * rounds, would. Throws SyntaxError.
 */
export function parseFaithfully(text: string): unknown {
  let members = 0;
  const value: unknown = JSON.parse(text, (_key, one: unknown, context?: { source?: string }) => {
    if (typeof one === 'number' && context?.source !== undefined && String(one) !== context.source)
      throw new SyntaxError('a number that would be rounded');
    if (typeof one === 'object' && one !== null && !Array.isArray(one)) members += Object.keys(one).length;
    return one;
  });
  const written = [...text.matchAll(/"(?:[^"\\]|\\.)*"(\s*:)?/g)].filter(([, colon]) => colon !== undefined).length;
  if (written !== members) throw new SyntaxError('a member that comes twice');
  return value;
}
