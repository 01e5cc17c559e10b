import { say } from '../../../../shared/text.ts';
import type { ClusterPlan, RekeyInput, RekeyView } from '../../../../shared/vaultCluster.ts';
import { readInit } from '../../../clients/vault/forStack.ts';
import { commented, environmentLines, programOf, tokenLines } from '../../../clients/vault/vaultCommands.ts';
import type { StackAccess } from '../../../jobs/step.ts';
import { checkPlanned } from '../custodians.ts';
import { standing } from './rekey.ts';
import type { RekeyPlace } from './rekeyPlace.ts';

/** What a window may know of a renewal: no share. `given` is what this engine remembers of who gave one. */
export async function rekeyViewOf(
  access: StackAccess,
  place: RekeyPlace,
  givenTo: (nonce: string) => RekeyView['given'],
  settled?: RekeyView['settled'],
): Promise<RekeyView> {
  const { record, status, phase, dropped } = await standing(access, place);
  const init = readInit(access);
  const nonce = status.nonce === '' ? undefined : status.nonce;
  const told = settled ?? (dropped && phase === 'none' ? say('vaultRekeyForgotten') : undefined);
  return {
    phase,
    kind: place.kind,
    flow: place.flow,
    ...(nonce === undefined ? {} : { nonce }),
    required: status.started ? status.required : place.status.t,
    progress: status.progress,
    given: nonce === undefined ? [] : givenTo(nonce),
    kept: init?.keys_base64.length ?? 0,
    ...(record === undefined
      ? {}
      : {
          next: { shares: record.shares, threshold: record.threshold, custodians: record.custodians.map(({ name }) => name) },
          startedAt: record.startedAt,
        }),
    ...(record?.answer === undefined ? {} : { sealedAt: record.answer.at }),
    ...(told === undefined ? {} : { settled: told }),
    ...(init?.rekeyedAt === undefined ? {} : { lastAt: init.rekeyedAt }),
    at: new Date().toISOString(),
  };
}

/** What a renewal will do. PGP keys are checked here already. */
export async function rekeyPlanOf(access: StackAccess, place: RekeyPlace, input: RekeyInput): Promise<ClusterPlan> {
  const custodians = await checkPlanned(input.custodians);
  const { shares, threshold } = input;
  const { n, t } = place.status;
  const names = custodians.map(({ name }) => name).join(', ');
  return {
    facts: [
      say(place.kind === 'recovery' ? 'vaultRekeyPlanRecovery' : 'vaultRekeyPlanShares', {
        oldShares: n,
        oldThreshold: t,
        shares,
        threshold,
      }),
      say('vaultRekeyPlanOld', { threshold: t }),
      say('vaultRekeyPlanSealed'),
      say('vaultRekeyPlanVerify', { threshold }),
      names === '' ? say('vaultRekeyPlanKept', { shares }) : say('vaultRekeyPlanCustodians', { names }),
    ],
    warnings: [say('vaultRekeyPlanBackups'), ...(place.anonymous ? [say('vaultRekeyPlanAnybody')] : [])],
    commands: commandsOf(access, place, input),
  };
}

function commandsOf(access: StackAccess, place: RekeyPlace, { shares, threshold }: RekeyInput): ClusterPlan['commands'] {
  const program = programOf(access);
  const numbers = `-key-shares=${shares} -key-threshold=${threshold}`;
  // Both tools know one command for both kinds of paths: OpenBao's `operator rekey` was renamed with them.
  const verb = place.flow === 'rotate' ? 'operator rotate-keys' : 'operator rekey';
  const target = place.kind === 'recovery' ? ' -target=recovery' : '';
  return [
    ...environmentLines(access),
    ...(place.anonymous ? [] : tokenLines()),
    commented(say('vaultCommandRekey'), `${program} ${verb}${target} -init -verify ${numbers}`),
    commented(
      say('vaultCommandRekeyGive', { threshold: place.status.t }),
      `(umask 077; ${program} ${verb}${target} -format=json > "$SEALED_FILE")`,
    ),
    commented(say('vaultCommandRekeyVerify', { threshold }), `${program} ${verb}${target} -verify`),
    commented(say('vaultCommandRekeyCancel'), `${program} ${verb}${target} -cancel`),
  ];
}
