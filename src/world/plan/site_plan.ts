// The site of 花园小区 drawn: its buildings in rows of two zones, roads, the plaza, the rooms of plant, as PNG without letters (buildings are named by points on it). Pure and the
// same every time; where a thing stands is found by the words of its place.
import { deflateSync } from 'node:zlib'
import { EAST_LAST, buildings } from './buildings.ts'

export const WIDTH = 2400
export const HEIGHT = 1500
type Spot = readonly [x: number, y: number]
const BLOCK = { w: 170, h: 66 }
const [ROW_FROM, ROW_STEP] = [130, 190]
const WEST_COLUMNS = [120, 340, 560]
const EAST_COLUMNS = [1470, 1690, 1910, 2130]
const OTHERS: Record<string, Spot> = { S1: [1700, 1395], S2: [100, 640], G1: [2215, 1270], G2: [205, 1270], P1: [1560, 1270], P2: [645, 1270] }
/** The middle of each building. */
export const buildingSpots: ReadonlyMap<string, Spot> = new Map(buildings.filter((b) => b.community === 'garden').map((b): [string, Spot] => {
  const fixed = OTHERS[b.no]
  if (fixed) return [b.no, fixed]
  const n = Number(b.no)
  const [columns, i] = n <= EAST_LAST ? [EAST_COLUMNS, n - 1] : [WEST_COLUMNS, n - EAST_LAST - 1]
  return [b.no, [columns[i % columns.length]! + BLOCK.w / 2, ROW_FROM + Math.floor(i / columns.length) * ROW_STEP + BLOCK.h / 2]]
}))
const PLACES: readonly (readonly [string, Spot])[] = [
  ['南门外', [1090, 1475]], ['南门', [1090, 1410]], ['西门', [40, 800]], ['东门', [2360, 800]], ['北门', [1090, 50]], ['北侧', [700, 60]], ['北围墙', [700, 60]], ['围墙东段', [2375, 420]],
  ['中心广场', [1090, 700]], ['中心水景', [1090, 640]], ['中心花园', [1190, 830]], ['物业服务中心', [1090, 330]],
  ['消防控制室', [960, 1240]], ['消控室', [960, 1240]], ['消防泵房', [1220, 1240]], ['东区水泵房', [1850, 1270]], ['西区水泵房', [420, 1270]], ['一号配电室', [2030, 1270]], ['二号配电室', [310, 1270]], ['配电房', [2030, 1270]],
  ['东区停车', [1560, 1270]], ['西区停车', [645, 1270]], ['地下车库东区', [2215, 1270]], ['地下车库西区', [205, 1270]], ['地下停车场', [2215, 1270]], ['地下车库', [2215, 1270]], ['东区环路', [1420, 640]], ['西区环路', [790, 640]],
]
/** Pixels of the place that these words name, or nothing: then it stays to be placed by hand. */
export function spotOf(words: string): Spot | undefined {
  const block = /(\d{1,2})\s*栋/.exec(words)?.[1]
  return (block ? buildingSpots.get(block) : undefined) ?? PLACES.find(([name]) => words.includes(name))?.[1]
}
/** What would stand over the edge stands at it. */
const within = (n: number): number => Math.min(990, Math.max(10, Math.round(n)))
export const permille = ([x, y]: Spot): { x_permille: number; y_permille: number } => ({ x_permille: within((x / WIDTH) * 1000), y_permille: within((y / HEIGHT) * 1000) })
/** Ways out from the zones to the assembly points, and the lane of fire engines round the houses. */
export const WAYS: readonly { kind: 'escape' | 'fire_lane'; points: readonly Spot[] }[] = [
  { kind: 'escape', points: [[325, 230], [325, 1210], [1000, 1210], [1060, 1340], [1085, 1440]] }, { kind: 'escape', points: [[1675, 230], [1675, 1200], [1180, 1210], [1110, 1340], [1095, 1440]] },
  { kind: 'escape', points: [[545, 800], [800, 800], [960, 740]] }, { kind: 'escape', points: [[1680, 800], [1400, 800], [1230, 740]] }, { kind: 'escape', points: [[2115, 800], [2300, 800], [2340, 800]] },
  { kind: 'fire_lane', points: [[80, 90], [2340, 90], [2340, 1340], [80, 1340], [80, 90]] }, { kind: 'fire_lane', points: [[1090, 90], [1090, 520]] }, { kind: 'fire_lane', points: [[1090, 880], [1090, 1400]] },
]

