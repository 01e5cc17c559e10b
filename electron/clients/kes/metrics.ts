/** Counters of one KES node since its start (kes.md 2.10). Requests are those about keys, policies and identities. */
export interface KesMetrics {
  success: number;
  /** All of 4xx: also a key that is not there, which is what is asked to see whether the key store answers. */
  error: number;
  /** Of these, refused by policy: 403. */
  refused: number;
  /** Failed, 5xx. */
  failure: number;
  active: number;
  /** Sum of all answers' times in seconds, and their number. */
  seconds: number;
  answers: number;
  /** How many answers took no longer than so many seconds, cumulative. */
  within: { seconds: number; answers: number }[];
  heap?: number;
  /** Events for subscribers of its log streams. */
  logged?: number;
}

interface Sample {
  name: string;
  labels: string;
  value: number;
}

/** Prometheus' text form. Undefined: it is not KES's. A KES that answered no request about a key yet has no counter of them: nought. */
export function readMetrics(text: string): KesMetrics | undefined {
  const samples = [...text.matchAll(/^([a-zA-Z_:][\w:]*)(?:\{([^}\n]*)\})? (\S+)/gm)].map(
    ([, name = '', labels = '', value = '']): Sample => ({ name, labels, value: Number(value) }),
  );
  const of = (name: string): Sample[] => samples.filter((sample) => sample.name === name && Number.isFinite(sample.value));
  const sum = (name: string): number => of(name).reduce((total, { value }) => total + value, 0);
  if (!samples.some(({ name }) => /^kes_(?:http|system)_/.test(name))) return undefined;
  const within = of('kes_http_response_time_bucket').flatMap(({ labels, value }) => {
    const seconds = Number(/le="([^"]+)"/.exec(labels)?.[1]);
    return Number.isFinite(seconds) ? [{ seconds, answers: value }] : [];
  });
  const [heap] = of('kes_system_mem_heap_used');
  const logged = [...of('kes_log_error_events'), ...of('kes_log_audit_events')];
  return {
    success: sum('kes_http_request_success'),
    error: sum('kes_http_request_error'),
    refused: of('kes_http_request_error').reduce((total, { labels, value }) => total + (/code="403"/.test(labels) ? value : 0), 0),
    failure: sum('kes_http_request_failure'),
    active: sum('kes_http_request_active'),
    seconds: sum('kes_http_response_time_sum'),
    answers: sum('kes_http_response_time_count'),
    within: within.toSorted((a, b) => a.seconds - b.seconds),
    ...(heap ? { heap: heap.value } : {}),
    ...(logged.length > 0 ? { logged: logged.reduce((total, { value }) => total + value, 0) } : {}),
  };
}
