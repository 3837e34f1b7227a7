/** The mark: a ball on its way down a curve. */

export function Logo() {
  return (
    <svg width="26" height="26" viewBox="0 0 32 32" aria-hidden>
      <rect width="32" height="32" rx="9" fill="#4f46e5" />
      <path
        d="M6 8c2.5 0 3 12 7.500 12S17 12.500 20 12.500 23.500 24 26 24"
        fill="none"
        stroke="#fff"
        strokeWidth="2.800"
        strokeLinecap="round"
      />
      <circle cx="26" cy="24" r="2.600" fill="#fff" />
    </svg>
  );
}
