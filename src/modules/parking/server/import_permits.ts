// The import of vehicles that may park (车辆授权): one row a permit with its plates. A plate that stands on a permit of the lot already is said, not changed: who holds what is a
// matter for the screen. Undone, a permit is ended; it stays as history.
import { sql } from 'kysely'
import { uuidv7 } from '../../../kernel/ids.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { readText, toDay, toDecimal } from '../../../kernel/sheet/index.ts'
import { UndoBlocked, importKind, type Checked, type ImportBatchOf, type ImportFieldSpec, type Mapped, type Problem } from '../../system/server/index.ts'
import { words } from '../words.ts'
import { readPlate } from './rules/plates.ts'

interface PermitData {
  lot: string
  kind: string
  plates: string[]
  house?: string
  holder_name: string
  holder_phone?: string
  places?: number
  card_no?: string
  from_on?: string
  to_on?: string
  reason?: string
}
type Field = keyof PermitData
const ZH: Record<Field, string> = { lot: '车场', kind: '类别', plates: '车牌', house: '房号', holder_name: '持有人', holder_phone: '电话', places: '车位数', card_no: '车卡号', from_on: '起始日', to_on: '截止日', reason: '备注' }
/** Nobody is put on the black list by a file. */
const KINDS = Object.entries(words.states!['permit_kind']!).filter(([k]) => k !== 'black')
const PLATES_MAX = 20
const FIELDS: readonly ImportFieldSpec[] = [
  { key: 'lot', zh: ZH.lot, required: true, aliases: ['停车场', '所在车场', '车场名称'], example: '地下停车场', width: 16 },
  { key: 'plates', zh: ZH.plates, required: true, aliases: ['车牌号', '车牌号码', '牌照'], note: '多个车牌用顿号或逗号隔开', example: '陕C12345、陕CD12345', width: 24 },
  { key: 'kind', zh: ZH.kind, required: true, aliases: ['车辆类别', '授权类别', '车位类型', '类型'], choices: KINDS.map(([, zh]) => zh), example: '租用车位', width: 12 },
  { key: 'house', zh: ZH.house, required: false, aliases: ['房产', '房间号', '住址'], note: '产权车位、租用车位必填', example: '3-1-502', width: 12 },
  { key: 'holder_name', zh: ZH.holder_name, required: true, aliases: ['车主', '姓名', '车主姓名', '业主姓名'], example: '王秀兰', width: 12 },
  { key: 'holder_phone', zh: ZH.holder_phone, required: false, aliases: ['手机', '手机号', '联系电话', '车主电话'], example: '13800000000', width: 14 },
  { key: 'places', zh: ZH.places, required: false, aliases: ['车位', '可停车位数', '同时停放'], note: '留空为 1', kind: 'number', example: '1', width: 8 },
  { key: 'card_no', zh: ZH.card_no, required: false, aliases: ['卡号', '停车卡号'], note: '一车一卡,不能重复', example: 'K0001', width: 12 },
  { key: 'from_on', zh: ZH.from_on, required: false, aliases: ['开始日期', '起', '生效日期'], note: '留空为今天', kind: 'day', example: '2026-01-01', width: 12 },
  { key: 'to_on', zh: ZH.to_on, required: false, aliases: ['到期日', '截止日期', '止'], note: '不含当日;留空为长期', kind: 'day', example: '2027-01-01', width: 12 },
  { key: 'reason', zh: ZH.reason, required: false, aliases: ['说明', '车型', '品牌'], example: '', width: 20 },
]
const LENGTHS: Partial<Record<Field, number>> = { lot: 30, house: 40, holder_name: 40, card_no: 20, reason: 200 }

