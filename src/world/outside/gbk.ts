// GBK, which simulated devices and channels write.

/** Trail bytes of a pair, 0x40 to 0xfe without 0x7f. */
const TRAILS = 190
let table: Map<string, number> | undefined
/** node decodes GBK but does not encode it: the table is made by decoding every pair of bytes once, in one piece. */
export function gbk(text: string): Buffer {
  if (!table) {
    const all = Buffer.alloc((0xfe - 0x81 + 1) * TRAILS * 3, 0x0a)
    for (let at = 0; at < all.length; at += 3) {
      const n = at / 3
      const trail = 0x40 + (n % TRAILS)
      all[at] = 0x81 + Math.trunc(n / TRAILS)
      all[at + 1] = trail >= 0x7f ? trail + 1 : trail
    }
    table = new Map(new TextDecoder('gbk').decode(all).split('\n').map((ch, n): [string, number] => [ch, n]).reverse())
  }
  const pair = (n: number): Buffer => Buffer.from([0x81 + Math.trunc(n / TRAILS), 0x40 + (n % TRAILS) + (0x40 + (n % TRAILS) >= 0x7f ? 1 : 0)])
  return Buffer.concat([...text].map((ch) => (ch < '\x80' ? Buffer.from(ch) : pair(table!.get(ch) ?? 0))))
}
