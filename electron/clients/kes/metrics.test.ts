import { describe, expect, it } from 'vitest';
import { readMetrics } from './metrics.ts';

const exposition = `# HELP kes_http_request_success Number of requests that have been served successfully.
# TYPE kes_http_request_success counter
kes_http_request_success{code="200"} 41
kes_http_request_error{code="400"} 3
kes_http_request_error{code="403"} 2
kes_http_request_failure{code="502"} 1
kes_http_request_active 2
kes_http_response_time_bucket{le="0.01"} 40
kes_http_response_time_bucket{le="10"} 47
kes_http_response_time_bucket{le="+Inf"} 47
kes_http_response_time_sum 0.5
kes_http_response_time_count 47
kes_system_mem_heap_used 4.194304e+06
kes_log_error_events 1
kes_log_audit_events 4
`;

describe('the counters of a KES', () => {
  it('are added up over their codes, with the times in which it answered', () => {
    expect(readMetrics(exposition)).toEqual({
      success: 41,
      error: 5,
      refused: 2,
      failure: 1,
      active: 2,
      seconds: 0.5,
      answers: 47,
      within: [
        { seconds: 0.01, answers: 40 },
        { seconds: 10, answers: 47 },
      ],
      heap: 4_194_304,
      logged: 5,
    });
  });

  it('are nought on a KES that nobody has asked for a key yet: it names no request counter', () => {
    const fresh = exposition.split('\n').filter((line) => !/kes_http_request_(?:success|error|failure)/.test(line));
    expect(readMetrics(fresh.join('\n'))).toMatchObject({ success: 0, error: 0, failure: 0 });
  });

  it('are none where another server answers', () => {
    expect(readMetrics('go_goroutines 12\n')).toBeUndefined();
    expect(readMetrics('<html>')).toBeUndefined();
  });

  it('are none where a server opens many braces and closes none', () => {
    expect(readMetrics('a{\n'.repeat(300_000))).toBeUndefined();
  });
});
