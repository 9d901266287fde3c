// The import of public areas and shared facilities (公共部位), and the names of communities for the imports of all modules.
import { sql, type SqlBool } from 'kysely'
import { uuidv7 } from '../../../kernel/ids.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { compareDecimals, readText, toDecimal } from '../../../kernel/sheet/index.ts'
import { UndoBlocked, importKind, type Checked, type ImportBatchOf, type ImportFieldSpec, type Mapped, type Problem } from '../../system/server/index.ts'
import { words } from '../words.ts'

export async function communityNames(scope: Scope, community_ids: readonly string[]): Promise<Map<string, string>> {
  if (community_ids.length === 0) return new Map()
  const rows = await scope.db.selectFrom('property.community').select(['community_id', 'name']).where('company_id', '=', scope.company_id).where(sql<SqlBool>`community_id = any(${[...community_ids]}::uuid[])`).execute()
  return new Map(rows.map((r) => [r.community_id, r.name]))
}

interface AreaData {
  category: string
  name: string
  place?: string
  quantity?: string
  unit_name?: string
  area_m2?: string
  species?: string
  state?: string
  note?: string
}
type Field = Exclude<keyof AreaData, 'category' | 'name'>
const ZH: Record<keyof AreaData, string> = { category: '类别', name: '名称', place: '位置', quantity: '数量', unit_name: '单位', area_m2: '面积', species: '品种', state: '状态', note: '备注' }
const STATES = words.states!['area_state']!

const FIELDS: readonly ImportFieldSpec[] = [
  { key: 'category', zh: ZH.category, required: true, aliases: ['分类', '类型', '设施类别', '部位类别', '所属类别'], example: '绿化', width: 14 },
  { key: 'name', zh: ZH.name, required: true, aliases: ['部位名称', '设施名称', '设备名称', '公共部位', '项目', '品名'], note: '同一类别内名称不能重复', example: '中心花园草坪', width: 24 },
  { key: 'place', zh: ZH.place, required: false, aliases: ['地点', '所在位置', '安装位置', '部位'], example: '中心花园', width: 20 },
  { key: 'quantity', zh: ZH.quantity, required: false, aliases: ['数目', '台数', '个数', '总数'], note: '留空为 1', kind: 'number', example: '1', width: 10 },
  { key: 'unit_name', zh: ZH.unit_name, required: false, aliases: ['计量单位', '单位名称'], note: '留空为「处」', example: '片', width: 8 },
  { key: 'area_m2', zh: ZH.area_m2, required: false, aliases: ['面积(㎡)', '占地面积', '平方米'], kind: 'number', example: '1200', width: 12 },
  { key: 'species', zh: ZH.species, required: false, aliases: ['植物品种', '规格', '型号', '规格型号', '树种'], example: '', width: 16 },
  { key: 'state', zh: ZH.state, required: false, aliases: ['使用状态', '现状', '设备状态'], choices: Object.values(STATES), example: '正常', width: 10 },
  { key: 'note', zh: ZH.note, required: false, aliases: ['说明', '其他'], example: '', width: 24 },
]
const LENGTHS: Partial<Record<keyof AreaData, number>> = { category: 20, name: 40, place: 60, unit_name: 8, species: 60, note: 200 }

export function parseAreaRow(m: Mapped): { data: AreaData | null; problems: Problem[] } | null {
  const problems: Problem[] = []
  const out: Partial<AreaData> = {}
  for (const field of Object.keys(ZH) as (keyof AreaData)[]) {
    const cell = m[field]
    if (cell === undefined) continue
    const text = readText(cell)
    const max = LENGTHS[field]
    const value = !text.ok ? text : field === 'quantity' || field === 'area_m2' ? toDecimal(cell, { scale: 2, round: true, min: '0', max: '99999999' }) : text
    if (!value.ok) {
      if (!value.empty) problems.push({ field, reason: value.reason_zh })
    } else if (max !== undefined && value.value.length > max) problems.push({ field, reason: `有 ${value.value.length} 个字,最多 ${max} 个,请缩短` })
    else if (field === 'state') {
      const code = Object.keys(STATES).find((s) => STATES[s] === value.value)
      if (code) out.state = code
      else problems.push({ field, reason: `「${value.value.slice(0, 30)}」不在可选范围,请改为:${Object.values(STATES).join('、')}` })
    } else out[field] = value.value
  }
  if (Object.keys(out).length === 0 && problems.length === 0) return null
  for (const field of ['category', 'name'] as const) if (out[field] === undefined && !problems.some((p) => p.field === field)) problems.push({ field, reason: `${ZH[field]}是空的,请填写;如是多余的行请删去` })
  return { data: out.category === undefined || out.name === undefined ? null : (out as AreaData), problems }
}

type Now = Record<Field, string | null> & { area_id: string; category: string; name: string }
const COLUMNS = sql`a.area_id, a.category, a.name, a.place, a.quantity, a.unit_name, a.area_m2, a.species, a.state, a.note`
const key = (d: { category: string; name: string }): string => `${d.category}\u0001${d.name}`
type Rows = ImportBatchOf<AreaData>

