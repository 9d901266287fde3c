/** A rate in ten-thousandths as text: 9876 is '98.76%'; null, nothing to divide by, stays null. */
export function percentText(bp: number | null): string | null {
  if (bp === null) return null
  const n = Math.abs(bp)
  return `${bp < 0 ? '-' : ''}${Math.trunc(n / 100)}.${String(n % 100).padStart(2, '0')}%`
}
