/** The mark: a call that takes its way. */
export function Logo({ size = 26 }: { readonly size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 24 24" aria-hidden="true">
      <rect width="24" height="24" rx="6" fill="#0b6459" />
      <path
        d="M6 8.5h4.2c1.9 0 2.6.8 3.3 2.3l.7 1.6c.5 1.2 1.3 2.1 3 2.1"
        fill="none"
        stroke="#fff"
        strokeWidth="1.9"
        strokeLinecap="round"
      />
      <circle cx="6.3" cy="8.5" r="2" fill="#fff" />
      <circle cx="17.7" cy="14.5" r="2" fill="#fff" />
    </svg>
  );
}
