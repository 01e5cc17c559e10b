import { z } from 'zod';

const words = z.union([z.string(), z.array(z.string())]).transform((given) => (typeof given === 'string' ? [given] : given));
const statement = z.object({
  Effect: z.enum(['Allow', 'Deny']),
  Action: words.optional(),
  NotAction: words.optional(),
  Resource: words.optional(),
  NotResource: words.optional(),
  Condition: z.record(z.string(), z.unknown()).optional(),
});
const document = z.object({ Statement: z.union([z.array(statement), statement.transform((one) => [one])]) });
type Statement = z.infer<typeof statement>;

/**
 * What a policy as MinIO's `accountinfo` tells it says of one action on one ARN. `unknown`: a condition decides, or it is in
 * a form that is not known here. Bucket policies are not part of it (minio.md 5.8).
 */
export function policyAllows(policy: unknown, action: string, arn: string): 'yes' | 'no' | 'unknown' {
  const parsed = document.safeParse(policy);
  if (!parsed.success) return 'unknown';
  const meant = parsed.data.Statement.filter((each) => covers(each, action, arn));
  const of = (effect: Statement['Effect'], conditional: boolean): boolean =>
    meant.some(({ Effect, Condition }) => Effect === effect && Object.keys(Condition ?? {}).length > 0 === conditional);
  if (of('Deny', false)) return 'no';
  const allowed = of('Allow', false) ? 'yes' : of('Allow', true) ? 'unknown' : 'no';
  return allowed === 'yes' && of('Deny', true) ? 'unknown' : allowed;
}

function covers({ Action, NotAction, Resource, NotResource }: Statement, action: string, arn: string): boolean {
  const act = Action ? matches(Action, action) : NotAction ? !matches(NotAction, action) : false;
  const on = Resource ? matches(Resource, arn) : NotResource ? !matches(NotResource, arn) : true;
  return act && on;
}

/** `*` stands for any text, `?` for one letter. */
function matches(patterns: readonly string[], text: string): boolean {
  return patterns.some((pattern) => {
    const escaped = pattern.replace(/[.+^${}()|[\]\\]/g, '\\$&');
    return new RegExp(`^${escaped.replaceAll('*', '.*').replaceAll('?', '.')}$`, 's').test(text);
  });
}