function parsePermitRow(m: Mapped): { data: PermitData | null; problems: Problem[] } | null {
  const problems: Problem[] = []
  const out: Partial<PermitData> = {}
  for (const field of Object.keys(ZH) as Field[]) {
    const cell = m[field]
    if (cell === undefined) continue
    if (field === 'from_on' || field === 'to_on') {
      const day = toDay(cell)
      if (day.ok) out[field] = day.value
      else if (!day.empty) problems.push({ field, reason: day.reason_zh })
      continue
    }
    if (field === 'places') {
      const n = toDecimal(cell, { scale: 0, min: '1', max: '200' })
      if (n.ok) out.places = Number.parseInt(n.value, 10)
      else if (!n.empty) problems.push({ field, reason: n.reason_zh })
      continue
    }
    const text = readText(cell)
    if (!text.ok) {
      if (!text.empty) problems.push({ field, reason: text.reason_zh })
      continue
    }
    const max = LENGTHS[field]
    if (max !== undefined && text.value.length > max) problems.push({ field, reason: `有 ${text.value.length} 个字,最多 ${max} 个,请缩短` })
    else if (field === 'plates') {
      const list = text.value.split(/[、,,;;/\s]+/).filter(Boolean)
      const bad = list.find((x) => readPlate(x) === null)
      if (bad) problems.push({ field, reason: `「${bad.slice(0, 20)}」不像车牌,请核对` })
      else if (list.length > PLATES_MAX) problems.push({ field, reason: `一行最多 ${PLATES_MAX} 个车牌,请分成几行` })
      else out.plates = [...new Set(list.map((x) => readPlate(x)!))]
    } else if (field === 'kind') {
      const code = KINDS.find(([, zh]) => zh === text.value)?.[0]
      if (code) out.kind = code
      else problems.push({ field, reason: `「${text.value.slice(0, 20)}」不在可选范围,请改为:${KINDS.map(([, zh]) => zh).join('、')}` })
    } else if (field === 'holder_phone' && !/^1\d{10}$/.test(text.value)) problems.push({ field, reason: '应为 11 位手机号' })
    else out[field] = text.value
  }
  if (Object.keys(out).length === 0 && problems.length === 0) return null
  for (const field of ['lot', 'plates', 'kind', 'holder_name'] as const) if (out[field] === undefined && !problems.some((p) => p.field === field)) problems.push({ field, reason: `${ZH[field]}是空的,请填写;如是多余的行请删去` })
  if ((out.kind === 'owner_bay' || out.kind === 'lease') && out.house === undefined && !problems.some((p) => p.field === 'house')) problems.push({ field: 'house', reason: '产权车位和租用车位要填房号' })
  if (out.from_on && out.to_on && out.to_on <= out.from_on) problems.push({ field: 'to_on', reason: '截止日应晚于起始日' })
  return { data: out.lot === undefined || out.plates === undefined || out.kind === undefined || out.holder_name === undefined ? null : (out as PermitData), problems }
}

type Rows = ImportBatchOf<PermitData>
const asJson = (batch: Rows): string => JSON.stringify(batch.rows.map((r) => ({ row_no: r.row_no, ...r.data })))
interface Seen {
  row_no: number
  lot_id: string | null
  house_id: string | null
  taken_plate: string | null
  taken_by: string | null
  card_by: string | null
  twice: number | null
}
/** Lots and houses by name in the community, plates that stand on a living permit of the lot, cards in use. */
async function look(scope: Scope, batch: Rows): Promise<Map<number, Seen>> {
  const c = scope.company_id
  const { rows } = await sql<Seen>`with x as materialized (select * from jsonb_to_recordset(${asJson(batch)}::jsonb) as x(row_no int, lot text, kind text, plates jsonb, house text, card_no text)), p as materialized (select x.row_no, x.lot, q.plate from x cross join lateral jsonb_array_elements_text(x.plates) as q(plate))
    select x.row_no, l.lot_id, h.house_id, t.plate as taken_plate, t.holder_name as taken_by, (select k.holder_name from parking.permit k where k.company_id = ${c} and k.card_no = x.card_no limit 1) as card_by, (select min(b.row_no) from p a join p b on b.plate = a.plate and b.lot = a.lot and b.row_no <> a.row_no where a.row_no = x.row_no) as twice
    from x left join parking.lot l on l.company_id = ${c} and l.community_id = ${batch.community_id}::uuid and l.name = x.lot and l.retired_at is null left join property.house h on h.company_id = ${c} and h.community_id = ${batch.community_id}::uuid and h.label = x.house
      left join lateral (select pp.plate, pm.holder_name from p join parking.permit_plate pp on pp.company_id = ${c} and pp.lot_id = l.lot_id and pp.plate = p.plate and (pp.to_on is null or pp.to_on > ${scope.today}::date) join parking.permit pm on pm.company_id = ${c} and pm.permit_id = pp.permit_id and pm.state in ('asked', 'live') and pm.kind <> 'black' and (pm.to_on is null or pm.to_on > ${scope.today}::date) where p.row_no = x.row_no limit 1) t on true`.execute(scope.db)
  return new Map(rows.map((r) => [r.row_no, r]))
}
async function check(scope: Scope, batch: Rows): Promise<Map<number, Checked>> {
  const seen = await look(scope, batch)
  return new Map(batch.rows.map((r): [number, Checked] => {
    const s = seen.get(r.row_no)
    const problems: Problem[] = []
    if (!s?.lot_id) problems.push({ field: 'lot', reason: `小区里没有车场「${r.data.lot}」,请先在「车场」登记或改正名称` })
    if (r.data.house && !s?.house_id) problems.push({ field: 'house', reason: `小区里没有房号「${r.data.house}」,请核对` })
    if (s?.taken_plate) problems.push({ field: 'plates', reason: `${s.taken_plate} 已在「${s.taken_by ?? ''}」名下,请在「车辆授权与月卡」修改,或从文件里删去` })
    if (s?.twice) problems.push({ field: 'plates', reason: `与第 ${s.twice} 行有相同的车牌,请合并成一行` })
    if (s?.card_by) problems.push({ field: 'card_no', reason: `卡号已由「${s.card_by}」使用,一车一卡` })
    return [r.row_no, { problems, effect: 'new' }]
  }))
}
async function apply(scope: Scope, batch: Rows): Promise<Map<number, unknown>> {
  const c = scope.company_id
  const seen = await look(scope, batch)
  const made = batch.rows.map((r) => ({ row_no: r.row_no, permit_id: uuidv7(), lot_id: seen.get(r.row_no)!.lot_id, house_id: seen.get(r.row_no)!.house_id, ...r.data, from_on: r.data.from_on ?? scope.today, places: r.data.places ?? 1 }))
  const json = JSON.stringify(made)
  await sql`insert into parking.permit (company_id, permit_id, lot_id, kind, house_id, holder_name, holder_phone, places, card_no, state, from_on, to_on, reason, created_by, created_at)
    select ${c}, x.permit_id, x.lot_id, x.kind, x.house_id, x.holder_name, x.holder_phone, x.places, x.card_no, 'live', x.from_on, x.to_on, x.reason, ${scope.who.account_id}::uuid, ${scope.now} from jsonb_to_recordset(${json}::jsonb) as x(permit_id uuid, lot_id uuid, kind text, house_id uuid, holder_name text, holder_phone text, places int, card_no text, from_on date, to_on date, reason text)`.execute(scope.db)
  await sql`insert into parking.permit_plate (company_id, permit_id, plate, lot_id, from_on) select ${c}, x.permit_id, q.plate, x.lot_id, least(x.from_on, ${scope.today}::date) from jsonb_to_recordset(${json}::jsonb) as x(permit_id uuid, lot_id uuid, plates jsonb, from_on date) cross join lateral jsonb_array_elements_text(x.plates) as q(plate)`.execute(scope.db)
  await listsChanged(scope, [...new Set(made.map((m) => m.lot_id!))])
  return new Map(made.map((m) => [m.row_no, { permit_id: m.permit_id, holder_name: m.holder_name }]))
}
const listsChanged = (scope: Scope, lot_ids: readonly string[]) =>
  sql`update parking.camera_state s set list_at = null from parking.camera k join parking.lane n on n.company_id = ${scope.company_id} and n.lane_id = k.lane_id where s.company_id = ${scope.company_id} and k.company_id = ${scope.company_id} and k.camera_id = s.camera_id and n.lot_id = any(${[...lot_ids]}::uuid[])`.execute(scope.db)
