// What a simulated plate camera photographs: a car before the barrier with its plate, large enough to read. A JPEG (ITU-T T.81, baseline, 4:4:4) of squares of eight pixels, each of one colour:
// of every square only the mean is coded, so that a picture costs a few milliseconds and some kilobytes.
const COLUMNS = 72
const ROWS = 40
type Rgb = readonly [number, number, number]
const ASPHALT: Rgb = [92, 96, 102]
const KERB: Rgb = [206, 206, 200]
const BODIES: readonly Rgb[] = [[186, 38, 44], [228, 230, 232], [44, 62, 92], [60, 60, 64], [150, 156, 162], [86, 112, 92]]
const GLASS: Rgb = [40, 52, 62]
const LAMP: Rgb = [250, 244, 214]
const PLATES: Readonly<Record<string, readonly [ground: Rgb, ink: Rgb]>> = { blue: [[24, 74, 156], [255, 255, 255]], green: [[70, 170, 110], [16, 20, 18]], yellow: [[230, 180, 20], [20, 20, 20]] }
/** 5×7 dots, a letter after the other. */
const LETTERS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ'
const DOTS = '0e11131519110e 040c040404040e 0e11010204081f 1f02040201110e 02060a121f0202 1f101e0101110e 0608101e11110e 1f010204080808 0e11110e11110e 0e11110f01020c 0e11111f111111 1e11111e11111e 0e11101010110e 1c12111111121c 1f10101e10101f 1f10101e101010 0e11101711110f 1111111f111111 0e04040404040e 0702020202120c 11121418141211 1010101010101f 111b1515111111 11191513111111 0e11111111110e 1e11111e101010 0e11111115120d 1e11111e141211 0f10100e01011e 1f040404040404 1111111111110e 11111111110a04 1111111515150a 11110a040a1111 11110a04040404 1f01020408101f'.split(' ')
const dotsOf = (ch: string): readonly number[] => {
  const hex = DOTS[LETTERS.indexOf(ch)]
  // A province's character, as far as seven by five dots go.
  return hex ? (hex.match(/../g) ?? []).map((x) => Number.parseInt(x, 16)) : [31, 21, 31, 4, 31, 21, 31]
}

function scene(plate: string | null, seed: number): Rgb[] {
  const px: Rgb[] = Array.from({ length: COLUMNS * ROWS }, (_, i) => (Math.floor(i / COLUMNS) > 35 ? KERB : ASPHALT))
  const fill = (x: number, y: number, w: number, h: number, c: Rgb): void => {
    for (let r = y; r < y + h; r++) for (let k = x; k < x + w; k++) px[r * COLUMNS + k] = c
  }
  const body = BODIES[seed % BODIES.length]!
  fill(12, 3, 48, 9, body)
  fill(16, 4, 40, 7, GLASS)
  fill(4, 12, 64, 22, body)
  fill(7, 14, 8, 4, LAMP)
  fill(57, 14, 8, 4, LAMP)
  fill(6, 34, 9, 3, [24, 24, 26])
  fill(57, 34, 9, 3, [24, 24, 26])
  if (!plate) return px
  const text = [...plate].slice(0, 8)
  const [ground, ink] = PLATES[text.length === 8 ? 'green' : 'blue']!
  const left = Math.floor((COLUMNS - text.length * 6 - 1) / 2)
  fill(left - 1, 21, text.length * 6 + 3, 11, ground)
  for (const [n, ch] of text.entries()) for (const [r, bits] of dotsOf(ch).entries()) for (let k = 0; k < 5; k++) if ((bits >> (4 - k)) & 1) px[(23 + r) * COLUMNS + left + 1 + n * 6 + k] = ink
  return px
}

/** Annex K.3.1: how many codes of each length, for the differences of means. */
const DC_LENGTHS = [0, 1, 5, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0]
const DC_CODES: readonly (readonly [code: number, bits: number])[] = (() => {
  const out: [number, number][] = []
  let code = 0
  for (const [i, n] of DC_LENGTHS.entries()) {
    for (let k = 0; k < n; k++) out.push([code++, i + 1])
    code <<= 1
  }
  return out
})()
/** The mean of a square is sent in steps of this. */
const STEP = 2
const segment = (mark: number, body: readonly number[]): number[] => [0xff, mark, (body.length + 2) >> 8, (body.length + 2) & 255, ...body]
export function platePicture(plate: string | null, seed = 0): Buffer {
  const bytes: number[] = []
  let [hold, held] = [0, 0]
  const put = (value: number, bits: number): void => {
    for (let i = bits - 1; i >= 0; i--) {
      hold = (hold << 1) | ((value >> i) & 1)
      if (++held < 8) continue
      bytes.push(hold)
      if (hold === 0xff) bytes.push(0)
      ;[hold, held] = [0, 0]
    }
  }
  const last = [0, 0, 0]
  for (const [r, g, b] of scene(plate, seed)) {
    const means = [0.299 * r + 0.587 * g + 0.114 * b - 128, -0.1687 * r - 0.3313 * g + 0.5 * b, 0.5 * r - 0.4187 * g - 0.0813 * b]
    for (const [i, mean] of means.entries()) {
      const dc = Math.round((mean * 8) / STEP)
      const diff = dc - last[i]!
      last[i] = dc
      const size = diff === 0 ? 0 : Math.floor(Math.log2(Math.abs(diff))) + 1
      put(...DC_CODES[size]!)
      if (size > 0) put(diff > 0 ? diff : diff + (1 << size) - 1, size)
      // End of block: nothing but its mean. The table of these knows one code, of one bit.
      put(0, 1)
    }
  }
  put(0x7f, (8 - held) % 8)
  const [w, h] = [COLUMNS * 8, ROWS * 8]
  return Buffer.from([
    0xff, 0xd8, ...segment(0xe0, [0x4a, 0x46, 0x49, 0x46, 0, 1, 1, 0, 0, 1, 0, 1, 0, 0]), ...segment(0xdb, [0, ...Array.from({ length: 64 }, () => STEP)]),
    ...segment(0xc0, [8, h >> 8, h & 255, w >> 8, w & 255, 3, 1, 0x11, 0, 2, 0x11, 0, 3, 0x11, 0]), ...segment(0xc4, [0, ...DC_LENGTHS, ...Array.from({ length: 12 }, (_, i) => i)]), ...segment(0xc4, [0x10, 1, ...Array.from({ length: 15 }, () => 0), 0]),
    ...segment(0xda, [3, 1, 0, 2, 0, 3, 0, 0, 63, 0]), ...bytes, 0xff, 0xd9,
  ])
}