async function known(scope: Scope, { community_id, rows }: Rows): Promise<Map<string, Now>> {
  const { rows: found } = await sql<Now>`select ${COLUMNS} from unnest(${rows.map((r) => r.data.category)}::text[], ${rows.map((r) => r.data.name)}::text[]) as x(category, name)
    join property.public_area a on a.company_id = ${scope.company_id} and a.community_id = ${community_id} and a.category = x.category and a.name = x.name`.execute(scope.db)
  return new Map(found.map((a) => [key(a), a]))
}
const same = (field: string, a: string | null, b: string): boolean => a === b || ((field === 'quantity' || field === 'area_m2') && a !== null && compareDecimals(a, b) === 0)
const changed = (now: Now, d: AreaData): Field[] => (Object.keys(d) as (keyof AreaData)[]).filter((f): f is Field => f !== 'category' && f !== 'name' && !same(f, now[f], d[f]!))
const worded = (field: string, v: string | null): string => (v === null ? '空' : field === 'state' ? (STATES[v] ?? v) : v)

async function check(scope: Scope, batch: Rows): Promise<Map<number, Checked>> {
  const have = await known(scope, batch)
  return new Map(batch.rows.map((r): [number, Checked] => {
    const now = have.get(key(r.data))
    if (!now) return [r.row_no, { problems: [], effect: 'new' }]
    const changes = changed(now, r.data).map((f) => ({ zh: ZH[f], before: worded(f, now[f]), after: worded(f, r.data[f]!) }))
    return [r.row_no, { problems: [], effect: changes.length ? 'change' : 'same', changes }]
  }))
}

interface AreaUndo {
  area_id: string
  before: Now | null
  after: Record<string, unknown>
}
const RECORD = sql`area_id uuid, category text, name text, place text, quantity numeric, unit_name text, area_m2 numeric, species text, state text, note text`

async function apply(scope: Scope, batch: Rows): Promise<Map<number, unknown>> {
  const have = await known(scope, batch)
  const c = scope.company_id
  const rows = batch.rows.map((r) => {
    const before = have.get(key(r.data)) ?? null
    return { row_no: r.row_no, before, after: { ...(before ?? { area_id: uuidv7(), place: null, quantity: '1', unit_name: '处', area_m2: null, species: null, state: 'normal', note: null }), ...r.data } }
  })
  const json = (list: typeof rows) => sql`jsonb_to_recordset(${JSON.stringify(list.map((r) => r.after))}::jsonb) as x(${RECORD})`
  await sql`insert into property.public_area (company_id, community_id, area_id, category, name, place, quantity, unit_name, area_m2, species, state, note, created_at)
    select ${c}, ${batch.community_id}::uuid, x.*, ${scope.now}::timestamptz from ${json(rows.filter((r) => !r.before))}`.execute(scope.db)
  await write(scope, rows.filter((r) => r.before).map((r) => r.after))
  return new Map(rows.map((r) => [r.row_no, { area_id: r.after.area_id, before: r.before, after: r.after } satisfies AreaUndo]))
}

const write = (scope: Scope, list: readonly object[]) =>
  sql`update property.public_area a set place = x.place, quantity = x.quantity, unit_name = x.unit_name, area_m2 = x.area_m2, species = x.species, state = x.state, note = x.note
    from jsonb_to_recordset(${JSON.stringify(list)}::jsonb) as x(${RECORD}) where a.company_id = ${scope.company_id} and a.area_id = x.area_id`.execute(scope.db)

async function undo(scope: Scope, rows: readonly { row_no: number; undo: AreaUndo }[]): Promise<void> {
  const { rows: found } = await sql<Now>`select ${COLUMNS} from property.public_area a where a.company_id = ${scope.company_id} and a.area_id = any(${rows.map((r) => r.undo.area_id)}::uuid[]) order by a.area_id for update`.execute(scope.db)
  const have = new Map(found.map((a) => [a.area_id, a]))
  for (const r of rows) {
    const now = have.get(r.undo.area_id)
    const { category, name, ...fields } = r.undo.after as unknown as Now
    const what = `${category} ${name}`
    if (!now) throw new UndoBlocked(r.row_no, what, '已被删除')
    if (now.name !== name || now.category !== category || (Object.keys(fields) as (keyof Now)[]).some((f) => f in ZH && !(now[f] === fields[f as Field] || (fields[f as Field] !== null && same(f, now[f], fields[f as Field]!))))) throw new UndoBlocked(r.row_no, what, '入库后又有改动')
  }
  await write(scope, rows.flatMap((r) => r.undo.before ?? []))
  const made = rows.filter((r) => r.undo.before === null).map((r) => r.undo.area_id)
  await sql`delete from property.public_area where company_id = ${scope.company_id} and area_id = any(${made}::uuid[])`.execute(scope.db)
}

export const areasImport = importKind<AreaData>({
  kind: 'property.areas',
  zh: '公共部位',
  may: ['property.area.write'],
  needs_community: true,
  fields: FIELDS,
  notes: ['每个部位或设施一行;同一小区内「类别 + 名称」相同的视为同一项', '空白的单元格不会清掉系统里已有的内容'],
  page: '/property/areas',
  grows: ['property.public_area'],
  parse: parseAreaRow,
  keyOf: key,
  key_field: 'name',
  check,
  apply,
  undo: (scope, b) => undo(scope, b.rows as { row_no: number; undo: AreaUndo }[]),
})