async function undo(scope: Scope, rows: readonly { row_no: number; undo: { permit_id: string; holder_name: string } }[]): Promise<void> {
  const c = scope.company_id
  const ids = rows.map((r) => r.undo.permit_id)
  const { rows: found } = await sql<{ permit_id: string; state: string; stayed: boolean; billed: boolean; lot_id: string }>`select p.permit_id, p.lot_id, p.state, exists (select from parking.stay s where s.company_id = ${c} and s.permit_id = p.permit_id) as stayed, exists (select from parking.term t where t.company_id = ${c} and t.permit_id = p.permit_id) as billed from parking.permit p where p.company_id = ${c} and p.permit_id = any(${ids}::uuid[]) order by p.permit_id for update`.execute(scope.db)
  const have = new Map(found.map((p) => [p.permit_id, p]))
  for (const r of rows) {
    const p = have.get(r.undo.permit_id)
    const why = p?.state !== 'live' ? '入库后已注销' : p.stayed ? '已有停车记录' : p.billed ? '已有月租账单' : null
    if (why) throw new UndoBlocked(r.row_no, r.undo.holder_name, why)
  }
  await sql`update parking.permit set state = 'ended', ended_by = ${scope.who.account_id}::uuid, ended_at = ${scope.now}, card_no = null, reason = coalesce(reason || ';', '') || '撤销导入' where company_id = ${c} and permit_id = any(${ids}::uuid[])`.execute(scope.db)
  await listsChanged(scope, [...new Set(found.map((p) => p.lot_id))])
}

export const permitsImport = importKind<PermitData>({
  kind: 'parking.permits',
  zh: '车辆授权',
  may: ['parking.permit.write'],
  needs_community: true,
  fields: FIELDS,
  notes: ['每份授权一行,同一户多辆车共用车位的写在一行,车牌用顿号隔开', '车牌已在名下的不会改动,请在「车辆授权与月卡」修改', '月租车导入后到「车辆授权与月卡」续期出账,缴费后生效'],
  page: '/parking/permits',
  grows: ['parking.permit', 'parking.permit_plate'],
  parse: parsePermitRow,
  keyOf: (d) => `${d.lot}\u0001${d.plates[0] ?? ''}`,
  key_field: 'plates',
  check,
  apply,
  undo: (scope, b) => undo(scope, b.rows as { row_no: number; undo: { permit_id: string; holder_name: string } }[]),
})
