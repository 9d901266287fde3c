// Houses: list, file, changes with their history. A house is never deleted; one that is out of use is 停用.
import { sql, type RawBuilder, type SqlBool } from 'kysely'
import { answer, answerFile } from '../../../kernel/app.ts'
import type { In, Out } from '../../../kernel/contract.ts'
import { uuidv7 } from '../../../kernel/ids.ts'
import { compareDecimal } from '../../../kernel/money.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { writeSheet } from '../../../kernel/sheet/index.ts'
import { memberNames } from '../../identity/server/index.ts'
import { property, type HouseRow } from '../contract.ts'
import { words } from '../words.ts'
import { buildingToRead, covers, houseToChange, houseToRead, housesSeenBy, housesToChange } from './access.ts'
import { cleanNo, unitsOf } from './communities.ts'
import { buildLabel, houseSearch, isNumber, normaliseRoom, sortNo } from './rules/label.ts'
import { orTaken } from './taken.ts'

/** What property shows but cannot read itself, because it stands below: given by the composition of the application. */
export interface PropertyHooks {
  /** Names of today's owners of each house, joined for show; by people. */
  ownerNames: (scope: Scope, house_ids: readonly string[]) => Promise<Map<string, string>>
}

type Filter = Omit<Out<typeof property.housesExcel.takes>, never> & { community_id?: string | undefined; building_id?: string | undefined; unit_id?: string | undefined; kind?: string | undefined; state?: string | undefined; q?: string | undefined }
const EXCEL_MAX = 100_000
const EXCEL_STEP = 5000

/** Houses that a text names, in any spelling, or whose label begins with it. */
export function housesLike(q: string, alias = 'h'): RawBuilder<SqlBool> {
  const s = houseSearch(q)
  const label = sql.ref(`${alias}.label`)
  const room = sql.ref(`${alias}.room_no`)
  const from = q.normalize('NFKC').toUpperCase()
  const prefix = sql<SqlBool>`(${label} >= ${from} and ${label} < ${`${from}\u{10ffff}`})`
  const exact = sql<SqlBool>`${label} = any(${s.labels}::text[])`
  if (s.building_no !== null) return sql<SqlBool>`(${exact} or ${prefix} or (${room} = any(${s.rooms}::text[]) and exists (select from property.building qb where qb.company_id = ${sql.ref(`${alias}.company_id`)} and qb.building_id = ${sql.ref(`${alias}.building_id`)} and qb.no = ${s.building_no})))`
  return sql<SqlBool>`(${exact} or ${prefix} or ${room} = any(${s.rooms}::text[]))`
}

function filtered(scope: Scope, f: Filter): RawBuilder<SqlBool> {
  const parts = [sql<SqlBool>`h.company_id = ${scope.company_id}`, housesSeenBy(scope)]
  if (f.community_id) parts.push(sql<SqlBool>`h.community_id = ${f.community_id}`)
  if (f.building_id) parts.push(sql<SqlBool>`h.building_id = ${f.building_id}`)
  if (f.unit_id) parts.push(sql<SqlBool>`h.unit_id = ${f.unit_id}`)
  if (f.kind) parts.push(sql<SqlBool>`h.kind = ${f.kind}`)
  if (f.state) parts.push(sql<SqlBool>`h.state = ${f.state}`)
  if (f.q) parts.push(housesLike(f.q))
  return sql<SqlBool>`${sql.join(parts, sql` and `)}`
}

type Plain = Omit<HouseRow, 'can' | 'owner_names'>
const COLUMNS = sql.raw(`h.house_id, h.community_id, h.building_id, h.unit_id, h.kind, h.room_no, h.floor_no, h.label, h.built_area_m2, h.inner_area_m2, h.heated_area_m2, h.state, h.delivered_on, h.usage, h.note, h.sort_no`)
// The page is taken before any join: the policy on the joined tables would otherwise make the planner sort the whole list.
const rowsOf = (scope: Scope, page: RawBuilder<unknown>) => sql<Plain & { sort_no: number }>`with page as materialized (select ${COLUMNS} from property.house h where ${page})
  select p.*, c.name as community_name, b.name as building_name, u.no as unit_name from page p
  left join property.community c on c.company_id = ${scope.company_id} and c.community_id = p.community_id
  left join property.building b on b.company_id = ${scope.company_id} and b.building_id = p.building_id
  left join property.unit u on u.company_id = ${scope.company_id} and u.unit_id = p.unit_id
  order by p.community_id, p.sort_no, p.label`

async function dressed(scope: Scope, hooks: PropertyHooks, rows: (Plain & { sort_no: number })[]): Promise<In<typeof property.house.gives>[]> {
  const names = await hooks.ownerNames(scope, rows.map((r) => r.house_id))
  const write = scope.reach('property.house.write')
  return rows.map(({ sort_no: _s, ...r }) => ({ ...r, owner_names: names.get(r.house_id) ?? '', can: { write: covers(write, r) ? true : 'kernel.forbidden' } }))
}

