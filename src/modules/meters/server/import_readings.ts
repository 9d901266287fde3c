// The import of meter readings (抄表读数). The template comes with the community's meters filled in; only the reading is to be typed.
import { sql } from 'kysely'
import { addDays, addMonths } from '../../../kernel/clock.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { sentence } from '../../../kernel/contract.ts'
import { compareDecimals, readText, toDay, toDecimal } from '../../../kernel/sheet/index.ts'
import { parseHouseText } from '../../property/server/index.ts'
import { UndoBlocked, importKind, type Checked, type ImportBatchOf, type ImportFieldSpec, type Mapped, type ParsedRow, type Problem } from '../../system/server/index.ts'
import { words } from '../words.ts'
import { LOCKED } from './closing.ts'
import type { PartValue, ReadingIn } from './facts.ts'
import { checkReadings, recordReadings } from './record.ts'

const KINDS = words.states!['meter_kind']!
const PREFILL_MAX = 20_000

interface ReadingData {
  label?: string
  no?: string
  kind?: string
  reading: string
  read_on?: string
  period?: string
  rolled?: boolean
  parts?: PartValue[]
  note?: string
}

const PART_FIELDS = [
  { key: 'sharp', zh: '尖读数', aliases: ['尖', '尖峰', '本次尖'] },
  { key: 'peak', zh: '峰读数', aliases: ['峰', '高峰', '本次峰'] },
  { key: 'flat', zh: '平读数', aliases: ['平', '平段', '本次平'] },
  { key: 'valley', zh: '谷读数', aliases: ['谷', '低谷', '本次谷'] },
  { key: 'deep', zh: '深谷读数', aliases: ['深谷', '本次深谷'] },
  { key: 'reverse', zh: '反向读数', aliases: ['反向', '反向有功', '本次反向'] },
]
const FIELDS: readonly ImportFieldSpec[] = [
  { key: 'room', zh: '房号', required: false, aliases: ['房间号', '户号', '室号', '房屋编号', '门牌号', '房产', '房屋'], note: '写全,如 1-2-301;已填表号的可以不填', example: '1-2-301', width: 16 },
  { key: 'kind', zh: '表种', required: false, aliases: ['表类型', '类型', '表计类型', '抄表类型', '仪表类型'], choices: Object.values(KINDS), example: '水表', width: 10 },
  { key: 'no', zh: '表号', required: false, aliases: ['水表号', '电表号', '表计编号', '仪表编号', '表编号', '表具编号', '燃气表号'], note: '一户有几块同种的表时必填', example: '', width: 18 },
  { key: 'previous', zh: '上次读数', required: false, aliases: ['上期读数', '起码', '上月读数', '上次抄见数', '上次表底', '期初'], note: '只供参考,不读取', kind: 'number', example: '', width: 12 },
  { key: 'reading', zh: '本次读数', required: true, aliases: ['本期读数', '止码', '本月读数', '读数', '抄见数', '本次抄见数', '表底', '期末', '行度'], kind: 'number', example: '1234.5', width: 12 },
  ...PART_FIELDS.map(({ key, zh, aliases }) => ({ key, zh, required: false, aliases, note: '分时表填写', kind: 'number' as const, example: '', width: 10 })),
  { key: 'rolled', zh: '过零', required: false, aliases: ['是否过零', '翻转', '归零'], note: '表盘走满归零时填「是」', choices: ['是', '否'], example: '', width: 8 },
  { key: 'read_on', zh: '抄表日期', required: false, aliases: ['抄表日', '抄表时间', '日期', '读数日期'], note: '留空时为账期的最后一天或今天', kind: 'day', example: '2024-01-25', width: 14 },
  { key: 'period', zh: '账期', required: false, aliases: ['月份', '所属月份', '抄表月份', '期间', '账单月份', '年月'], note: '如 2024-01;留空时为抄表日期所在的月', example: '2024-01', width: 10 },
  { key: 'note', zh: '备注', required: false, aliases: ['说明'], example: '', width: 20 },
]
const KIND_WORDS: Record<string, string> = { ...Object.fromEntries(Object.entries(KINDS).flatMap(([code, zh]) => [[zh, code], [zh.replace(/表$/, ''), code]])), 自来水: 'water', 冷水: 'water', 冷水表: 'water', 用水: 'water', 用电: 'electricity', 天然气: 'gas', 气表: 'gas', 气: 'gas', 煤气: 'gas', 暖气: 'heat', 热力表: 'heat', 热量表: 'heat' }

