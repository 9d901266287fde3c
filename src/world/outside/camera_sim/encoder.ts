// A small H.264 Baseline encoder without loss, from the standard (ITU-T H.264, 7.3, 8.3.3, 9.1–9.2): macroblocks that continue their neighbour are predicted, all others are sent
// as they are (I_PCM), and what did not change is skipped. Enough for a drawn picture with a running clock; made for simulated cameras, knows nothing of the product's code.

class BitWriter {
  private bytes: number[] = []
  private acc = 0
  private n = 0
  put(value: number, bits: number): void {
    for (let i = bits - 1; i >= 0; i--) {
      this.acc = (this.acc << 1) | ((value >>> i) & 1)
      if (++this.n === 8) {
        this.bytes.push(this.acc)
        this.acc = 0
        this.n = 0
      }
    }
  }
  ue(v: number): void {
    const x = v + 1
    const bits = 32 - Math.clz32(x)
    this.put(0, bits - 1)
    this.put(x, bits)
  }
  se(v: number): void {
    this.ue(v > 0 ? v * 2 - 1 : -v * 2)
  }
  alignZero(): void {
    while (this.n !== 0) this.put(0, 1)
  }
  trailing(): void {
    this.put(1, 1)
    this.alignZero()
  }
  raw(b: Uint8Array): void {
    for (const x of b) this.bytes.push(x)
  }
  done(): Uint8Array {
    return Uint8Array.from(this.bytes)
  }
}
function nal(head: number, payload: Uint8Array): Buffer {
  const out = [head]
  let zeros = 0
  for (const b of payload) {
    if (zeros >= 2 && b <= 3) {
      out.push(3)
      zeros = 0
    }
    out.push(b)
    zeros = b === 0 ? zeros + 1 : 0
  }
  return Buffer.from(out)
}

/** 4:2:0 planes; sizes in multiples of 16. */
export interface Planes {
  width: number
  height: number
  y: Buffer
  u: Buffer
  v: Buffer
}
export const planes = (width: number, height: number): Planes => ({ width, height, y: Buffer.alloc(width * height, 60), u: Buffer.alloc((width * height) / 4, 128), v: Buffer.alloc((width * height) / 4, 128) })

const PROFILE_BASELINE = 66
export function parameterSets(width: number, height: number, fps: number): { sps: Buffer; pps: Buffer } {
  const s = new BitWriter()
  s.put(PROFILE_BASELINE, 8)
  s.put(0xe0, 8) // constraint sets 0, 1, 2: constrained baseline
  s.put(30, 8)
  s.ue(0)
  s.ue(0) // log2_max_frame_num 4
  s.ue(2) // pic_order_cnt_type 2: in the order sent
  s.ue(1) // one reference frame
  s.put(0, 1)
  s.ue(width / 16 - 1)
  s.ue(height / 16 - 1)
  s.put(1, 1) // frames only
  s.put(1, 1) // direct 8x8
  s.put(0, 1) // no cropping
  s.put(1, 1) // VUI
  s.put(0, 4) // aspect, overscan, video signal, chroma location
  s.put(1, 1) // timing
  s.put(1, 32)
  s.put(fps * 2, 32)
  s.put(1, 1)
  s.put(0, 3) // no HRD (2), no pic struct
  s.put(1, 1) // bitstream restriction: nothing is reordered, so decoders give each picture at once
  s.put(1, 1)
  s.ue(0)
  s.ue(0)
  s.ue(10)
  s.ue(10)
  s.ue(0)
  s.ue(1)
  s.trailing()
  const p = new BitWriter()
  p.ue(0)
  p.ue(0)
  p.put(0, 1) // CAVLC
  p.put(0, 1)
  p.ue(0)
  p.ue(0)
  p.ue(0)
  p.put(0, 1)
  p.put(0, 2)
  p.se(0)
  p.se(0)
  p.se(0)
  p.put(1, 1) // the slice says whether it is deblocked
  p.put(0, 1)
  p.put(0, 1)
  p.trailing()
  return { sps: nal(0x67, s.done()), pps: nal(0x68, p.done()) }
}

type Kind = 'pcm' | 'left' | 'above' | 'skip'
const I_PCM = 25
const I16_VERTICAL = 1
const I16_HORIZONTAL = 2

export class Encoder {
  private before: Planes | undefined
  private frame_num = 0
  private idr_id = 0
  private coefs: Uint8Array = new Uint8Array(0)

