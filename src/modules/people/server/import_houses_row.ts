// One row of houses and owners as companies write it, made clean: pure, no database. What cannot be taken is said in Chinese with
// the cell's content and the way out.
import { blindIndex, sealText } from '../../../kernel/seal.ts'
import { cleanText, compareDecimals, pairPhones, readText, splitNames, splitPhones, toDay, toDecimal, toHalfWidth, type CellLike } from '../../../kernel/sheet/index.ts'
import { buildLabel, normaliseNo, normaliseRoom, parseHouseText } from '../../property/server/index.ts'
import { words as property } from '../../property/words.ts'
import type { Mapped, Problem } from '../../system/server/index.ts'
import { cleanIdNumber } from './identity_numbers.ts'
import { sharesOf } from './import_houses_shares.ts'
import { normalisePlate, tailOf } from './rules/texts.ts'

type PersonKind = 'natural' | 'org' | 'developer'
export interface RowPerson {
  name: string
  kind: PersonKind
  phone: string | null
  /** Sealed: rows of an import lie in a table for 90 days. */
  id_sealed: string | null
  id_hash: string | null
  id_tail: string | null
  id_kind: string | null
  share_num?: number
  share_den?: number
}
/** Absent keys leave what a house has. */
export interface HouseData {
  building_no: string
  unit_no: string | null
  room_no: string
  label: string
  kind?: string
  built_area_m2?: string
  inner_area_m2?: string
  heated_area_m2?: string
  floor_no?: number
  state?: string
  delivered_on?: string
  owners: RowPerson[]
  tenants: RowPerson[]
  plates: string[]
  note?: string
}

const shown = (text: string): string => `「${text.slice(0, 30)}」`
/** 6101**********1234 in what is kept of the file. */
export const idTail = (text: string): string => text.replace(/[0-9A-Za-z]{8,}/g, (n) => `${n.slice(0, 4)}${'*'.repeat(n.length - 8)}${n.slice(-4)}`)

