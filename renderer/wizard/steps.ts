/** One line of a step list, whatever the wizard is about. */
export interface StepLine<Id extends string = string> {
  readonly id: Id;
  readonly state: 'todo' | 'running' | 'proven' | 'failed' | 'skipped';
  /** What was answered when it was last proven; a failure empties it. */
  readonly evidence?: readonly unknown[];
}

const isDone = (step: StepLine): boolean => step.state === 'proven' || step.state === 'skipped';

/** A proven step that is checked again still carries the ones after it: whoever went on meanwhile is not taken back. */
const carries = (step: StepLine): boolean => isDone(step) || (step.state === 'running' && (step.evidence?.length ?? 0) > 0);

/** The step to go on with: the first that is neither proven nor skipped; undefined when all are. */
export function inHand<Id extends string>(steps: readonly StepLine<Id>[]): Id | undefined {
  return steps.find((step) => !isDone(step))?.id;
}

export function provenCount(steps: readonly StepLine[]): number {
  return steps.filter((step) => step.state === 'proven').length;
}

/** A step can be opened when all before it are done: its form is made of what they found out. */
export function canOpen<Id extends string>(steps: readonly StepLine<Id>[], id: Id): boolean {
  const at = steps.findIndex((step) => step.id === id);
  return at >= 0 && steps.slice(0, at).every(carries);
}

/** The step `by` places further; undefined beyond either end. */
export function neighbour<Id extends string>(steps: readonly StepLine<Id>[], id: Id, by: 1 | -1): Id | undefined {
  const at = steps.findIndex((step) => step.id === id);
  return at < 0 ? undefined : steps[at + by]?.id;
}

/** Where a wizard opens: on the step that was asked for if it can be, else on the step in hand, else on the last. */
export function landing<Id extends string>(steps: readonly StepLine<Id>[], asked: string | undefined): Id | undefined {
  const wanted = steps.find((step) => step.id === asked)?.id;
  if (wanted !== undefined && canOpen(steps, wanted)) return wanted;
  return inHand(steps) ?? steps.at(-1)?.id;
}