export const houseReads = (hooks: PropertyHooks) => [
  answer(property.houses, async (scope, f) => {
    const where = filtered(scope, f)
    const sums = (await sql<{ total: number; built_area_sum_m2: string }>`select count(*)::int as total, coalesce(sum(h.built_area_m2), 0)::text as built_area_sum_m2 from property.house h where ${where}`.execute(scope.db)).rows[0]!
    const { rows } = await rowsOf(scope, sql`${where} order by h.community_id, h.sort_no, h.label limit ${f.page_size} offset ${(f.page - 1) * f.page_size}`).execute(scope.db)
    return { rows: await dressed(scope, hooks, rows), ...sums }
  }),
  answer(property.house, async (scope, { house_id }) => {
    const { rows } = await rowsOf(scope, sql`h.company_id = ${scope.company_id} and h.house_id = ${house_id} and ${housesSeenBy(scope)}`).execute(scope.db)
    if (!rows[0]) throw scope.notFound()
    return (await dressed(scope, hooks, rows))[0]!
  }),
  answerFile(property.housesExcel, async (scope, f) => {
    const where = filtered(scope, f)
    const { n } = (await sql<{ n: number }>`select count(*)::int as n from property.house h where ${where}`.execute(scope.db)).rows[0]!
    if (n > EXCEL_MAX) throw scope.refuse('property.too_many_rows', { count: n, max: EXCEL_MAX })
    const body = await writeSheet({ sheets: [{ name: '房产', columns: EXCEL, rows: excelRows(scope, hooks, where) }] })
    return { name: `房产-${scope.today}.xlsx`, type: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet', body }
  }),
]

const EXCEL = [
  { title: '小区', kind: 'text' }, { title: '楼栋', kind: 'text' }, { title: '单元', kind: 'text' }, { title: '室号', kind: 'text' }, { title: '房号', kind: 'text' },
  { title: '类别', kind: 'text' }, { title: '楼层', kind: 'int' }, { title: '建筑面积', kind: 'number' }, { title: '套内面积', kind: 'number' }, { title: '供热面积', kind: 'number' },
  { title: '状态', kind: 'text' }, { title: '交付日', kind: 'day' }, { title: '业主', kind: 'text' }, { title: '用途', kind: 'text' }, { title: '备注', kind: 'text' },
] as const
const zh = (of: 'house_kind' | 'house_state', code: string): string => words.states?.[of]?.[code] ?? code

async function* excelRows(scope: Scope, hooks: PropertyHooks, where: RawBuilder<SqlBool>) {
  let after: { community_id: string; sort_no: number; label: string } | null = null
  for (;;) {
    const more: RawBuilder<SqlBool> = after ? sql<SqlBool>`(h.community_id, h.sort_no, h.label) > (${after.community_id}::uuid, ${after.sort_no}::int, ${after.label})` : sql<SqlBool>`true`
    const { rows } = await rowsOf(scope, sql`${where} and ${more} order by h.community_id, h.sort_no, h.label limit ${EXCEL_STEP}`).execute(scope.db)
    const names = await hooks.ownerNames(scope, rows.map((r) => r.house_id))
    for (const r of rows) yield [r.community_name, r.building_name, r.unit_name, r.room_no, r.label, zh('house_kind', r.kind), r.floor_no, r.built_area_m2, r.inner_area_m2, r.heated_area_m2, zh('house_state', r.state), r.delivered_on, names.get(r.house_id) ?? '', r.usage, r.note]
    const last = rows.at(-1)
    if (!last || rows.length < EXCEL_STEP) return
    after = last
  }
}

export const FOLLOWED = ['state', 'kind', 'built_area_m2', 'inner_area_m2', 'heated_area_m2', 'delivered_on', 'label'] as const
export interface Change {
  house_id: string
  field: string
  before: string | null
  after: string | null
}
/** Areas compare by value: '98.5' is '98.50'. */
export function differs(field: string, a: unknown, b: unknown): boolean {
  if ((a ?? null) === (b ?? null)) return false
  return !(field.endsWith('_m2') && typeof a === 'string' && typeof b === 'string' && compareDecimal(a, b) === 0)
}
export const text = (v: unknown): string | null => (v === null || v === undefined ? null : typeof v === 'string' ? v : JSON.stringify(v))

export async function keepHistory(scope: Scope, changes: readonly Change[], reason: string | null, on_day = scope.today): Promise<void> {
  if (changes.length === 0) return
  const list = JSON.stringify(changes.map((c) => ({ ...c, change_id: uuidv7() })))
  await sql`insert into property.house_change (company_id, change_id, house_id, field, before, after, on_day, reason, changed_by, changed_at)
    select ${scope.company_id}, x.change_id, x.house_id, x.field, x.before, x.after, ${on_day}, ${reason}, ${scope.who.account_id}, ${scope.now}
    from jsonb_to_recordset(${list}::jsonb) as x(change_id uuid, house_id uuid, field text, before text, after text)`.execute(scope.db)
}

export const saveHouse = answer(property.saveHouse, async (scope, { house_id, unit_no, reason, request_id: _r, dry_run: _d, ...o }) => {
  const c = scope.company_id
  const building = await buildingToRead(scope, o.building_id)
  const before = house_id ? await houseToChange(scope, house_id) : undefined
  if (before && before.community_id !== building.community_id) throw scope.notFound()
  const room_no = normaliseRoom(o.room_no)
  if (!isNumber(room_no)) throw scope.refuse('property.bad_number', { no: o.room_no })
  let unit: { unit_id: string | null; no: string | null } = { unit_id: null, no: null }
  if (unit_no) {
    const no = cleanNo(scope, unit_no)
    unit = { unit_id: (await unitsOf(scope, building.building_id, [no])).get(no)!, no }
  } else if (unit_no === undefined && before?.unit_id && before.building_id === building.building_id) {
    const u = await scope.db.selectFrom('property.unit').select(['unit_id', 'no']).where('company_id', '=', c).where('unit_id', '=', before.unit_id).executeTakeFirstOrThrow()
    unit = u
  }
  const label = buildLabel(building.no, unit.no, room_no)
  if (o.kind !== 'bay' && compareDecimal(o.built_area_m2, '0') === 0) throw scope.refuse('property.area_needed', { label })
  const values = { ...o, room_no, unit_id: unit.unit_id, community_id: building.community_id, label, sort_no: sortNo(building.no, unit.no, room_no) }
  const taken = () => scope.refuse('property.label_taken', { label })
  const id = house_id ?? uuidv7()
  if (before) {
    await orTaken(scope.db.updateTable('property.house').set(values).where('company_id', '=', c).where('house_id', '=', id).execute(), taken)
    const changes = FOLLOWED.filter((f) => differs(f, before[f], values[f])).map((field) => ({ house_id: id, field, before: text(before[field]), after: text(values[field]) }))
    await keepHistory(scope, changes, reason ?? null)
    scope.note('house', id, { label, changes: changes.map(({ field, before: b, after }) => ({ field, before: b, after })) })
  } else {
    await orTaken(scope.db.insertInto('property.house').values({ company_id: c, house_id: id, ...values, created_at: scope.now }).execute(), taken)
    scope.note('house', id, { label, new: true })
  }
  scope.emit('property.house_changed', id, { house_id: id })
  return { house_id: id, label }
})

export const setHouseState = answer(property.setHouseState, async (scope, { house_ids, state, reason }) => {
  const rows = (await housesToChange(scope, house_ids)).filter((r) => r.state !== state)
  await scope.db.updateTable('property.house').set({ state }).where('company_id', '=', scope.company_id).where(sql<SqlBool>`house_id = any(${rows.map((r) => r.house_id)}::uuid[])`).execute()
  await keepHistory(scope, rows.map((r) => ({ house_id: r.house_id, field: 'state', before: r.state, after: state })), reason)
  for (const r of rows) {
    scope.note('house', r.house_id, { label: r.label, before: r.state, after: state })
    scope.emit('property.house_changed', r.house_id, { house_id: r.house_id })
  }
  return { count: rows.length }
})

/** Delivery and the state that follows from moving in or out, with history. The caller has opened the house by its own access. */
export async function setDelivered(scope: Scope, house_id: string, to: { delivered_on?: string; state?: HouseRow['state'] }, reason: string): Promise<void> {
  const before = await scope.db.selectFrom('property.house').select(['delivered_on', 'state']).where('company_id', '=', scope.company_id).where('house_id', '=', house_id).forUpdate().executeTakeFirst()
  if (!before) throw scope.notFound()
  const changes = (['delivered_on', 'state'] as const).filter((f) => to[f] !== undefined && to[f] !== before[f])
  if (changes.length === 0) return
  await scope.db.updateTable('property.house').set(Object.fromEntries(changes.map((f) => [f, to[f]]))).where('company_id', '=', scope.company_id).where('house_id', '=', house_id).execute()
  await keepHistory(scope, changes.map((field) => ({ house_id, field, before: before[field], after: to[field]! })), reason, to.delivered_on ?? scope.today)
  scope.emit('property.house_changed', house_id, { house_id })
}

export const houseHistory = answer(property.houseHistory, async (scope, { house_id }) => {
  await houseToRead(scope, house_id)
  const rows = await scope.db.selectFrom('property.house_change').selectAll().where('company_id', '=', scope.company_id).where('house_id', '=', house_id).orderBy('changed_at', 'desc').orderBy('change_id', 'desc').limit(500).execute()
  const names = await memberNames(scope, rows.map((r) => r.changed_by))
  return { rows: rows.map(({ company_id: _c, house_id: _h, changed_by, ...r }) => ({ ...r, changed_by_name: changed_by ? (names.get(changed_by) ?? null) : null })) }
})
