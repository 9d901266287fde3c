// On paper nothing opens into its points: what would be printed on something else steps aside, as near as there is room, and a thin line says where it stands. Pure.
export interface Frame { left: number; top: number; right: number; bottom: number }
export interface Spot { x: number; y: number }
type Box = Frame
/** Half of a sign, in mm. */
export const HALF_MM = 2.1
const GAP_MM = 0.3
const STEP_MM = 1.4
/** Further away nobody finds it; it is then printed where it stands. */
const FAR_MM = 35
const CELL_MM = 8

class Taken {
  private readonly cells = new Map<string, Box[]>()
  private each(b: Box, run: (key: string) => boolean): boolean {
    for (let cx = Math.floor(b.left / CELL_MM); cx <= Math.floor(b.right / CELL_MM); cx++) for (let cy = Math.floor(b.top / CELL_MM); cy <= Math.floor(b.bottom / CELL_MM); cy++) if (run(`${cx} ${cy}`)) return true
    return false
  }
  hits(b: Box): boolean {
    return this.each(b, (key) => (this.cells.get(key) ?? []).some((o) => b.left < o.right + GAP_MM && o.left < b.right + GAP_MM && b.top < o.bottom + GAP_MM && o.top < b.bottom + GAP_MM))
  }
  add(b: Box): void {
    this.each(b, (key) => { this.cells.set(key, [...(this.cells.get(key) ?? []), b]); return false })
  }
}
/** `boxOf`: what a point covers when it is printed there, its words too. In the order of the points: who stands alone stays, then each in turn. */
export function spread(at: readonly Spot[], boxOf: (i: number, s: Spot) => Box, f: Frame): Spot[] {
  const own = at.map((s, i) => boxOf(i, s))
  const out: (Spot | undefined)[] = []
  const taken = new Taken()
  const crowd = own.map((b, i) => own.some((o, j) => j !== i && b.left < o.right + GAP_MM && o.left < b.right + GAP_MM && b.top < o.bottom + GAP_MM && o.top < b.bottom + GAP_MM))
  for (const [i, s] of at.entries()) if (!crowd[i]) { out[i] = s; taken.add(own[i]!) }
  for (const [i, s] of at.entries()) {
    if (out[i]) continue
    const to = near(s, (c) => { const b = boxOf(i, c); return b.left >= f.left && b.right <= f.right && b.top >= f.top && b.bottom <= f.bottom && !taken.hits(b) }) ?? s
    out[i] = to
    taken.add(boxOf(i, to))
  }
  return out as Spot[]
}
function near(s: Spot, free: (c: Spot) => boolean): Spot | undefined {
  for (let far = 0; far <= FAR_MM; far += STEP_MM) {
    const ways = far === 0 ? 1 : Math.max(8, Math.round((2 * Math.PI * far) / STEP_MM))
    for (let n = 0; n < ways; n++) {
      const turn = (n / ways) * 2 * Math.PI
      const c = { x: s.x + Math.cos(turn) * far, y: s.y + Math.sin(turn) * far }
      if (free(c)) return c
    }
  }
  return undefined
}
