import { useCallback, useEffect, useMemo, useReducer, useRef, useState } from 'react';
import { useLocation } from 'wouter';
import type { SetupState, StepId } from '../../../shared/setup.ts';
import type { Stack } from '../../../shared/stacks.ts';
import { announceFile } from '../../rpc/files.ts';
import { useClient } from '../../rpc/hooks.ts';
import { formReducer, noEdits, type Values } from '../../wizard/formState.ts';
import { inHand, landing } from '../../wizard/steps.ts';
import { DoneScreen } from './DoneScreen.tsx';
import { ExpressView } from './ExpressView.tsx';
import { GuidedStep } from './GuidedStep.tsx';
import { ObjectFileContext } from './objectFile.ts';
import { type Mode, SetupFrame } from './SetupFrame.tsx';
import { useFreshPlans, useListedSteps } from './useSetup.ts';

/** The set-up of one stack. The address says what is shown: a step, `express` or `done`; without, the step in hand. */
export function StackSetup({ stack, state, asked }: { stack: Stack; state: SetupState; asked: string | undefined }) {
  const [, navigate] = useLocation();
  const [form, dispatch] = useReducer(formReducer, noEdits);
  const client = useClient();
  const [chosen, setChosen] = useState<{ file: File; token: string | undefined } | undefined>(undefined);
  const steps = useListedSteps(state);
  const complete = inHand(state.steps) === undefined;
  useFreshPlans(state.jobId);

  // Opened without a step: on the step in hand, or where the express run shows.
  const unsaid = asked === undefined || asked === '';
  const view = unsaid
    ? state.mode === 'express'
      ? 'express'
      : complete
        ? 'done'
        : 'step'
    : asked === 'express' || (asked === 'done' && complete)
      ? asked
      : 'step';
  const step = landing(state.steps, view === 'step' ? asked : undefined);
  const mode: Mode = view === 'express' ? 'express' : 'guided';
  const open = useCallback((id: StepId | 'done' | 'express') => navigate(`/setup/${id}`), [navigate]);

  // The address names what is shown, so that a reload and the other window's Back show the same.
  useEffect(() => {
    const shown = view === 'step' ? step : view;
    if (shown !== undefined && shown !== asked) navigate(`/setup/${shown}`, { replace: true });
  }, [view, step, asked, navigate]);

  // What was typed in a step is the engine's once the step was applied.
  const provenAt = useRef(new Map<StepId, string | undefined>());
  useEffect(() => {
    for (const { id, state: now, at } of state.steps) {
      if (now !== 'proven' || provenAt.current.get(id) === at) continue;
      provenAt.current.set(id, at);
      dispatch({ kind: 'forget', step: id });
      if (id === 'object') setChosen(undefined);
    }
  }, [state.steps]);
  useFocus(view === 'step' ? step : view, state.jobId);

  const choose = useCallback(
    (file: File | undefined) => {
      setChosen(file && { file, token: undefined });
      if (!file) return;
      const named = announceFile(client, file);
      // Without a token the plan speaks of the sample text; sending says what is wrong.
      named.then(({ token }) => setChosen((now) => (now?.file === file ? { file, token } : now))).catch(() => undefined);
    },
    [client],
  );
  const objectFile = useMemo(() => ({ file: chosen?.file, token: chosen?.token, choose }), [chosen, choose]);
  return (
    <ObjectFileContext value={objectFile}>
      <SetupFrame
        mode={mode}
        onMode={(next) => open(next === 'express' ? 'express' : (landing(state.steps, undefined) ?? 'place'))}
        steps={steps}
        shown={view === 'step' ? step : undefined}
        onOpen={open}
      >
        {view === 'express' ? <ExpressView stack={stack} state={state} /> : null}
        {view === 'done' ? <DoneScreen stack={stack} state={state} /> : null}
        {view === 'step' && step !== undefined ? (
          <GuidedStep
            stack={stack}
            state={state}
            step={step}
            edits={form.edits[step]}
            onEdit={(id, values: Values) => dispatch({ kind: 'edit', step: id, values })}
            onOpen={open}
          />
        ) : null}
      </SetupFrame>
    </ObjectFileContext>
  );
}

/** Another step: the focus goes to its title. A job ended and took its Cancel button along: to the button that goes on. */
function useFocus(shown: string | undefined, jobId: string | undefined): void {
  const before = useRef(shown);
  useEffect(() => {
    if (before.current === shown) return;
    before.current = shown;
    const title = document.querySelector<HTMLElement>('#setup-title');
    title?.focus({ preventScroll: true });
    title?.closest('[data-scroll]')?.scrollTo(0, 0);
  }, [shown]);
  useEffect(() => {
    if (jobId === undefined && document.activeElement === document.body) document.querySelector<HTMLElement>('#setup-title')?.focus();
  }, [jobId]);
}
