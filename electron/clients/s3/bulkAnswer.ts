/** Where the bytes of a body go. */
export interface Sink {
  /** Free room, at least a byte, also while it waits: bytes are decrypted right into it. */
  room(): Uint8Array;
  /** So many more lie there now. Nothing more is read until the promise resolves; its failure ends the answer. */
  took(bytes: number): Promise<void> | undefined;
}

export interface Wanted {
  /** As `first-last`; absent: all of it. */
  range: string | undefined;
  /** The length of the body. */
  bytes: number;
  /** The answer is what was wanted, and begins; what it throws ends it. */
  begin(headers: Record<string, string>): void;
}

/** What becomes of an answer; one of the last three ends it. */
interface Course {
  goOn(): void;
  whole(): void;
  /** Another answer than was wanted; nothing of it went to the sink. */
  other(): void;
  broken(error: unknown): void;
}

export interface Answer {
  readonly begun: boolean;
  /** All of it came. */
  readonly complete: boolean;
  /** Its sink is full: silence is not the server's. */
  readonly waits: boolean;
  room(): Uint8Array;
  /** False: no more for now. */
  took(bytes: number): boolean;
}

const headBytes = 64 * 1024;

/** Reads one answer of HTTP/1.1 that says how long it is, from its first byte to its last. */
export function createAnswer(wanted: Wanted, sink: Sink, course: Course): Answer {
  const head = Buffer.allocUnsafe(headBytes);
  let used = 0;
  let begun = false;
  let left = wanted.bytes;
  let waiting = 0;

  function room(): Uint8Array {
    if (!begun) return head.subarray(used);
    const free = sink.room();
    return free.length > left ? free.subarray(0, left) : free;
  }

  function takeBody(bytes: number): void {
    left -= bytes;
    const pause = sink.took(bytes);
    if (pause) {
      waiting += 1;
      pause.then(() => {
        waiting -= 1;
        if (waiting > 0) return;
        course.goOn();
        if (left === 0) course.whole();
      }, course.broken);
    } else if (left === 0 && waiting === 0) course.whole();
  }

  function takeHead(bytes: number): void {
    used += bytes;
    const end = head.subarray(0, used).indexOf('\r\n\r\n');
    if (end < 0 && used < headBytes) return;
    const headers = end < 0 ? undefined : headersOf(head.toString('latin1', 0, end), wanted);
    if (!headers || used - end - 4 > left) {
      course.other();
      return;
    }
    begun = true;
    wanted.begin(headers);
    for (let at = end + 4; at < used; ) {
      const copied = head.copy(room(), 0, at, used);
      at += copied;
      takeBody(copied);
    }
  }

  return {
    get begun() {
      return begun;
    },
    get complete() {
      return left === 0;
    },
    get waits() {
      return waiting > 0;
    },
    room,
    took(bytes) {
      try {
        if (begun) takeBody(bytes);
        else takeHead(bytes);
      } catch (error) {
        course.broken(error);
      }
      return waiting === 0;
    },
  };
}

/** Names in small letters, each byte of a value one character. Undefined: it is not what was wanted. */
function headersOf(head: string, { range, bytes }: Wanted): Record<string, string> | undefined {
  const [first = '', ...lines] = head.split('\r\n');
  if (!first.startsWith(range === undefined ? 'HTTP/1.1 200' : 'HTTP/1.1 206')) return undefined;
  const headers: Record<string, string> = {};
  for (const line of lines) {
    const colon = line.indexOf(':');
    if (colon < 1) return undefined;
    const name = line.slice(0, colon).toLowerCase();
    const value = line.slice(colon + 1).trim();
    headers[name] = headers[name] === undefined ? value : `${headers[name]}, ${value}`;
  }
  if (headers['transfer-encoding'] !== undefined || headers['content-length'] !== String(bytes)) return undefined;
  const came = headers['content-range'];
  return (range === undefined ? came === undefined : came?.startsWith(`bytes ${range}/`)) ? headers : undefined;
}