class Row {
  readonly problems: Problem[] = []
  private readonly m: Mapped
  constructor(m: Mapped) {
    this.m = m
  }
  cell(field: string): CellLike | undefined {
    return this.m[field]
  }
  bad(field: string, reason: string): undefined {
    this.problems.push({ field, reason })
    return undefined
  }
  /** The text of a cell; undefined when it is blank or bad (which is noted). Lone dashes and 无 stand for blank. */
  text(field: string): string | undefined {
    const c = this.m[field]
    if (c === undefined) return undefined
    const r = readText(c)
    if (!r.ok) return r.empty ? undefined : this.bad(field, r.reason_zh)
    return /^(-+|—+|\/+|无|暂无|空|n\/a|null|#)$/i.test(r.value) ? undefined : r.value
  }
  decimal(field: string, o: { min: string; max: string }): string | undefined {
    if (this.text(field) === undefined) return undefined
    // Areas that formulas made have more places than are shown.
    const r = toDecimal(this.cell(field)!, { scale: 2, round: true, ...o })
    return r.ok ? r.value : this.bad(field, r.reason_zh)
  }
}

const KIND_WORDS: Record<string, string> = {
  ...Object.fromEntries(Object.entries(property.states!['house_kind']!).map(([code, zh]) => [zh, code])),
  高层: 'dwelling', 多层: 'dwelling', 小高层: 'dwelling', 洋房: 'dwelling', 别墅: 'dwelling', 公寓: 'dwelling', 普通住宅: 'dwelling', 商品房: 'dwelling', 住房: 'dwelling', 居住: 'dwelling', 民用: 'dwelling',
  商业: 'shop', 门面: 'shop', 门面房: 'shop', 门市: 'shop', 底商: 'shop', 铺面: 'shop', 商业用房: 'shop', 商用: 'shop', 商业房: 'shop',
  写字楼: 'office', 办公室: 'office', 办公用房: 'office', 商务: 'office', 车库房: 'garage', 储物间: 'storage', 储藏间: 'storage', 地下室: 'storage', 仓库: 'storage', 杂物间: 'storage',
  停车位: 'bay', 地下车位: 'bay', 地上车位: 'bay', 产权车位: 'bay', 人防车位: 'bay', 机动车位: 'bay',
}
const STATE_WORDS: Record<string, string> = {
  ...Object.fromEntries(Object.entries(property.states!['house_state']!).map(([code, zh]) => [zh, code])),
  入住: 'lived_in', 已入住: 'lived_in', 自住: 'lived_in', 居住: 'lived_in', 常住: 'lived_in', 在住: 'lived_in', 业主自住: 'lived_in', 空房: 'vacant', 未入住: 'vacant', 空关: 'vacant', 闲置: 'vacant', 空闲: 'vacant', 已交房: 'vacant', 已售: 'vacant', 已售未入住: 'vacant',
  租住: 'let', 已租: 'let', 已出租: 'let', 租赁: 'let', 租户入住: 'let', 未销售: 'unsold', 待售: 'unsold', 未售出: 'unsold', 在售: 'unsold', 装修中: 'renovating', 在装修: 'renovating', 停用中: 'disabled', 注销: 'disabled',
}

const NO = /^[\p{L}\p{N}]{1,20}$/u
interface Place {
  building_no: string
  unit_no: string | null
  room_no: string
}

function placeOf(r: Row): Place | undefined {
  const building = r.text('building')
  const unit = r.text('unit')
  for (const f of ['building', 'unit', 'room'] as const) {
    const c = r.cell(f)
    if (c !== undefined && typeof c !== 'string' && c.kind === 'date') return r.bad(f, `${shown(c.text)}被 Excel 当成了日期,请把该列设为文本后重新填写,如 1-2-301`)
  }
  const room = r.text('room')
  if (room === undefined) return r.problems.length ? undefined : r.bad('room', '房号是空的,请填写房号;如是多余的行请删去')
  const full = parseHouseText(room)
  if (building === undefined) {
    if (full === null) return r.bad('room', `${shown(room)}看不出是哪一栋:请写全,如 1-2-301 或 1栋2单元301,或另设「楼栋」列`)
    if (unit !== undefined && full.unit_no !== null && normaliseNo(unit) !== full.unit_no) return r.bad('unit', `单元 ${shown(unit)}与房号 ${shown(room)}不一致,请核对`)
    return { building_no: full.building_no, unit_no: full.unit_no ?? (unit === undefined ? null : normaliseNo(unit)), room_no: full.room_no }
  }
  const building_no = normaliseNo(building)
  const unit_no = unit === undefined ? null : normaliseNo(unit)
  if (!NO.test(building_no) || building_no.length > 10) return r.bad('building', `${shown(building)}不能作为栋号,请写成 1、1栋、A座这样`)
  if (unit_no !== null && (!NO.test(unit_no) || unit_no.length > 10)) return r.bad('unit', `${shown(unit!)}不能作为单元号,请写成 1、2 或 1单元`)
  return withFull(r, room, full, building_no, unit_no)
}

/** 楼栋 stands in its own column and the room is a room, or the whole again, or unit and room. */
function withFull(r: Row, room: string, full: ReturnType<typeof parseHouseText>, building_no: string, unit_no: string | null): Place | undefined {
  const alone = normaliseRoom(room)
  // '2单元302' beside a building: parseHouseText would take the 2 for a building.
  const parts = /^([^栋幢座楼#]{1,6}?)\s*(?:单元|门洞)\s*-?\s*([^栋幢座#]{1,12})$/.exec(room)
  if (parts) {
    const unit = normaliseNo(parts[1]!)
    const no = normaliseRoom(parts[2]!)
    if (unit_no !== null && unit !== unit_no) return r.bad('room', `${shown(room)}与单元「${unit_no}」不一致,请核对`)
    return NO.test(unit) && NO.test(no) ? { building_no, unit_no: unit, room_no: no } : r.bad('room', `${shown(room)}看不懂,请写成 2单元302 或 302`)
  }
  if (full === null) return NO.test(alone) ? { building_no, unit_no, room_no: alone } : r.bad('room', `${shown(room)}不能作为房号,请只写数字或字母,如 301`)
  if (full.unit_no === null && unit_no === null && full.building_no !== building_no) return { building_no, unit_no: full.building_no, room_no: full.room_no }
  if (full.unit_no === null && full.building_no === unit_no) return { building_no, unit_no, room_no: full.room_no }
  if (full.building_no !== building_no) return r.bad('room', `${shown(room)}与楼栋「${building_no}」不一致,请核对`)
  if (full.unit_no !== null && unit_no !== null && full.unit_no !== unit_no) return r.bad('room', `${shown(room)}与单元「${unit_no}」不一致,请核对`)
  return { building_no, unit_no: full.unit_no ?? unit_no, room_no: full.room_no }
}

const ORG = /(公司|商行|商店|超市|酒店|饭店|餐厅|药店|银行|支行|中心|委员会|管理处|学校|幼儿园|医院|诊所|合作社|集团|事务所|工作室|协会|居委会|村委会|分局|总厂|工厂)$/
const kindOfPerson = (name: string, note: string | null): PersonKind => (note === '开发商' || name === '开发商' ? 'developer' : ORG.test(name) ? 'org' : 'natural')

function idOf(text: string, kind: PersonKind): { ok: true; kind: string; number: string } | { ok: false; reason: string } {
  const bare = text.normalize('NFKC').replace(/[\s-]/g, '').toUpperCase()
  if (kind !== 'natural' && /^[0-9A-HJ-NPQRTUWXY]{18}$|^\d{15}$/.test(bare)) return { ok: true, kind: 'credit_code', number: bare }
  if (/^[A-Z]{1,2}\d{7,8}$/.test(bare)) return { ok: true, kind: /^[HM]\d{8}$/.test(bare) ? 'permit' : 'passport', number: bare }
  return cleanIdNumber(text, 'id_card')
}

function peopleOf(r: Row, field: string, phone_field: string): RowPerson[] {
  if (r.text(field) === undefined) {
    if (r.text(phone_field) !== undefined) r.bad(phone_field, `有电话${shown(r.text(phone_field)!)}但没有姓名,请补上姓名或删去电话`)
    return []
  }
  const names = splitNames(r.cell(field)!)
  if (!names.ok) return r.bad(field, names.reason_zh) ?? []
  const phones = r.text(phone_field) === undefined ? { ok: true as const, value: [] } : splitPhones(r.cell(phone_field)!)
  if (!phones.ok) r.bad(phone_field, phones.reason_zh)
  const paired = pairPhones(names.value, phones.ok ? phones.value : [])
  if (!paired.ok) r.bad(phone_field, paired.reason_zh)
  const list = (paired.ok ? paired.value : names.value.map((p) => ({ ...p, phone: null }))).map((p): RowPerson => ({ name: p.name, kind: kindOfPerson(p.name, p.note), phone: p.phone, id_sealed: null, id_hash: null, id_tail: null, id_kind: null }))
  const twice = list.find((p, i) => list.findIndex((q) => q.name === p.name && q.phone === p.phone) !== i)
  if (twice) r.bad(field, `「${twice.name}」写了两次,请删去一个;如确是同名的两人,请填写各自的电话`)
  return list
}

function addIds(r: Row, owners: RowPerson[]): void {
  const text = r.text('owner_id')
  if (text === undefined) return
  const cell = r.cell('owner_id')!
  if (owners.length === 0) return r.bad('owner_id', '有证件号但没有业主姓名,请补上姓名或删去证件号')
  if (typeof cell !== 'string' && cell.lost_digits) return r.bad('owner_id', `证件号${shown(text)}被当作数字保存,Excel 只保留前 15 位,后面的已变成 0,请把该列设为文本格式后重新填写`)
  const parts = toHalfWidth(text).split(/[、,;/|\n&]/).map((x) => x.trim()).filter(Boolean)
  if (parts.length > owners.length) return r.bad('owner_id', `有 ${parts.length} 个证件号但只有 ${owners.length} 个业主,请一一对应填写`)
  for (const [i, part] of parts.entries()) {
    const id = idOf(part, owners[i]!.kind)
    if (!id.ok) r.bad('owner_id', id.reason)
    else Object.assign(owners[i]!, { id_kind: id.kind, id_sealed: sealText(id.number), id_hash: blindIndex(id.number), id_tail: tailOf(id.number) })
  }
  const hashes = owners.map((o) => o.id_hash).filter((h) => h !== null)
  if (new Set(hashes).size < hashes.length) r.bad('owner_id', '两位业主的证件号相同,请核对')
}

function platesOf(r: Row): string[] {
  const text = r.text('plates')
  if (text === undefined) return []
  const plates: string[] = []
  for (const part of text.split(/[、,;/|\n&]|\s+(?=[\u4e00-\u9fff])/).map((x) => x.trim()).filter(Boolean)) {
    const plate = normalisePlate(part, 'small') ?? normalisePlate(part, 'new_energy')
    if (plate === null) r.bad('plates', `${shown(part)}不是车牌号,请写成 陕C12345 这样;多辆用顿号隔开`)
    else if (!plates.includes(plate)) plates.push(plate)
  }
  return plates
}

function worded(r: Row, field: string, words: Record<string, string>, choices: string): string | undefined {
  const text = r.text(field)
  if (text === undefined) return undefined
  const code = words[text] ?? words[text.replace(/[\s()]/g, '')]
  return code ?? r.bad(field, `${shown(text)}不在可选范围,请改为:${choices}`)
}
const choices = (of: string): string => Object.values(property.states![of]!).join('、')

function floorOfRow(r: Row): number | undefined {
  const text = r.text('floor_no')
  if (text === undefined) return undefined
  const m = /^(负|-|B|地下)?第?(\d{1,3})(?:层|楼|F)?$/i.exec(text.replace(/\.0+$/, ''))
  const n = m ? Number(m[2]) * (m[1] ? -1 : 1) : NaN
  return Number.isInteger(n) && n >= -20 && n <= 200 ? n : r.bad('floor_no', `${shown(text)}不是楼层,请填整数,地下一层写 -1`)
}

export function parseHouseRow(m: Mapped): { data: HouseData | null; problems: Problem[] } | null {
  const r = new Row(m)
  const filled = Object.keys(m).filter((f) => r.text(f) !== undefined)
  if (filled.length === 0 && r.problems.length === 0) return null
  r.problems.length = 0
  const place = placeOf(r)
  const owners = peopleOf(r, 'owner', 'owner_phone')
  addIds(r, owners)
  const share = r.text('share')
  if (share !== undefined) {
    const s = sharesOf(share, r.cell('share')!, owners.length)
    if (!s.ok) r.bad('share', s.reason)
    else owners.forEach((o, i) => Object.assign(o, s.shares[i]))
  }
  const tenants = peopleOf(r, 'tenant', 'tenant_phone')
  const delivered = r.text('delivered_on') === undefined ? undefined : toDay(r.cell('delivered_on')!, { min: '1950-01-01' })
  if (delivered && !delivered.ok) r.bad('delivered_on', delivered.reason_zh)
  const note = r.text('note')
  if (note !== undefined && note.length > 200) r.bad('note', `备注有 ${note.length} 个字,最多 200 个,请缩短`)
  const rest = {
    kind: worded(r, 'kind', KIND_WORDS, choices('house_kind')),
    built_area_m2: r.decimal('built_area_m2', { min: '0', max: '999999.99' }),
    inner_area_m2: r.decimal('inner_area_m2', { min: '0', max: '999999.99' }),
    heated_area_m2: r.decimal('heated_area_m2', { min: '0', max: '999999.99' }),
    floor_no: floorOfRow(r),
    state: worded(r, 'state', STATE_WORDS, choices('house_state')),
    delivered_on: delivered?.ok ? delivered.value : undefined,
    note: note === undefined ? undefined : cleanText(note),
  }
  if (rest.built_area_m2 && rest.inner_area_m2 && compareDecimals(rest.inner_area_m2, rest.built_area_m2) > 0) r.bad('inner_area_m2', `套内面积 ${rest.inner_area_m2} 大于建筑面积 ${rest.built_area_m2},请核对`)
  const plates = platesOf(r)
  if (!place) return { data: null, problems: r.problems }
  const given = Object.fromEntries(Object.entries(rest).filter(([, v]) => v !== undefined))
  return { data: { ...place, label: buildLabel(place.building_no, place.unit_no, place.room_no), owners, tenants, plates, ...given }, problems: r.problems }
}
