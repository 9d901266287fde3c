// Shares of co-owners are fractions and add up to exactly one.
const gcd = (a: bigint, b: bigint): bigint => (b === 0n ? a : gcd(b, a % b))

/** The sum as a reduced fraction: '1', '5/6', '7/6'. */
export function sumOfShares(shares: readonly { share_num: number; share_den: number }[]): string {
  let num = 0n
  let den = 1n
  for (const s of shares) {
    num = num * BigInt(s.share_den) + BigInt(s.share_num) * den
    den *= BigInt(s.share_den)
    const g = gcd(num, den)
    num /= g
    den /= g
  }
  return den === 1n ? String(num) : `${num}/${den}`
}
