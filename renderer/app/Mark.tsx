/** The sign of Sealdeck: a deck of cards, the front one sealed. */
export function Mark({ size = 20 }: { size?: number }) {
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      strokeWidth="2"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden
    >
      <path d="M7 4h10M5 7h14" />
      <rect x="3.5" y="10" width="17" height="11" rx="2.5" />
      <circle cx="12" cy="15.5" r="1.9" fill="var(--sd-acc)" stroke="var(--sd-acc)" />
    </svg>
  );
}
