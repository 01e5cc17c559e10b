import type { ReactNode } from 'react';

/** One row of a fact list: put it into a `<dl>`, which decides its look. */
export function Fact({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div>
      <dt>{label}</dt>
      <dd>{children}</dd>
    </div>
  );
}
