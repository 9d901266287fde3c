// The meters themselves: list, entry, tree. Change and removal of a device: replace.ts.
import { sql, type RawBuilder } from 'kysely'
import { answer, answerFile } from '../../../kernel/app.ts'
import type { Out } from '../../../kernel/contract.ts'
import { compareDecimal } from '../../../kernel/money.ts'
import { uuidv7 } from '../../../kernel/ids.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { writeSheet, XLSX } from '../../../kernel/sheet/index.ts'
import { buildingToRead, communityToChange, covers, houseToChange, housesLike, housesSeenBy } from '../../property/server/index.ts'
import { meters, type MeterRow } from '../contract.ts'
import { words } from '../words.ts'
import { metersToChange } from './access.ts'

type Filter = Partial<Omit<Out<typeof meters.meters.takes>, 'page' | 'page_size'>> & { meter_id?: string }
const EXCEL_MAX = 100_000

export async function refuseTaken(scope: Scope, kind: string, no: string, own: string | null): Promise<void> {
  const { rows } = await sql<{ label: string }>`select coalesce(h.label, m.name) as label from meters.meter m left join property.house h on h.company_id = ${scope.company_id} and h.house_id = m.house_id
    where m.company_id = ${scope.company_id} and m.kind = ${kind} and m.no = ${no} and m.meter_id is distinct from ${own}::uuid`.execute(scope.db)
  if (rows[0]) throw scope.refuse('meters.no_taken', { no, house: rows[0].label })
}

function fromMeters(scope: Scope, f: Filter): RawBuilder<unknown> {
  const c = scope.company_id
  const where: RawBuilder<unknown>[] = [sql`m.company_id = ${c}`, housesSeenBy(scope, { alias: 'm' })]
  if (f.meter_id) where.push(sql`m.meter_id = ${f.meter_id}`)
  if (f.community_id) where.push(sql`m.community_id = ${f.community_id}`)
  if (f.building_id) where.push(sql`m.building_id = ${f.building_id}`)
  if (f.house_id) where.push(sql`m.house_id = ${f.house_id}`)
  if (f.kind) where.push(sql`m.kind = ${f.kind}`)
  if (f.removed !== undefined) where.push(f.removed ? sql`m.removed_on is not null` : sql`m.removed_on is null`)
  if (f.use) where.push(f.use === 'house' ? sql`m.house_id is not null` : sql`m.house_id is null`)
  if (f.use === 'main') where.push(sql`exists (select from meters.meter ch where ch.company_id = ${c} and ch.parent_point_id = m.point_id)`)
  if (f.parent_point_id) where.push(sql`m.parent_point_id = ${f.parent_point_id}`)
  if (f.point_id) where.push(sql`m.point_id = ${f.point_id}`)
  if (f.q) where.push(sql`(m.no = ${f.q} or m.name like ${`%${f.q}%`} or ${housesLike(f.q)})`)
  return sql`from meters.meter m left join property.house h on h.company_id = ${c} and h.house_id = m.house_id where ${sql.join(where, sql` and `)}`
}

export async function meterRows(scope: Scope, f: Filter, limit: number, offset: number): Promise<MeterRow[]> {
  const c = scope.company_id
  const { rows } = await sql<Omit<MeterRow, 'can'>>`
    with page as materialized (select m.*, h.label, h.sort_no ${fromMeters(scope, f)} order by m.community_id, m.house_id is not null, h.sort_no, coalesce(h.label, m.name), m.kind, m.no limit ${limit} offset ${offset})
    select p.meter_id, p.point_id, p.parent_point_id, pm.name as parent_name, p.house_id, p.name, p.kind, p.no, trim_scale(p.multiplier)::text as multiplier, trim_scale(p.start_reading)::text as start_reading, p.whole_digits, p.installed_on, p.removed_on,
      p.community_id, cm.name as community_name, p.building_id, b.name as building_name, coalesce(p.label, p.name) as house_label, trim_scale(l.reading)::text as last_reading, l.read_on as last_read_on,
      coalesce((select jsonb_agg(jsonb_build_object('register', g.register, 'start_reading', trim_scale(g.start_reading)::text) order by g.register) from meters.register g where g.company_id = ${c} and g.meter_id = p.meter_id), '[]') as registers,
      (select count(*)::int from meters.meter ch where ch.company_id = ${c} and ch.parent_point_id = p.point_id and ch.removed_on is null) as child_count
    from page p join property.community cm on cm.company_id = ${c} and cm.community_id = p.community_id left join property.building b on b.company_id = ${c} and b.building_id = p.building_id
    left join lateral (select r.reading, r.read_on from meters.reading r where r.company_id = ${c} and r.meter_id = p.meter_id order by r.period_on desc limit 1) l on true
    left join lateral (select coalesce(u.name, u.no) as name from meters.meter u where u.company_id = ${c} and u.point_id = p.parent_point_id order by u.installed_on desc limit 1) pm on true
    order by p.community_id, p.house_id is not null, p.sort_no, coalesce(p.label, p.name), p.kind, p.no`.execute(scope.db)
  const write = scope.reach('meters.meter.write')
  return rows.map((r) => {
    const mine = covers(write, { community_id: r.community_id, building_id: r.building_id ?? '' }) ? null : 'kernel.forbidden'
    const off = mine ?? (r.removed_on ? 'meters.removed' : (true as const))
    return { ...r, can: { write: mine ?? (true as const), replace: off, remove: off } }
  })
}