  /** One picture as one slice. The same object again is a picture in which nothing moved; it must not be drawn into afterwards. */
  encode(p: Planes, key: boolean): Buffer {
    const idr = key || !this.before
    if (idr) {
      this.frame_num = 0
      this.idr_id = (this.idr_id + 1) & 0xff
    } else this.frame_num = (this.frame_num + 1) & 15
    const w = new BitWriter()
    w.ue(0)
    w.ue(idr ? 7 : 5)
    w.ue(0)
    w.put(this.frame_num, 4)
    if (idr) w.ue(this.idr_id)
    if (!idr) {
      w.put(0, 1)
      w.put(0, 1)
      w.put(0, 1)
    } else {
      w.put(0, 1)
      w.put(0, 1)
    }
    w.se(0)
    w.ue(1) // no deblocking
    if (!idr && this.before === p) w.ue((p.width / 16) * (p.height / 16))
    else this.macroblocks(w, p, idr)
    w.trailing()
    this.before = p
    return nal(idr ? 0x65 : 0x61, w.done())
  }
  private macroblocks(w: BitWriter, p: Planes, idr: boolean): void {
    const [across, down] = [p.width / 16, p.height / 16]
    // Coefficients a neighbour is counted with (9.2.1): 16 for I_PCM, none for the others here.
    this.coefs = new Uint8Array(across * down)
    let run = 0
    for (let my = 0; my < down; my++)
      for (let mx = 0; mx < across; mx++) {
        const kind = this.kindOf(p, mx, my, idr)
        if (kind === 'skip') {
          run++
          continue
        }
        if (!idr) {
          w.ue(run)
          run = 0
        }
        const shift = idr ? 0 : 5
        if (kind === 'pcm') this.pcm(w, p, mx, my, shift)
        else this.predicted(w, across, mx, my, kind, shift)
      }
    if (!idr && run > 0) w.ue(run)
  }
  private pcm(w: BitWriter, p: Planes, mx: number, my: number, shift: number): void {
    w.ue(I_PCM + shift)
    w.alignZero()
    for (let r = 0; r < 16; r++) w.raw(p.y.subarray((my * 16 + r) * p.width + mx * 16, (my * 16 + r) * p.width + mx * 16 + 16))
    for (const plane of [p.u, p.v]) for (let r = 0; r < 8; r++) w.raw(plane.subarray((my * 8 + r) * (p.width / 2) + mx * 8, (my * 8 + r) * (p.width / 2) + mx * 8 + 8))
    this.coefs[my * (p.width / 16) + mx] = 16
  }
  private predicted(w: BitWriter, across: number, mx: number, my: number, kind: 'left' | 'above', shift: number): void {
    w.ue((kind === 'left' ? I16_HORIZONTAL : I16_VERTICAL) + shift)
    w.ue(kind === 'left' ? 1 : 2) // chroma: horizontal, vertical
    w.se(0)
    const a = mx > 0 ? this.coefs[my * across + mx - 1]! : undefined
    const b = my > 0 ? this.coefs[(my - 1) * across + mx]! : undefined
    const nc = a !== undefined && b !== undefined ? (a + b + 1) >> 1 : (a ?? b ?? 0)
    // "No coefficient" in the table for this nC (table 9-5).
    if (nc < 2) w.put(1, 1)
    else if (nc < 4) w.put(0b11, 2)
    else if (nc < 8) w.put(0b1111, 4)
    else w.put(0b000011, 6)
  }
  private kindOf(p: Planes, mx: number, my: number, idr: boolean): Kind {
    if (!idr && same(p, this.before!, mx, my)) return 'skip'
    if (mx > 0 && continues(p, mx, my, 'left')) return 'left'
    if (my > 0 && continues(p, mx, my, 'above')) return 'above'
    return 'pcm'
  }
}
/** Where a macroblock lies in each plane: first byte, bytes a line, its size. */
const parts = (p: Planes, mx: number, my: number): readonly (readonly [plane: 'y' | 'u' | 'v', at: number, stride: number, size: number])[] => [
  ['y', my * 16 * p.width + mx * 16, p.width, 16], ['u', (my * 8 * p.width) / 2 + mx * 8, p.width / 2, 8], ['v', (my * 8 * p.width) / 2 + mx * 8, p.width / 2, 8],
]
function same(p: Planes, q: Planes, mx: number, my: number): boolean {
  for (const [plane, at, stride, size] of parts(p, mx, my)) for (let r = 0; r < size; r++) if (p[plane].compare(q[plane], at + r * stride, at + r * stride + size, at + r * stride, at + r * stride + size) !== 0) return false
  return true
}
function continues(p: Planes, mx: number, my: number, from: 'left' | 'above'): boolean {
  for (const [plane, at, stride, size] of parts(p, mx, my)) {
    const b = p[plane]
    for (let r = 0; r < size; r++)
      for (let i = 0; i < size; i++) {
        const x = at + r * stride
        if (b[x + i] !== (from === 'left' ? b[x - 1] : b[at - stride + i])) return false
      }
  }
  return true
}