/** '2024-01', '2024年1月', '202401', '2024.1'; a day is its month. */
function monthOf(cell: NonNullable<Mapped[string]>, text: string): string | null {
  const m = /^(\d{4})\s*(?:[-/.]|年)\s*(\d{1,2})\s*月?$/.exec(text) ?? /^(\d{4})(\d{2})$/.exec(text)
  if (m) return Number(m[2]) >= 1 && Number(m[2]) <= 12 ? `${m[1]}-${m[2]!.padStart(2, '0')}` : null
  const day = toDay(cell)
  return day.ok ? day.value.slice(0, 7) : null
}

export function parseReadingRow(m: Mapped): { data: ReadingData | null; problems: Problem[] } | null {
  const problems: Problem[] = []
  const text = (field: string): string | undefined => {
    const cell = m[field]
    if (cell === undefined) return undefined
    const r = readText(cell)
    if (!r.ok && !r.empty) problems.push({ field, reason: r.reason_zh })
    return r.ok ? r.value : undefined
  }
  const [room, no, kind, period, note, reading] = [text('room'), text('no'), text('kind'), text('period'), text('note'), text('reading')]
  const read_on = text('read_on')
  // A meter of the filled-in template that was not read is no row.
  if (reading === undefined && !problems.some((p) => p.field === 'reading')) return null
  const out: Partial<ReadingData> = {}
  if (room !== undefined) {
    const house = parseHouseText(room)
    if (house) out.label = house.label
    else if (no === undefined) problems.push({ field: 'room', reason: `「${room.slice(0, 30)}」不是完整的房号,请写成 1-2-301 或 1栋2单元301,或填写表号` })
  } else if (no === undefined) problems.push({ field: 'room', reason: '房号和表号都是空的,不知道是哪块表,请至少填一个' })
  if (no !== undefined) out.no = no
  if (kind !== undefined) {
    const code = KIND_WORDS[kind]
    if (code) out.kind = code
    else problems.push({ field: 'kind', reason: `「${kind.slice(0, 30)}」不是表种,请改为:${Object.values(KINDS).join('、')}` })
  }
  const value = toDecimal(m['reading'] ?? '', { scale: 4, min: '0', max: '9999999999' })
  if (value.ok) out.reading = value.value
  else if (!problems.some((p) => p.field === 'reading')) problems.push({ field: 'reading', reason: value.reason_zh })
  const parts = PART_FIELDS.flatMap(({ key }) => {
    if (text(key) === undefined) return []
    const part = toDecimal(m[key]!, { scale: 4, min: '0', max: '9999999999' })
    if (part.ok) return [{ register: key, reading: part.value }]
    problems.push({ field: key, reason: part.reason_zh })
    return []
  })
  if (parts.length) out.parts = parts
  const rolled = text('rolled')
  if (rolled !== undefined && /^(是|过零|1|y|yes|√)$/i.test(rolled)) out.rolled = true
  if (read_on !== undefined) {
    const day = toDay(m['read_on']!)
    if (day.ok) out.read_on = day.value
    else problems.push({ field: 'read_on', reason: day.reason_zh })
  }
  if (period !== undefined) {
    const month = monthOf(m['period']!, period)
    if (month) out.period = month
    else problems.push({ field: 'period', reason: `「${period.slice(0, 30)}」不是月份,请写成 2024-01` })
  } else if (read_on === undefined) problems.push({ field: 'read_on', reason: '抄表日期和账期都是空的,请至少填一个' })
  if (note !== undefined) out.note = note.slice(0, 200)
  return { data: out.reading === undefined || (out.period === undefined && out.read_on === undefined) || (out.label === undefined && out.no === undefined) ? null : (out as ReadingData), problems }
}

interface Found {
  meter_id: string
  house_id: string | null
  label: string
  kind: string
  no: string
}
type Rows = ImportBatchOf<ReadingData>

