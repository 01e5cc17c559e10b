import { z } from 'zod';

// Must run before any schema is made: zod otherwise probes `new Function`, which the CSP reports as a violation.
z.config({ jitless: true });