/** A parent is a live meter of the same kind in the same community, and not below the meter itself. */
async function checkParent(scope: Scope, o: { parent_point_id: string; point_id: string | null; community_id: string; kind: string }): Promise<void> {
  const c = scope.company_id
  const { rows } = await sql<{ fits: boolean; circle: boolean; name: string }>`
    with recursive up as (select m.point_id, m.parent_point_id, 1 as depth from meters.meter m where m.company_id = ${c} and m.point_id = ${o.parent_point_id}
      union select m.point_id, m.parent_point_id, u.depth + 1 from up u join meters.meter m on m.company_id = ${c} and m.point_id = u.parent_point_id where u.depth < 20)
    select m.community_id = ${o.community_id}::uuid and m.kind = ${o.kind} as fits, exists (select from up where up.point_id = ${o.point_id}::uuid) as circle, coalesce(m.name, m.no) as name
    from meters.meter m where m.company_id = ${c} and m.point_id = ${o.parent_point_id} and m.removed_on is null limit 1`.execute(scope.db)
  const p = rows[0]
  if (!p?.fits) throw scope.refuse('meters.parent_other')
  if (p.circle) throw scope.refuse('meters.tree_circle', { name: p.name })
}

type Save = Out<typeof meters.saveMeter.takes>
/** Where the meter is: at its house, or at a building or community under a name of its own. */
async function placeOf(scope: Scope, o: Save): Promise<{ house_id: string | null; community_id: string; building_id: string | null; name: string | null }> {
  const name = o.name?.trim() || null
  if (o.house_id) {
    const h = await houseToChange(scope, o.house_id)
    return { house_id: h.house_id, community_id: h.community_id, building_id: h.building_id, name }
  }
  if (!name) throw scope.refuse('meters.place_missing')
  if (o.building_id) {
    const b = await buildingToRead(scope, o.building_id)
    return { house_id: null, community_id: b.community_id, building_id: b.building_id, name }
  }
  if (!o.community_id) throw scope.refuse('meters.place_missing')
  await communityToChange(scope, o.community_id)
  return { house_id: null, community_id: o.community_id, building_id: null, name }
}

async function writeRegisters(scope: Scope, meter_id: string, registers: readonly { register: string; start_reading: string }[]): Promise<void> {
  await scope.db.deleteFrom('meters.register').where('company_id', '=', scope.company_id).where('meter_id', '=', meter_id).execute()
  if (registers.length === 0) return
  await scope.db.insertInto('meters.register').values(registers.map((r) => ({ company_id: scope.company_id, meter_id, ...r }))).onConflict((c) => c.doNothing()).execute()
}

