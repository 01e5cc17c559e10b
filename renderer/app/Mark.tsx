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
      <path d="M6 4h12" />
      <rect x="3" y="8" width="18" height="12.5" rx="3" />
      <circle cx="12" cy="14.25" r="2" fill="var(--sd-acc)" stroke="var(--sd-acc)" />
    </svg>
  );
}
