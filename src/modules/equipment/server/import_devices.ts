// The import of the equipment ledger: a device a row; technical data of the kind in one column, '额定功率=7.5;材质=不锈钢'.
import { sql } from 'kysely'
import { labelCode, uuidv7 } from '../../../kernel/ids.ts'
import { parseYuan, yuan, fen } from '../../../kernel/money.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { readText, toDay, toDecimal } from '../../../kernel/sheet/index.ts'
import { UndoBlocked, importKind, type Checked, type ImportBatchOf, type ImportFieldSpec, type Mapped, type Problem } from '../../system/server/index.ts'
import { words } from '../words.ts'
import { categoriesOf, writeShipped } from './config.ts'
import { drawNo, noOf } from './devices.ts'
import { cleaned, detailsText, unfit } from './rules/details.ts'

interface DeviceData {
  category: string
  name: string
  place: string
  no?: string
  building?: string
  maker?: string
  model?: string
  serial?: string
  made_on?: string
  installed_on?: string
  used_on?: string
  warranty_on?: string
  supplier?: string
  supplier_phone?: string
  /** Yuan as text. */
  purchase?: string
  state?: string
  details?: string
  note?: string
}
type Key = keyof DeviceData
const STATES = words.states!['state']!
const text = (key: Key, zh: string, aliases: string[], example: string, more: Partial<ImportFieldSpec> = {}): ImportFieldSpec => ({ key, zh, required: false, aliases, example, width: 16, ...more })
const day = (key: Key, zh: string, aliases: string[], example: string): ImportFieldSpec => text(key, zh, aliases, example, { kind: 'day', width: 12 })
const FIELDS: readonly ImportFieldSpec[] = [
  text('category', '类别', ['设备类别', '设备分类', '分类', '设备类型', '类型'], '乘客电梯', { required: true, note: '填「设备分类」中系统下的类别,如 乘客电梯、生活水泵' }),
  text('name', '设备名称', ['名称', '设备', '设备名'], '1栋1单元客梯', { required: true, width: 22 }),
  text('place', '安装位置', ['位置', '安装地点', '所在位置', '安装部位', '地点'], '1栋1单元', { required: true, width: 20 }),
  text('no', '设备编号', ['编号', '设备号', '资产编号', '设备编码'], 'KTT-0001', { note: '留空由系统按类别编号' }),
  text('building', '楼栋', ['所在楼栋', '栋号', '楼号'], '1', { note: '楼栋的栋号或名称;不属于某栋的留空', width: 10 }),
  text('maker', '生产厂家', ['厂家', '制造商', '制造单位', '品牌'], '上海三菱'), text('model', '规格型号', ['型号', '规格'], 'LEHY-III'), text('serial', '出厂编号', ['序列号', '出厂号'], '20150312'),
  day('made_on', '出厂日期', ['制造日期', '生产日期'], '2015-01-10'), day('installed_on', '安装日期', ['安装时间'], '2015-05-01'), day('used_on', '投用日期', ['启用日期', '使用日期', '投入使用日期'], '2015-06-18'), day('warranty_on', '质保到期', ['质保到期日', '保修到期', '质保期至'], '2017-06-17'),
  text('supplier', '供应商', ['供货单位', '供货商'], ''), text('supplier_phone', '供应商电话', ['供货单位电话'], ''), text('purchase', '购置金额', ['原值', '采购金额', '价格', '资产原值'], '186000', { kind: 'number', width: 12 }),
  text('state', '状态', ['使用状态', '设备状态'], '在用', { choices: Object.values(STATES), note: '只在新建时采用;已有设备的状态在档案中变更', width: 10 }),
  text('details', '技术参数', ['参数', '技术数据', '主要参数'], '额定载重=1000;层站=11/11/11;额定速度=1.75', { note: '按类别的参数名填写「参数名=值」,用分号隔开', width: 40 }), text('note', '备注', ['说明'], '', { width: 24 }),
]
const LENGTHS: Partial<Record<Key, number>> = { category: 20, name: 40, place: 60, no: 30, building: 20, maker: 40, model: 40, serial: 40, supplier: 40, supplier_phone: 20, details: 1000, note: 300 }
const DAYS: readonly Key[] = ['made_on', 'installed_on', 'used_on', 'warranty_on']
const ZH = Object.fromEntries(FIELDS.map((f) => [f.key, f.zh])) as Record<Key, string>