/** Meters of the community by number, and by house; replaced ones only by number. */
async function metersOf(scope: Scope, { community_id, rows }: Rows): Promise<{ byNo: Map<string, Found[]>; byHouse: Map<string, Found[]> }> {
  const { rows: found } = await sql<Found & { removed: boolean }>`select m.meter_id, m.house_id, coalesce(h.label, m.name) as label, m.kind, m.no, m.removed_on is not null as removed from meters.meter m left join property.house h on h.company_id = ${scope.company_id} and h.house_id = m.house_id
    where m.company_id = ${scope.company_id} and m.community_id = ${community_id} and (m.no = any(${rows.flatMap((r) => r.data.no ?? [])}::text[]) or m.house_id in (select g.house_id from property.house g where g.company_id = ${scope.company_id} and g.community_id = ${community_id} and g.label = any(${rows.flatMap((r) => r.data.label ?? [])}::text[])))`.execute(scope.db)
  return { byNo: Map.groupBy(found, (f) => f.no), byHouse: Map.groupBy(found.filter((f) => !f.removed), (f) => f.label) }
}

function meterOf(d: ReadingData, all: Awaited<ReturnType<typeof metersOf>>): { meter: Found } | Problem {
  const kinds = (list: readonly Found[]) => list.filter((f) => d.kind === undefined || f.kind === d.kind)
  if (d.no !== undefined) {
    const list = kinds(all.byNo.get(d.no) ?? [])
    if (list.length === 0) return { field: 'no', reason: `本小区没有表号为「${d.no}」的${d.kind ? KINDS[d.kind] : '表'},请核对表号,或先登记这块表` }
    if (list.length > 1) return { field: 'kind', reason: `表号「${d.no}」有 ${list.length} 块不同种的表,请填写表种` }
    if (d.label !== undefined && list[0]!.label !== d.label) return { field: 'room', reason: `表号「${d.no}」登记在 ${list[0]!.label},与文件中的 ${d.label} 不一致,请核对` }
    return { meter: list[0]! }
  }
  const list = kinds(all.byHouse.get(d.label!) ?? [])
  if (list.length === 1) return { meter: list[0]! }
  return list.length === 0 ? { field: 'room', reason: `${d.label} 没有登记${d.kind ? KINDS[d.kind] : '表'},请核对房号,或先登记这块表` } : { field: d.kind ? 'no' : 'kind', reason: `${d.label} 有 ${list.length} 块表,请填写${d.kind ? '表号' : '表种或表号'}` }
}

function readingIn(scope: Scope, d: ReadingData, meter_id: string): ReadingIn {
  const period = d.period ?? d.read_on!.slice(0, 7)
  const last = addDays(`${addMonths(period, 1)}-01`, -1)
  return { meter_id, period_on: `${period}-01`, read_on: d.read_on ?? (last > scope.today ? scope.today : last), reading: d.reading, rolled: d.rolled, parts: d.parts, note: d.note?.slice(0, 100) ?? null, source: 'excel' }
}

interface Look {
  row: ParsedRow<ReadingData>
  meter?: Found
  reading?: ReadingIn
  problems: Problem[]
  same: boolean
}
async function look(scope: Scope, batch: Rows): Promise<Look[]> {
  const all = await metersOf(scope, batch)
  const seen = new Map<string, number>()
  const out = batch.rows.map((row): Look => {
    const m = meterOf(row.data, all)
    if (!('meter' in m)) return { row, problems: [m], same: false }
    const reading = readingIn(scope, row.data, m.meter.meter_id)
    const key = `${reading.meter_id} ${reading.period_on}`
    const first_no = seen.get(key)
    seen.set(key, first_no ?? row.row_no)
    return { row, meter: m.meter, reading, problems: first_no === undefined ? [] : [{ field: 'reading', reason: `与第 ${first_no} 行是同一块表的同一个月,请只留一行` }], same: false }
  })
  const good = out.filter((l) => l.problems.length === 0)
  for (const p of await checkReadings(scope, good.map((l) => l.reading!))) {
    const l = good[p.index]!
    // The same number again is no mistake: the file was sent twice.
    if (p.code === 'meters.already_read' && compareDecimals(String(p.params['reading']), l.reading!.reading) === 0) l.same = true
    else l.problems.push({ field: p.code === 'meters.read_on_out' ? 'read_on' : 'reading', reason: sentence(words.refusals[p.code] ?? p.code, p.params) })
  }
  return out
}

async function check(scope: Scope, batch: Rows): Promise<Map<number, Checked>> {
  return new Map((await look(scope, batch)).map((l): [number, Checked] => [l.row.row_no, { problems: l.problems, effect: l.same ? 'same' : 'new' }]))
}

