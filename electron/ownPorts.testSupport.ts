// Two files of real servers run at a time: what is proposed to one, and what it takes, is no port of the other.
process.env.SEALDECK_PORT_SHIFT ??= String(Number(process.env.VITEST_POOL_ID ?? 1) * 3_000);