export function parseDeviceRow(m: Mapped): { data: DeviceData | null; problems: Problem[] } | null {
  const problems: Problem[] = []
  const out: Partial<DeviceData> = {}
  for (const field of Object.keys(ZH) as Key[]) {
    const cell = m[field]
    if (cell === undefined) continue
    const value = DAYS.includes(field) ? toDay(cell) : field === 'purchase' ? toDecimal(cell, { scale: 2, min: '0', max: '9999999999' }) : readText(cell)
    const max = LENGTHS[field]
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
  for (const field of ['category', 'name', 'place'] as const) if (out[field] === undefined && !problems.some((p) => p.field === field)) problems.push({ field, reason: `${ZH[field]}是空的,请填写;如是多余的行请删去` })
  return { data: out.category && out.name && out.place ? (out as DeviceData) : null, problems }
}
const keyOf = (d: DeviceData): string => (d.no ? `no\u0001${d.no}` : `${d.name}\u0001${d.place}`)

/** A row with what it means in this company. */
interface Meant {
  category_id: string
  prefix: string
  building_id: string | null | undefined
  details: Record<string, string> | undefined
}
type Columns = Record<'name' | 'place' | 'maker' | 'model' | 'serial' | 'made_on' | 'installed_on' | 'used_on' | 'warranty_on' | 'supplier' | 'supplier_phone' | 'note', string | null>
type Now = Columns & { equipment_id: string; community_id: string; no: string; category_id: string; building_id: string | null; purchase_fen: number | null; details: Record<string, string>; changed_at: string; state_no: number }
type Rows = ImportBatchOf<DeviceData>
const COLUMNS = sql`d.equipment_id, d.community_id, d.no, d.name, d.place, d.category_id, d.building_id, d.maker, d.model, d.serial, d.made_on, d.installed_on, d.used_on, d.warranty_on, d.supplier, d.supplier_phone, d.purchase_fen, d.details, d.note, d.changed_at, d.state_no`

async function meaningOf(scope: Scope, { community_id, rows }: Rows): Promise<Map<number, { meant: Meant | null; problems: Problem[] }>> {
  const kinds = (await categoriesOf(scope)).filter((k) => k.parent_id !== null && !k.retired)
  const { rows: buildings } = await sql<{ building_id: string; no: string; name: string }>`select building_id, no, name from property.building where company_id = ${scope.company_id} and community_id = ${community_id} limit 2000`.execute(scope.db)
  return new Map(rows.map((r) => {
    const problems: Problem[] = []
    const name = r.data.category.split(/[/／>]/).at(-1)!.trim()
    const kind = kinds.find((k) => k.name === name || k.code === name.toUpperCase())
    if (!kind) problems.push({ field: 'category', reason: `没有「${name}」这个类别,请改为:${kinds.slice(0, 12).map((k) => k.name).join('、')} 等,或先在「设备分类」中新增` })
    const b = r.data.building === undefined ? undefined : buildings.find((x) => x.no === r.data.building || x.name === r.data.building || x.name === `${r.data.building}栋`)
    if (r.data.building !== undefined && !b) problems.push({ field: 'building', reason: `该小区没有楼栋「${r.data.building}」,请核对或留空` })
    let details: Record<string, string> | undefined
    if (kind && r.data.details !== undefined) {
      details = {}
      for (const part of r.data.details.split(/[;;\n]/).map((x) => x.trim()).filter(Boolean)) {
        const [label, ...rest] = part.split(/[=:=:]/)
        const f = kind.fields.find((x) => x.name === label?.trim())
        const value = rest.join('=').trim()
        const why = !f ? `类别「${kind.name}」没有参数「${(label ?? '').trim().slice(0, 20)}」,可填:${kind.fields.map((x) => x.name).join('、') || '无'}` : unfit(f, value)
        if (why) problems.push({ field: 'details', reason: f ? `${f.name}${why}` : why })
        else details[f!.field_id] = value
      }
      details = cleaned(kind.fields, details)
    }
    return [r.row_no, { problems, meant: kind && problems.length === 0 ? { category_id: kind.category_id, prefix: kind.code, building_id: b?.building_id, details } : null }]
  }))
}
async function known(scope: Scope, { community_id, rows }: Rows): Promise<Map<number, Now>> {
  const { rows: found } = await sql<Now & { row_no: number }>`select distinct on (x.row_no) x.row_no, ${COLUMNS} from unnest(${rows.map((r) => r.row_no)}::int[], ${rows.map((r) => r.data.no ?? null)}::text[], ${rows.map((r) => r.data.name)}::text[], ${rows.map((r) => r.data.place)}::text[]) as x(row_no, no, name, place)
    join equipment.device d on d.company_id = ${scope.company_id} and (d.no = x.no or (x.no is null and d.community_id = ${community_id} and d.name = x.name and d.place = x.place)) order by x.row_no, d.equipment_id`.execute(scope.db)
  return new Map(found.map(({ row_no, ...d }) => [row_no, d]))
}
const SIMPLE = ['name', 'place', 'maker', 'model', 'serial', 'made_on', 'installed_on', 'used_on', 'warranty_on', 'supplier', 'supplier_phone', 'note'] as const
const CHANGING: readonly Key[] = [...SIMPLE, 'category', 'building', 'purchase', 'details']
function afterOf(now: Now | undefined, d: DeviceData, meant: Meant): Omit<Now, 'equipment_id' | 'community_id' | 'no' | 'changed_at' | 'state_no'> {
  const simple = Object.fromEntries(SIMPLE.map((f) => [f, d[f] ?? now?.[f] ?? null])) as Columns
  return { ...simple, name: d.name, place: d.place, category_id: meant.category_id, building_id: meant.building_id === undefined ? (now?.building_id ?? null) : meant.building_id, purchase_fen: d.purchase === undefined ? (now?.purchase_fen ?? null) : parseYuan(d.purchase), details: { ...(now?.category_id === meant.category_id ? now.details : {}), ...meant.details } }
}

async function check(scope: Scope, batch: Rows): Promise<Map<number, Checked>> {
  const [have, means, kinds] = await Promise.all([known(scope, batch), meaningOf(scope, batch), categoriesOf(scope)])
  const kindOf = (id: string) => kinds.find((k) => k.category_id === id)
  return new Map(batch.rows.map((r): [number, Checked] => {
    const now = have.get(r.row_no)
    const { meant, problems } = means.get(r.row_no)!
    if (now && now.community_id !== batch.community_id) problems.push({ field: 'no', reason: `编号 ${now.no} 已用在别的小区的「${now.name}」,请换一个或留空` })
    if (!meant || problems.length) return [r.row_no, { problems, effect: 'same' }]
    if (!now) return [r.row_no, { problems, effect: 'new' }]
    const after = afterOf(now, r.data, meant)
    const shown = (x: typeof after, f: Key): string => (f === 'category' ? (kindOf(x.category_id)?.name ?? '') : f === 'building' ? (x.building_id ?? '') : f === 'purchase' ? (x.purchase_fen === null ? '' : yuan(fen(x.purchase_fen))) : f === 'details' ? detailsText(kindOf(x.category_id)?.fields ?? [], x.details) : (x[f as keyof Columns] ?? ''))
    const changes = CHANGING.filter((f) => shown(now, f) !== shown(after, f)).map((f) => ({ zh: ZH[f], before: f === 'building' ? '原楼栋' : shown(now, f) || '空', after: f === 'building' ? (r.data.building ?? '空') : shown(after, f) || '空' }))
    return [r.row_no, { problems, effect: changes.length ? 'change' : 'same', changes }]
  }))
}

interface DeviceUndo {
  equipment_id: string
  what: string
  /** As it stood before; null when the row made it. */
  before: Omit<Now, 'changed_at' | 'state_no'> | null
  changed_at: string
}
const RECORD = sql`equipment_id uuid, no text, code text, name text, place text, category_id uuid, building_id uuid, maker text, model text, serial text, made_on date, installed_on date, used_on date, warranty_on date, supplier text, supplier_phone text, purchase_fen bigint, details jsonb, note text, state text`
async function apply(scope: Scope, batch: Rows): Promise<Map<number, unknown>> {
  await writeShipped(scope)
  const c = scope.company_id
  const [have, means] = await Promise.all([known(scope, batch), meaningOf(scope, batch)])
  const rows = batch.rows.map((r) => ({ r, now: have.get(r.row_no), meant: means.get(r.row_no)!.meant! }))
  const nos = await newNos(scope, rows.filter((x) => !x.now && !x.r.data.no).map((x) => x.meant.prefix))
  const made = rows.map(({ r, now, meant }) => ({ row_no: r.row_no, now, after: { equipment_id: now?.equipment_id ?? uuidv7(), no: now?.no ?? r.data.no ?? nos.get(meant.prefix)!.shift()!, code: labelCode(), state: r.data.state ?? 'in_use', ...afterOf(now, r.data, meant) } }))
  const json = (list: typeof made) => sql`jsonb_to_recordset(${JSON.stringify(list.map((x) => x.after))}::jsonb) as x(${RECORD})`
  const fresh = made.filter((x) => !x.now)
  await sql`with d as (insert into equipment.device (company_id, community_id, import_id, equipment_id, no, code, name, place, category_id, building_id, maker, model, serial, made_on, installed_on, used_on, warranty_on, supplier, supplier_phone, purchase_fen, details, standards, note, state, created_at, changed_by, changed_at)
      select ${c}, ${batch.community_id}::uuid, ${batch.import_id}::uuid, x.equipment_id, x.no, x.code, x.name, x.place, x.category_id, x.building_id, x.maker, x.model, x.serial, x.made_on, x.installed_on, x.used_on, x.warranty_on, x.supplier, x.supplier_phone, x.purchase_fen, x.details, '{}'::jsonb, x.note, x.state, ${scope.now}::timestamptz, ${scope.who.account_id}::uuid, ${scope.now}::timestamptz from ${json(fresh)} returning equipment_id, state, used_on)
    insert into equipment.device_state (company_id, equipment_id, state_no, state, from_at, reason, by_account, by_name, at) select ${c}, d.equipment_id, 1, d.state, coalesce(d.used_on::timestamp at time zone 'Asia/Shanghai', ${scope.now}::timestamptz), '导入建档', ${scope.who.account_id}::uuid, ${scope.who.name}, ${scope.now} from d`.execute(scope.db)
  await write(scope, made.filter((x) => x.now).map((x) => x.after))
  return new Map(made.map(({ row_no, now, after }) => {
    const { changed_at: _c, state_no: _s, ...before } = now ?? ({} as Now)
    return [row_no, { equipment_id: after.equipment_id, what: `${after.no} ${after.name}`, before: now ? before : null, changed_at: scope.now } satisfies DeviceUndo]
  }))
}
async function newNos(scope: Scope, prefixes: readonly string[]): Promise<Map<string, string[]>> {
  const out = new Map<string, string[]>()
  // A handful of kinds a file: one draw each.
  for (const [prefix, list] of Map.groupBy(prefixes, (p) => p)) {
    const { rows } = await sql<{ n: number }>`select coalesce(max((regexp_match(no, '^' || ${prefix}::text || '-([0-9]{4,6})$'))[1]::int), 0) as n from equipment.device where company_id = ${scope.company_id} and no like ${`${prefix}-%`}`.execute(scope.db)
    const drawn = await drawNo(scope, prefix, list.length)
    const from = Math.max(drawn, rows[0]!.n)
    if (from > drawn) await drawNo(scope, prefix, from - drawn)
    out.set(prefix, list.map((_, i) => noOf(prefix, from + i + 1)))
  }
  return out
}
const write = (scope: Scope, list: readonly object[]) => sql`update equipment.device d set name = x.name, place = x.place, category_id = x.category_id, building_id = x.building_id, maker = x.maker, model = x.model, serial = x.serial, made_on = x.made_on, installed_on = x.installed_on, used_on = x.used_on, warranty_on = x.warranty_on, supplier = x.supplier, supplier_phone = x.supplier_phone, purchase_fen = x.purchase_fen, details = x.details, note = x.note, changed_by = ${scope.who.account_id}::uuid, changed_at = ${scope.now}
  from jsonb_to_recordset(${JSON.stringify(list)}::jsonb) as x(${RECORD}) where d.company_id = ${scope.company_id} and d.equipment_id = x.equipment_id`.execute(scope.db)

async function undo(scope: Scope, rows: readonly { row_no: number; undo: DeviceUndo }[]): Promise<void> {
  const c = scope.company_id
  const ids = rows.map((r) => r.undo.equipment_id)
  const { rows: found } = await sql<{ equipment_id: string; changed_at: string; used: boolean }>`select d.equipment_id, d.changed_at, d.state_no > 1 or exists (select from equipment.document x where x.company_id = ${c} and x.equipment_id = d.equipment_id) or exists (select from equipment.cost x where x.company_id = ${c} and x.equipment_id = d.equipment_id) or exists (select from equipment.running x where x.company_id = ${c} and x.equipment_id = d.equipment_id) or exists (select from equipment.device x where x.company_id = ${c} and x.parent_id = d.equipment_id) as used
    from equipment.device d where d.company_id = ${c} and d.equipment_id = any(${ids}::uuid[]) order by d.equipment_id for update`.execute(scope.db)
  const have = new Map(found.map((d) => [d.equipment_id, d]))
  for (const r of rows) {
    const now = have.get(r.undo.equipment_id)
    if (!now) throw new UndoBlocked(r.row_no, r.undo.what, '已被删除')
    if (now.changed_at !== r.undo.changed_at) throw new UndoBlocked(r.row_no, r.undo.what, '入库后又有改动')
    if (r.undo.before === null && now.used) throw new UndoBlocked(r.row_no, r.undo.what, '已有资料、费用、读数或下级设备')
  }
  await write(scope, rows.flatMap((r) => r.undo.before ?? []))
  const made = rows.filter((r) => r.undo.before === null).map((r) => r.undo.equipment_id)
  await sql`delete from equipment.device_state where company_id = ${c} and equipment_id = any(${made}::uuid[])`.execute(scope.db)
  try {
    await sql`delete from equipment.device where company_id = ${c} and equipment_id = any(${made}::uuid[])`.execute(scope.db)
  } catch (error) {
    // Modules above refer to devices: an order, a plan.
    if ((error as { code?: string }).code === '23503') throw new UndoBlocked(rows[0]!.row_no, '设备', '已有报修工单、保养计划或检验记录')
    throw error
  }
}

export const devicesImport = importKind<DeviceData>({
  kind: 'equipment.devices',
  zh: '设备台账',
  may: ['equipment.device.write'],
  needs_community: true,
  fields: FIELDS,
  notes: ['每台设备一行;设备编号相同的视为同一台,没有编号的按「名称 + 安装位置」认', '空白的单元格不会清掉系统里已有的内容', '类别按「设备设施 → 设备分类」中的名称填写'],
  page: '/equipment/devices',
  grows: ['equipment.device', 'equipment.device_state'],
  parse: parseDeviceRow,
  keyOf,
  key_field: 'name',
  check,
  apply,
  undo: (scope, b) => undo(scope, b.rows as { row_no: number; undo: DeviceUndo }[]),
})
