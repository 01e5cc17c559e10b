import { residentBytes } from '../processes.ts';

const everyMs = 100;

/** Resident memory of a process ten times a second, in MB. */
export function watchMemory(pid: number): { stop(): number[] } {
  const samples: number[] = [];
  const look = (): unknown => samples.push(residentBytes(pid) / 1e6);
  look();
  const timer = setInterval(look, everyMs);
  return {
    stop() {
      clearInterval(timer);
      return samples;
    },
  };
}
