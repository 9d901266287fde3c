// The register from a survey's Excel (GOV-01): one row a community, known again by district and name; districts are found by name, companies and indicators come with the row.
import { sql } from 'kysely'
import { uuidv7 } from '../../../kernel/ids.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { readText, toDecimal } from '../../../kernel/sheet/index.ts'
import { UndoBlocked, importKind, type Checked, type ImportBatchOf, type ImportFieldSpec, type Mapped, type Problem } from '../../system/server/index.ts'
import { HAND_CODES, PLACE_KINDS, type HAND_ANSWERS } from '../contract.ts'
import { shown } from '../shown.ts'
import { districtsOf } from './config.ts'

type HandCode = (typeof HAND_CODES)[number]
type Said = (typeof HAND_ANSWERS)[number]
interface PlaceData { district: string; name: string; kind: string; address: string | null; built_area_m2: string | null; household_count: number | null; building_count: number | null; built_year: number | null; manager: string | null; managed_by: 'company' | 'self' | null; facts: { code: HandCode; answer: Said }[] }
const ANSWERS_ZH: Record<string, Said> = { 达到: 'yes', 是: 'yes', 有: 'yes', 已签: 'yes', 已成立: 'yes', 未达到: 'no', 否: 'no', 无: 'no', 未签: 'no', 未成立: 'no', 不适用: 'na', '/': 'na' }
const FIELDS: readonly ImportFieldSpec[] = [
  { key: 'district', zh: '辖区', required: true, aliases: ['街道', '社区', '所属街道', '所属社区', '街道(镇)'], note: '写系统里已有的街道或社区的名称', example: '首善街道', width: 16 },
  { key: 'name', zh: '小区名称', required: true, aliases: ['小区', '名称', '项目名称'], example: '示例小区', width: 20 },
  { key: 'kind', zh: '类型', required: false, aliases: ['小区类型', '房屋性质'], note: `如 ${PLACE_KINDS.slice(0, 3).join('、')};不填为商品房`, example: '商品房', width: 12 },
  { key: 'address', zh: '地址', required: false, aliases: ['坐落', '小区地址'], example: '', width: 24 },
  { key: 'area', zh: '建筑面积(㎡)', required: false, aliases: ['建筑面积', '面积', '总建筑面积'], example: '52000', width: 14, kind: 'number' },
  { key: 'households', zh: '户数', required: false, aliases: ['总户数', '住户数'], example: '480', width: 8, kind: 'number' },
  { key: 'buildings', zh: '楼栋数', required: false, aliases: ['栋数', '楼栋', '幢数'], example: '8', width: 8, kind: 'number' },
  { key: 'year', zh: '建成年份', required: false, aliases: ['建成时间', '竣工年份'], example: '2012', width: 10, kind: 'number' },
  { key: 'firm', zh: '管理单位', required: false, aliases: ['物业企业', '物业公司', '物业服务企业'], note: '物业企业的全称;自管的写「业主自管」,没有的不填', example: '', width: 26 },
  ...HAND_CODES.map((code): ImportFieldSpec => ({ key: code, zh: shown('code', code).replace(/率$/, ''), required: false, aliases: [shown('code', code)], choices: ['达到', '未达到', '不适用'], example: '', width: 12 })),
]
export function parsePlaceRow(m: Mapped): { data: PlaceData | null; problems: Problem[] } | null {
  const problems: Problem[] = []
  const text = (field: string, max: number): string | null => {
    const cell = m[field]
    if (cell === undefined) return null
    const r = readText(cell)
    if (!r.ok && !r.empty) problems.push({ field, reason: r.reason_zh })
    return r.ok ? r.value.slice(0, max) : null
  }
  const number = (field: string, scale: number, least: number, most: number): string | null => {
    const cell = m[field]
    if (cell === undefined) return null
    const r = toDecimal(cell, { scale, min: String(least), max: String(most) })
    if (!r.ok && !r.empty) problems.push({ field, reason: r.reason_zh })
    return r.ok ? r.value : null
  }
  const [district, name, kind, address, manager] = [text('district', 60), text('name', 60), text('kind', 12), text('address', 100), text('firm', 80)]
  const [area, households, buildings, year] = [number('area', 2, 0, 999_999_999), number('households', 0, 0, 200_000), number('buildings', 0, 0, 2000), number('year', 0, 1900, 2200)]
  if (district === null && name === null && area === null && problems.length === 0) return null
  if (name === null) problems.push({ field: 'name', reason: '小区名称是空的,请填写' })
  if (district === null) problems.push({ field: 'district', reason: '辖区是空的,请填写街道或社区' })
  const facts = HAND_CODES.flatMap((code) => {
    const said = text(code, 10)
    if (said === null) return []
    const answer = ANSWERS_ZH[said]
    if (!answer) problems.push({ field: code, reason: `「${said}」应为 达到、未达到 或 不适用` })
    return answer ? [{ code, answer }] : []
  })
  if (name === null || district === null) return { data: null, problems }
  const none = manager === null || manager === '无' || manager === '无人管理'
  const self = manager === '业主自管' || manager === '自管'
  const whole = (v: string | null): number | null => (v === null ? null : Number.parseInt(v, 10))
  return { data: { district, name, kind: kind ?? PLACE_KINDS[0], address, built_area_m2: area, household_count: whole(households), building_count: whole(buildings), built_year: whole(year), manager: none || self ? null : manager, managed_by: none ? null : self ? 'self' : 'company', facts }, problems }
}
type Rows = ImportBatchOf<PlaceData>
interface Now { place_id: string; kind: string; address: string | null; built_area_m2: string | null; household_count: number | null; building_count: number | null; built_year: number | null; retired: boolean; holder: string | null; changed_at: string }
interface Found { row_no: number; district_ids: string[]; now: Now | null }
async function look(scope: Scope, { rows }: Rows): Promise<Map<number, Found>> {
  const c = scope.company_id
  const districts = (await districtsOf(scope)).filter((d) => !d.retired)
  const at = rows.map((r) => ({ row_no: r.row_no, name: r.data.name, ids: districts.filter((d) => d.name === r.data.district || d.path === r.data.district).map((d) => d.district_id) }))
  const { rows: found } = await sql<{ row_no: number; now: Now | null }>`select x.row_no, (select jsonb_build_object('place_id', p.place_id, 'kind', p.kind, 'address', p.address, 'built_area_m2', p.built_area_m2::text, 'household_count', p.household_count, 'building_count', p.building_count, 'built_year', p.built_year, 'retired', p.retired_at is not null, 'changed_at', p.changed_at,
        'holder', (select coalesce(f.name, t.holder) from supervision.tenure t left join supervision.firm f on f.company_id = ${c} and f.firm_id = t.firm_id where t.company_id = ${c} and t.place_id = p.place_id and t.from_on <= ${scope.today}::date and (t.to_on is null or t.to_on >= ${scope.today}::date) limit 1))
      from supervision.place p where p.company_id = ${c} and p.district_id = x.district_id and p.name = x.name) as now from unnest(${at.map((r) => r.row_no)}::int[], ${at.map((r) => r.ids[0] ?? null)}::uuid[], ${at.map((r) => r.name)}::text[]) as x(row_no, district_id, name)`.execute(scope.db)
  const by = new Map(found.map((f) => [f.row_no, f.now]))
  return new Map(at.map((r) => [r.row_no, { row_no: r.row_no, district_ids: r.ids, now: by.get(r.row_no) ?? null }]))
}
const SHOWN = [['kind', '类型'], ['address', '地址'], ['built_area_m2', '建筑面积'], ['household_count', '户数'], ['building_count', '楼栋'], ['built_year', '建成年份']] as const
/** An empty cell clears nothing. */
const after = (now: Now | null, d: PlaceData) => ({ kind: d.kind, address: d.address ?? now?.address ?? null, built_area_m2: d.built_area_m2 === null ? (now?.built_area_m2 ?? null) : Number(d.built_area_m2).toFixed(2), household_count: d.household_count ?? now?.household_count ?? null, building_count: d.building_count ?? now?.building_count ?? null, built_year: d.built_year ?? now?.built_year ?? null })
const text = (v: string | number | null): string => (v === null || v === '' ? '空' : String(v))
async function check(scope: Scope, batch: Rows): Promise<Map<number, Checked>> {
  const have = await look(scope, batch)
  return new Map(batch.rows.map(({ row_no, data: d }): [number, Checked] => {
    const f = have.get(row_no)!
    if (f.district_ids.length !== 1) return [row_no, { problems: [{ field: 'district', reason: f.district_ids.length === 0 ? `没有叫「${d.district}」的辖区,请先在「监管设置」里设立,或写成系统里的名称` : `有多个「${d.district}」,请写出上级,如「眉县 首善街道」` }], effect: 'same' }]
    if (f.now?.retired) return [row_no, { problems: [{ field: 'name', reason: `「${d.name}」已撤销登记` }], effect: 'same' }]
    if (f.now?.holder && d.manager && f.now.holder !== d.manager) return [row_no, { problems: [{ field: 'firm', reason: `登记的管理单位是「${f.now.holder}」;换了单位请在小区档案里结束原管理` }], effect: 'same' }]
    if (!f.now) return [row_no, { problems: [], effect: 'new' }]
    const next = after(f.now, d)
    const changes = SHOWN.filter(([k]) => text(f.now![k]) !== text(next[k])).map(([k, zh]) => ({ zh, before: text(f.now![k]), after: text(next[k]) }))
    return [row_no, { problems: [], effect: changes.length || d.facts.length ? 'change' : 'same', changes: [...changes, ...d.facts.map((x) => ({ zh: shown('code', x.code), before: '', after: shown('answer', x.answer) }))] }]
  }))
}
interface Undo { place_id: string; what: string; before: Now | null; tenure_id: string | null }
async function apply(scope: Scope, batch: Rows): Promise<Map<number, unknown>> {
  const c = scope.company_id
  const have = await look(scope, batch)
  const firms = [...new Set(batch.rows.flatMap((r) => r.data.manager ?? []))]
  await sql`insert into supervision.firm (company_id, firm_id, name, created_at, changed_by, changed_at) select ${c}, x.firm_id, x.name, ${scope.now}, ${scope.who.account_id}::uuid, ${scope.now} from unnest(${firms.map(() => uuidv7())}::uuid[], ${firms}::text[]) as x(firm_id, name) on conflict (company_id, name) do nothing`.execute(scope.db)
  const rows = batch.rows.map((r) => {
    const f = have.get(r.row_no)!
    const managed = r.data.managed_by !== null && !f.now?.holder
    return { row_no: r.row_no, now: f.now, d: r.data, tenure_id: managed ? uuidv7() : null, value: { place_id: f.now?.place_id ?? uuidv7(), district_id: f.district_ids[0]!, name: r.data.name, ...after(f.now, r.data) } }
  })
  const RECORD = sql`place_id uuid, district_id uuid, name text, kind text, address text, built_area_m2 numeric, household_count int, building_count int, built_year int`
  await sql`insert into supervision.place (company_id, place_id, district_id, name, kind, address, built_area_m2, household_count, building_count, built_year, import_id, created_at, changed_by, changed_at) select ${c}, x.place_id, x.district_id, x.name, x.kind, x.address, x.built_area_m2, x.household_count, x.building_count, x.built_year, ${batch.import_id}::uuid, ${scope.now}::timestamptz, ${scope.who.account_id}::uuid, ${scope.now}::timestamptz
    from jsonb_to_recordset(${JSON.stringify(rows.filter((r) => !r.now).map((r) => r.value))}::jsonb) as x(${RECORD})`.execute(scope.db)
  await write(scope, rows.filter((r) => r.now).map((r) => r.value))
  await sql`insert into supervision.fact (company_id, fact_id, place_id, code, answer, said, import_id, made_by_name, made_at) select ${c}, x.fact_id, x.place_id, x.code, x.answer, '批量导入', ${batch.import_id}::uuid, ${scope.who.name}, ${scope.now}::timestamptz
    from jsonb_to_recordset(${JSON.stringify(rows.flatMap((r) => r.d.facts.map((x) => ({ fact_id: uuidv7(), place_id: r.value.place_id, ...x }))))}::jsonb) as x(fact_id uuid, place_id uuid, code text, answer text)`.execute(scope.db)
  await sql`insert into supervision.tenure (company_id, tenure_id, place_id, kind, firm_id, holder, from_on, basis, made_by_name, made_at) select ${c}, x.tenure_id, x.place_id, x.kind, f.firm_id, case when x.kind = 'self' then '业主自管' end, ${scope.today}::date, '批量导入', ${scope.who.name}, ${scope.now}::timestamptz
    from jsonb_to_recordset(${JSON.stringify(rows.filter((r) => r.tenure_id).map((r) => ({ tenure_id: r.tenure_id, place_id: r.value.place_id, kind: r.d.managed_by, firm: r.d.manager })))}::jsonb) as x(tenure_id uuid, place_id uuid, kind text, firm text) left join supervision.firm f on f.company_id = ${c} and f.name = x.firm`.execute(scope.db)
  return new Map(rows.map((r) => [r.row_no, { place_id: r.value.place_id, what: r.d.name, before: r.now, tenure_id: r.tenure_id } satisfies Undo]))
}
const write = (scope: Scope, list: readonly object[]) => sql`update supervision.place p set kind = x.kind, address = x.address, built_area_m2 = x.built_area_m2, household_count = x.household_count, building_count = x.building_count, built_year = x.built_year, changed_by = ${scope.who.account_id}::uuid, changed_at = ${scope.now}
  from jsonb_to_recordset(${JSON.stringify(list)}::jsonb) as x(place_id uuid, kind text, address text, built_area_m2 numeric, household_count int, building_count int, built_year int) where p.company_id = ${scope.company_id} and p.place_id = x.place_id`.execute(scope.db)
