// House numbers (房号) as people write them. One label per house: building-unit-room, or building-room where there is no unit.
// 1-2-301 · 1栋2单元301 · 1栋301 · 1号楼2单元301室 · 01-02-0301 · A座1201 · P1-023 · S-12 all come out as one spelling.

export interface HouseText {
  /** What stood before the building: '东区' in '花园小区东区1栋301'. Not part of the label. */
  zone: string | null
  building_no: string
  unit_no: string | null
  room_no: string
  label: string
}

const NUMERAL = '零一二三四五六七八九'
/** 一 … 九十九, as on old door plates; undefined when it is no such number. */
function chineseNumber(text: string): number | undefined {
  const t = text.replaceAll('〇', '零').replaceAll('两', '二')
  const one = NUMERAL.indexOf(t)
  if (t.length === 1 && one >= 0) return one
  const m = /^([二三四五六七八九])?十([一二三四五六七八九])?$/.exec(t) ?? /^(一)十([一二三四五六七八九])?$/.exec(t)
  if (!m) return undefined
  return (m[1] ? NUMERAL.indexOf(m[1]) : 1) * 10 + (m[2] ? NUMERAL.indexOf(m[2]) : 0)
}

const DASHES = /[\s\-‐‑‒–—―−~〜_/\\.·,、|]+/g
const BUILDING = /号楼|#楼|栋|幢|座|#|号(?=.{1,4}单元)/g
const UNIT = /单元|梯(?=-?[^-])/g
const TAIL = /(?:-?(?:号?(?:车位|车库|商铺|储藏室|铺)|室|户|房|号))+$/
const WORDED = /号楼|[栋幢座#]|单元/

/** Half-width, upper case, one kind of dash. */
const plain = (text: string): string => text.normalize('NFKC').trim().toUpperCase().replace(DASHES, '-').replace(/^-+|-+$/g, '')
const shortDigits = (t: string): string => t.replace(/^0+(?=\d)/, '')

/** '01' → '1', '1栋' → '1', 'P01' → 'P1', '一' → '1'. A dash inside stays, and `isNumber` refuses it: it would split the label. */
export function normaliseNo(text: string): string {
  const t = plain(text.replace(/\s/g, '')).replace(/(?:-?(?:号楼|#楼|[栋幢座#]|单元|门|梯))+$/, '')
  const han = chineseNumber(t)
  if (han !== undefined) return String(han)
  if (/^\d+$/.test(t)) return shortDigits(t)
  const lettered = /^([A-Z]+)(\d+)$/.exec(t)
  return lettered ? lettered[1]! + shortDigits(lettered[2]!) : t
}

/** '0301' → '301' (floor and room of two digits each), '023' stays: bays and shops are numbered with leading zeros. */
export function normaliseRoom(text: string): string {
  const t = plain(text.replace(/\s/g, '')).replace(TAIL, '')
  return /^\d{4,}$/.test(t) ? t.replace(/^0+(?=\d{3})/, '') : t
}

/** A building, unit or room in its one spelling, fit to stand in a label. */
export const isNumber = (t: string, max = 20): boolean => t.length <= max && /^[\p{L}\p{N}]+$/u.test(t)

export const buildLabel = (building_no: string, unit_no: string | null, room_no: string): string => (unit_no === null ? `${building_no}-${room_no}` : `${building_no}-${unit_no}-${room_no}`)

/** The house a text names, or null when it names none (a lone room, a name, a sentence). */
export function parseHouseText(text: string): HouseText | null {
  if (text.length > 60) return null
  let t = plain(text).replace(/[零〇一二三四五六七八九十两]+(?=号楼|栋|幢|座|单元|层|期|区)/g, (n) => String(chineseNumber(n) ?? n))
  let zone: string | null = null
  if (WORDED.test(t)) {
    const m = /^(.{0,20}(?:区|苑|园|期|里|庭|城|院))-?(?=[^区苑园期里庭城院]{1,8}(?:号楼|[栋幢座#]))/.exec(t)
    if (m) {
      zone = m[1]!.replace(/^.*小区-?/, '') || null
      t = t.slice(m[0].length)
    }
  }
  t = t.replace(BUILDING, '-').replace(UNIT, '-').replace(/-\d{1,3}(?:层|楼|F)-?(?=\d)/, '-').replace(TAIL, '')
  if (t.endsWith('-')) return null
  const parts = t.split(/-+/).filter((p) => p !== '')
  if (parts.length < 2 || parts.length > 3 || parts.some((p) => !isNumber(p))) return null
  if (!parts.some((p) => /[\dA-Z]/.test(p))) return null
  const building_no = normaliseNo(parts[0]!)
  const unit_no = parts.length === 3 ? normaliseNo(parts[1]!) : null
  const room_no = normaliseRoom(parts.at(-1)!)
  if (building_no === '' || unit_no === '' || room_no === '') return null
  return { zone, building_no, unit_no, room_no, label: buildLabel(building_no, unit_no, room_no) }
}

export interface HouseSearch {
  /** Labels that the text may be. */
  labels: string[]
  /** Building and rooms, where the unit was left out ('1栋301'), or rooms alone ('301'). */
  building_no: string | null
  rooms: string[]
}

/** What to look for when somebody types a house into a search box; empty lists when it cannot be one. */
export function houseSearch(text: string): HouseSearch {
  const p = parseHouseText(text)
  if (p) {
    const rooms = padded(p.room_no)
    return { labels: rooms.map((r) => buildLabel(p.building_no, p.unit_no, r)), building_no: p.unit_no === null ? p.building_no : null, rooms: p.unit_no === null ? rooms : [] }
  }
  const room = normaliseRoom(text)
  return { labels: [], building_no: null, rooms: /^[A-Z]{0,3}\d{1,6}[A-Z]?$/.test(room) ? padded(room) : [] }
}
/** People leave out the zeros of a bay: P1-23 means P1-023. */
const padded = (room: string): string[] => [...new Set(/^\d+$/.test(room) ? [room, room.padStart(3, '0'), room.padStart(4, '0')] : [room])]

/** The floor a room number says: 301 → 3, 1201 → 12; 1 where it says nothing. */
export function floorOf(room_no: string): number {
  const m = /^(\d{1,2})\d{2}$/.exec(room_no)
  const floor = m ? Number(m[1]) : 1
  return floor === 0 ? 1 : floor
}

/** Order of houses in a community: building, unit, floor, room, as a person would count. Ties are broken by the label. */
export function sortNo(building_no: string, unit_no: string | null, room_no: string): number {
  const b = /^([A-Z]*)(\d*)/.exec(building_no)
  const letter = b?.[1] ? 1000 + Math.min(25, b[1].charCodeAt(0) - 65) * 40 : 0
  const building = Math.min(2100, letter + Math.min(letter ? 39 : 999, Number(b?.[2] || 0)))
  const unit = unit_no === null ? 0 : Math.min(9, Number(/\d+/.exec(unit_no)?.[0] ?? (unit_no.charCodeAt(0) % 10)))
  const room = Math.min(99_999, Number(/\d+/.exec(room_no)?.[0]?.slice(0, 5) ?? 0))
  return building * 1_000_000 + unit * 100_000 + room
}