const PALETTE = ['ffffff', 'e6efe0', 'd9dde3', 'f4f1ea', '8b929c', 'cfd8e6', 'b9d7ea', 'c7ddb5', 'e9dcc3', 'b8bec8'] as const
const [PAPER, GREEN, ROAD, PLAZA, EDGE, HOUSE, WATER, TREE, ROOM, SHADE] = PALETTE.map((_, i) => i) as [number, number, number, number, number, number, number, number, number, number]
class Canvas {
  readonly dots = new Uint8Array(WIDTH * HEIGHT).fill(PAPER)
  box(x: number, y: number, w: number, h: number, colour: number): void {
    for (let row = Math.max(0, Math.round(y)); row < Math.min(HEIGHT, Math.round(y + h)); row += 1) this.dots.fill(colour, row * WIDTH + Math.max(0, Math.round(x)), row * WIDTH + Math.min(WIDTH, Math.round(x + w)))
  }
  framed(x: number, y: number, w: number, h: number, colour: number): void {
    this.box(x + 5, y + 6, w, h, SHADE)
    this.box(x, y, w, h, EDGE)
    this.box(x + 3, y + 3, w - 6, h - 6, colour)
  }
  round(cx: number, cy: number, r: number, colour: number): void {
    for (let dy = -r; dy <= r; dy += 1) {
      const half = Math.floor(Math.sqrt(r * r - dy * dy))
      this.box(cx - half, cy + dy, 2 * half + 1, 1, colour)
    }
  }
}
function drawn(): Canvas {
  const c = new Canvas()
  c.box(20, 20, WIDTH - 40, HEIGHT - 90, EDGE)
  c.box(25, 25, WIDTH - 50, HEIGHT - 100, GREEN)
  for (const [x, y, w, h] of [[55, 70, 2310, 40], [55, 1320, 2310, 40], [55, 70, 40, 1290], [2325, 70, 40, 1290], [770, 70, 40, 1290], [1400, 70, 40, 1290], [55, 780, 750, 34], [1400, 780, 965, 34], [1070, 70, 40, 1420], [0, 780, 60, 40], [2340, 780, 60, 40]] as const) c.box(x, y, w, h, ROAD)
  c.round(1090, 700, 190, EDGE)
  c.round(1090, 700, 186, PLAZA)
  c.round(1090, 640, 46, WATER)
  for (let i = 0; i < 64; i += 1) c.round(850 + ((i * 131) % 500), 160 + ((i * 277) % 1000) + (((i * 277) % 1000) > 340 && ((i * 277) % 1000) < 740 ? 420 : 0), 9 + (i % 3) * 3, TREE)
  for (let i = 0; i < 90; i += 1) c.round(i % 2 ? 110 + ((i * 83) % 640) : 1460 + ((i * 97) % 860), 236 + (i % 6) * ROW_STEP, 7 + (i % 3) * 2, TREE)
  for (const [no, [x, y]] of buildingSpots) {
    if (/^\d/.test(no)) c.framed(x - BLOCK.w / 2, y - BLOCK.h / 2, BLOCK.w, BLOCK.h, HOUSE)
    else if (no.startsWith('P')) c.framed(x - 110, y - 38, 220, 76, ROAD)
    else c.framed(x - (no === 'S1' ? 300 : 45), y - (no === 'S2' ? 90 : 24), no === 'S1' ? 600 : 90, no === 'S2' ? 180 : 48, ROOM)
  }
  for (const name of ['消防控制室', '消防泵房', '东区水泵房', '西区水泵房', '一号配电室', '二号配电室', '物业服务中心']) {
    const [x, y] = PLACES.find(([n]) => n === name)![1]
    c.framed(x - 48, y - 28, 96, 56, ROOM)
  }
  return c
}
const CRC = Uint32Array.from({ length: 256 }, (_, n) => { let c = n; for (let k = 0; k < 8; k += 1) c = c & 1 ? (c >>> 1) ^ 0xedb88320 : c >>> 1; return c >>> 0 })
function chunk(type: string, data: Uint8Array): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data])
  let crc = 0xffffffff
  for (const b of body) crc = CRC[(crc ^ b) & 0xff]! ^ (crc >>> 8)
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)]
  length.writeUInt32BE(data.length)
  sum.writeUInt32BE((crc ^ 0xffffffff) >>> 0)
  return Buffer.concat([length, body, sum])
}
/** A picture of dots with a palette, as PNG (ISO/IEC 15948). */
export function png(width: number, height: number, dots: Uint8Array, palette: readonly string[]): Buffer {
  const head = Buffer.alloc(13)
  head.writeUInt32BE(width, 0)
  head.writeUInt32BE(height, 4)
  head.set([8, 3, 0, 0, 0], 8)
  const rows = Buffer.alloc((width + 1) * height)
  for (let y = 0; y < height; y += 1) rows.set(dots.subarray(y * width, (y + 1) * width), y * (width + 1) + 1)
  return Buffer.concat([Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]), chunk('IHDR', head), chunk('PLTE', Buffer.from(palette.join(''), 'hex')), chunk('IDAT', deflateSync(rows)), chunk('IEND', Buffer.alloc(0))])
}
export const sitePicture = (): Buffer => png(WIDTH, HEIGHT, drawn().dots, PALETTE)