async function undo(scope: Scope, b: { import_id: string; applied_at: string; rows: readonly { row_no: number; undo: Undo }[] }): Promise<void> {
  const c = scope.company_id
  const ids = b.rows.map((r) => r.undo.place_id)
  const tenures = b.rows.flatMap((r) => r.undo.tenure_id ?? [])
  const { rows: found } = await sql<{ place_id: string; later: boolean; used: boolean }>`select p.place_id, p.changed_at > ${b.applied_at}::timestamptz as later, p.reporter_id is not null or exists (select from supervision.surveyed s where s.company_id = ${c} and s.place_id = p.place_id) or exists (select from supervision.fact x where x.company_id = ${c} and x.place_id = p.place_id and x.import_id is distinct from ${b.import_id}::uuid) or exists (select from supervision.tenure t where t.company_id = ${c} and t.place_id = p.place_id and (t.tenure_id <> all(${tenures}::uuid[]) or t.to_on is not null)) as used
    from supervision.place p where p.company_id = ${c} and p.place_id = any(${ids}::uuid[]) order by p.place_id for update`.execute(scope.db)
  const have = new Map(found.map((f) => [f.place_id, f]))
  for (const r of b.rows) {
    const f = have.get(r.undo.place_id)
    if (!f) throw new UndoBlocked(r.row_no, r.undo.what, '已被删除')
    if (f.later) throw new UndoBlocked(r.row_no, r.undo.what, '入库后又有改动')
    if (r.undo.before === null && f.used) throw new UndoBlocked(r.row_no, r.undo.what, '已有排查、指标、管理或报送登记')
  }
  await sql`delete from supervision.fact where company_id = ${c} and import_id = ${b.import_id} and place_id = any(${ids}::uuid[])`.execute(scope.db)
  await sql`delete from supervision.tenure where company_id = ${c} and tenure_id = any(${tenures}::uuid[])`.execute(scope.db)
  await write(scope, b.rows.flatMap((r) => (r.undo.before ? [{ ...r.undo.before }] : [])))
  await sql`delete from supervision.place where company_id = ${c} and place_id = any(${b.rows.filter((r) => r.undo.before === null).map((r) => r.undo.place_id)}::uuid[])`.execute(scope.db)
}
export const placesImport = importKind<PlaceData>({
  kind: 'supervision.places',
  zh: '监管小区登记',
  may: ['supervision.register.write'],
  needs_community: false,
  of: 'authority',
  fields: FIELDS,
  notes: ['每个小区一行;同一辖区内名称相同的视为同一小区', '空白的单元格不会清掉系统里已有的内容', '名单里没有的物业企业会一并登记,撤销导入时保留'],
  page: '/supervision/places',
  grows: ['supervision.place', 'supervision.fact', 'supervision.tenure', 'supervision.firm'],
  parse: parsePlaceRow,
  keyOf: (d) => `${d.district} ${d.name}`,
  key_field: 'name',
  check,
  apply,
  undo: (scope, b) => undo(scope, b as { import_id: string; applied_at: string; rows: { row_no: number; undo: Undo }[] }),
})