async function apply(scope: Scope, batch: Rows): Promise<Map<number, unknown>> {
  const rows = (await look(scope, batch)).filter((l) => !l.same)
  const done = new Map((await recordReadings(scope, rows.map((l) => l.reading!))).map((d) => [d.meter_id, d]))
  return new Map(rows.map((l) => [l.row.row_no, { reading_id: done.get(l.meter!.meter_id)!.reading_id, reading: l.reading!.reading, what: `${l.meter!.label} 表「${l.meter!.no}」` } satisfies ReadingUndo]))
}

interface ReadingUndo {
  reading_id: string
  reading: string
  what: string
}
async function undo(scope: Scope, rows: readonly { row_no: number; undo: ReadingUndo }[]): Promise<void> {
  const c = scope.company_id
  const ids = rows.map((r) => r.undo.reading_id)
  const { rows: found } = await sql<{ reading_id: string; reading: string; state: string; locked: boolean; later: boolean; changed: boolean }>`select r.reading_id, r.reading, r.state, ${LOCKED} as locked,
      exists (select from meters.reading l where l.company_id = ${c} and l.meter_id = r.meter_id and l.period_on > r.period_on and not l.reading_id = any(${ids}::uuid[])) as later,
      exists (select from meters.reading_change x where x.company_id = ${c} and x.reading_id = r.reading_id) as changed
    from meters.reading r join meters.meter m on m.company_id = ${c} and m.meter_id = r.meter_id
    where r.company_id = ${c} and r.reading_id = any(${ids}::uuid[]) order by r.reading_id for update of r`.execute(scope.db)
  const have = new Map(found.map((f) => [f.reading_id, f]))
  for (const r of rows) {
    const now = have.get(r.undo.reading_id)
    const reason = !now ? '已被删除' : now.locked ? '已出账,请先作废账单' : now.later ? '之后又抄了新的读数,请先处理较新的读数' : now.changed || now.state === 'corrected' || compareDecimals(now.reading, r.undo.reading) !== 0 ? '入库后又更正或放行过' : undefined
    if (reason) throw new UndoBlocked(r.row_no, r.undo.what, reason)
  }
  await sql`delete from meters.reading_part where company_id = ${c} and reading_id = any(${ids}::uuid[])`.execute(scope.db)
  await sql`delete from meters.reading where company_id = ${c} and reading_id = any(${ids}::uuid[])`.execute(scope.db)
}

async function prefill(scope: Scope, { community_id }: { community_id: string | null }): Promise<Record<string, string | null>[]> {
  const { rows } = await sql<{ room: string | null; kind: string; no: string; previous: string }>`select h.label as room, m.kind, m.no, trim_scale(coalesce(l.reading, m.start_reading))::text as previous from meters.meter m
    left join property.house h on h.company_id = ${scope.company_id} and h.house_id = m.house_id
    left join lateral (select r.reading from meters.reading r where r.company_id = ${scope.company_id} and r.meter_id = m.meter_id order by r.period_on desc limit 1) l on true
    where m.company_id = ${scope.company_id} and m.community_id = ${community_id} and m.removed_on is null order by m.house_id is not null, h.sort_no, coalesce(h.label, m.name), m.kind, m.no limit ${PREFILL_MAX}`.execute(scope.db)
  return rows.map((r) => ({ ...r, kind: KINDS[r.kind] ?? r.kind, read_on: scope.today }))
}

export const readingsImport = importKind<ReadingData>({
  kind: 'meters.readings',
  zh: '抄表读数',
  may: ['meters.reading.write'],
  needs_community: true,
  fields: FIELDS,
  notes: ['模板里已填好本小区的表,只需填「本次读数」;没有抄到的留空,不会导入', '用量由本次读数减去系统里的上次读数再乘倍率算出,文件里的上次读数不读取', '已抄过的月份不能用导入改写,请用「更正」'],
  page: '/meters/readings',
  grows: ['meters.reading'],
  prefill,
  parse: parseReadingRow,
  keyOf: (d) => `${d.no ?? d.label}\u0001${d.kind ?? ''}\u0001${d.period ?? d.read_on?.slice(0, 7) ?? ''}`,
  key_field: 'reading',
  check,
  apply,
  undo: (scope, b) => undo(scope, b.rows as { row_no: number; undo: ReadingUndo }[]),
})