const save = answer(meters.saveMeter, async (scope, o) => {
  const place = await placeOf(scope, o)
  const fields = { ...place, kind: o.kind, no: o.no, multiplier: o.multiplier, start_reading: o.start_reading ?? null, installed_on: o.installed_on, whole_digits: o.whole_digits ?? null, parent_point_id: o.parent_point_id ?? null }
  const registers = o.registers ?? []
  await refuseTaken(scope, o.kind, o.no, o.meter_id ?? null)
  if (!o.meter_id) {
    if (fields.parent_point_id) await checkParent(scope, { parent_point_id: fields.parent_point_id, point_id: null, community_id: place.community_id, kind: o.kind })
    const meter_id = uuidv7()
    await scope.db.insertInto('meters.meter').values({ company_id: scope.company_id, meter_id, point_id: meter_id, ...fields, removed_on: null }).execute()
    await writeRegisters(scope, meter_id, registers)
    scope.note('meter', meter_id, { after: { ...fields, registers } })
    return { meter_id }
  }
  const before = (await metersToChange(scope, [o.meter_id])).get(o.meter_id)!
  if (fields.parent_point_id) await checkParent(scope, { parent_point_id: fields.parent_point_id, point_id: before.point_id, community_id: place.community_id, kind: o.kind })
  const key = (r: readonly { register: string; start_reading: string }[]) => JSON.stringify(r.map((x) => [x.register, x.start_reading]).sort())
  const touches = before.kind !== o.kind || before.house_id !== place.house_id || before.community_id !== place.community_id || compareDecimal(before.multiplier, o.multiplier) !== 0 || !sameStart(before.start_reading, fields.start_reading) || (o.registers !== undefined && key(before.registers) !== key(registers))
  const read = await scope.db.selectFrom('meters.reading').select('reading_id').where('company_id', '=', scope.company_id).where('meter_id', '=', o.meter_id).limit(1).executeTakeFirst()
  if (touches && read) throw scope.refuse('meters.has_readings', { no: before.no })
  await scope.db.updateTable('meters.meter').set(fields).where('company_id', '=', scope.company_id).where('meter_id', '=', o.meter_id).execute()
  if (o.registers !== undefined && !read) await writeRegisters(scope, o.meter_id, registers)
  scope.note('meter', o.meter_id, { before, after: { ...fields, registers: o.registers } })
  return { meter_id: o.meter_id }
})
const sameStart = (a: string | null, b: string | null): boolean => (a === null || b === null ? a === b : compareDecimal(a, b) === 0)

export const deviceAnswers = [
  answer(meters.meters, async (scope, { page, page_size, ...f }) => {
    const total = (await sql<{ n: number }>`select count(*)::int as n ${fromMeters(scope, f)}`.execute(scope.db)).rows[0]!.n
    return { rows: await meterRows(scope, f, page_size, (page - 1) * page_size), total }
  }),
  save,
  answerFile(meters.metersExcel, async (scope, f) => {
    const rows = await meterRows(scope, f, EXCEL_MAX, 0)
    const text = (title: string) => ({ title, kind: 'text' as const })
    const number = (title: string) => ({ title, kind: 'number' as const })
    const day = (title: string) => ({ title, kind: 'day' as const })
    const body = await writeSheet({
      sheets: [{
        name: '表计',
        columns: [text('小区'), text('楼栋'), text('位置'), text('表种'), text('表号'), text('上级总表'), number('倍率'), number('表盘整数位数'), number('起始读数'), number('最近读数'), day('最近抄表日'), day('安装日'), day('拆除日')],
        rows: rows.map((r) => [r.community_name, r.building_name, r.house_label, words.states!['meter_kind']![r.kind] ?? r.kind, r.no, r.parent_name, r.multiplier, r.whole_digits === null ? null : String(r.whole_digits), r.start_reading, r.last_reading, r.last_read_on, r.installed_on, r.removed_on]),
      }],
    })
    return { name: '表计.xlsx', type: XLSX, body }
  }),
]

export interface MeterIn {
  meter_id?: string
  house_id: string | null
  /** Of a main or shared meter, which has a name instead of a house. */
  community_id?: string
  building_id?: string | null
  name?: string | null
  parent_point_id?: string | null
  kind: 'water' | 'electricity' | 'gas' | 'heat'
  no: string
  multiplier?: string
  start_reading?: string
  whole_digits?: number | null
  installed_on: string
}
/** Makes meters in bulk, for imports and sample data; gives their ids in the order asked. The caller has checked numbers and houses. */
export async function createMeters(scope: Scope, rows: readonly MeterIn[]): Promise<string[]> {
  const made = rows.map((r) => ({ multiplier: '1', start_reading: '0', community_id: null, building_id: null, name: null, parent_point_id: null, whole_digits: null, ...r, meter_id: r.meter_id ?? uuidv7() }))
  const done = await sql`insert into meters.meter (company_id, meter_id, point_id, house_id, community_id, building_id, name, parent_point_id, kind, no, multiplier, start_reading, whole_digits, installed_on)
    select ${scope.company_id}::bigint, x.meter_id, x.meter_id, x.house_id, coalesce(h.community_id, x.community_id), coalesce(h.building_id, x.building_id), x.name, x.parent_point_id, x.kind, x.no, x.multiplier, x.start_reading, x.whole_digits, x.installed_on
    from jsonb_to_recordset(${JSON.stringify(made)}::jsonb) as x(meter_id uuid, house_id uuid, community_id uuid, building_id uuid, name text, parent_point_id uuid, kind text, no text, multiplier numeric, start_reading numeric, whole_digits int, installed_on date)
    left join property.house h on h.company_id = ${scope.company_id} and h.house_id = x.house_id`.execute(scope.db)
  if (Number(done.numAffectedRows ?? 0n) !== made.length) throw new Error('not every meter was made')
  return made.map((m) => m.meter_id)
}
