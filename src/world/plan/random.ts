// Dice that fall the same way every time: each use has a stream of its own, named by what it decides, so that a new question asked
// somewhere does not change the answers elsewhere.
import { createHash } from 'node:crypto'

export interface Dice {
  /** 0 ≤ x < 1 */
  next(): number
  /** a ≤ x ≤ b */
  int(a: number, b: number): number
  chance(p: number): boolean
  pick<T>(list: readonly T[]): T
  weighted<T>(list: readonly (readonly [T, number])[]): T
  shuffled<T>(list: readonly T[]): T[]
}

export function dice(...key: (string | number)[]): Dice {
  const seed = createHash('sha256').update(['heyuan sample', ...key].join('\u0000')).digest()
  let [a, b, c, d] = [seed.readUInt32LE(0), seed.readUInt32LE(4), seed.readUInt32LE(8), seed.readUInt32LE(12)] as [number, number, number, number]
  // sfc32: small, fast, passes PractRand.
  const next = (): number => {
    const t = (a + b + d) | 0
    d = (d + 1) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = ((c << 21) | (c >>> 11)) + t
    return (t >>> 0) / 4_294_967_296
  }
  const int = (x: number, y: number): number => x + Math.floor(next() * (y - x + 1))
  return {
    next,
    int,
    chance: (p) => next() < p,
    pick: (list) => list[int(0, list.length - 1)]!,
    weighted: (list) => {
      let left = next() * list.reduce((sum, [, w]) => sum + w, 0)
      for (const [value, w] of list) if ((left -= w) < 0) return value
      return list.at(-1)![0]
    },
    shuffled: (list) => {
      const out = [...list]
      for (let i = out.length - 1; i > 0; i--) {
        const j = int(0, i)
        ;[out[i], out[j]] = [out[j]!, out[i]!]
      }
      return out
    },
  }
}
