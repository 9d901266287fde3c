// Groups of houses that share a public utility, their dated rules and what is set for single houses.
import { sql, type RawBuilder } from 'kysely'
import { answer } from '../../../../kernel/app.ts'
import { uuidv7 } from '../../../../kernel/ids.ts'
import type { Scope } from '../../../../kernel/scope.ts'
import { memberNames } from '../../../identity/server/index.ts'
import { buildingToRead, communitiesSeenBy, communityToChange, housesToChange } from '../../../property/server/index.ts'
import { meters, type ShareGroupRow, type ShareRuleRow } from '../../contract.ts'
import { words } from '../../words.ts'

export interface Group {
  group_id: string
  community_id: string
  name: string
  kind: string
  place: 'community' | 'building' | 'unit' | 'list'
  building_id: string | null
  unit_id: string | null
  house_kinds: string[]
  disabled_at: string | null
}
/** Groups belong to a community as a whole, as its fee items do. */
export async function groupToChange(scope: Scope, group_id: string, permission?: string): Promise<Group> {
  const row = await scope.db.selectFrom('meters.share_group').selectAll().where('company_id', '=', scope.company_id).where('group_id', '=', group_id).forUpdate().executeTakeFirst()
  if (!row) throw scope.notFound()
  await communityToChange(scope, row.community_id, permission)
  return row as Group
}
export async function groupToRead(scope: Scope, group_id: string): Promise<Group> {
  const { rows } = await sql<Group>`select g.* from meters.share_group g where g.company_id = ${scope.company_id} and g.group_id = ${group_id} and ${communitiesSeenBy(scope, { alias: 'g' })}`.execute(scope.db)
  if (!rows[0]) throw scope.notFound()
  return rows[0]
}

async function rowsOf(scope: Scope, where: RawBuilder<unknown>, limit: number, offset: number): Promise<ShareGroupRow[]> {
  const c = scope.company_id
  const { rows } = await sql<Omit<ShareGroupRow, 'can'>>`
    with page as materialized (select g.* from meters.share_group g where g.company_id = ${c} and ${communitiesSeenBy(scope, { alias: 'g' })} and ${where} order by g.community_id, g.name limit ${limit} offset ${offset})
    select g.group_id, g.community_id, cm.name as community_name, g.name, g.kind, g.place, g.building_id, g.unit_id, g.house_kinds, g.disabled_at is not null as disabled,
      case g.place when 'community' then '全小区' when 'list' then '指定的户' when 'building' then b.name else b.name || ' ' || u.no || '单元' end as place_name,
      (select count(*)::int from meters.share_member m where m.company_id = ${c} and m.group_id = g.group_id and m.from_on <= ${scope.today}::date and (m.to_on is null or m.to_on > ${scope.today}::date)) as member_count,
      (select jsonb_build_object('rule_id', r.rule_id, 'method', r.method, 'source', r.source, 'unit_price', trim_scale(r.unit_price)::text, 'from_on', r.from_on) from meters.share_rule r where r.company_id = ${c} and r.group_id = g.group_id and r.from_on <= ${scope.today}::date order by r.from_on desc limit 1) as rule,
      (select jsonb_build_object('split_id', s.split_id, 'period', to_char(s.period_on, 'YYYY-MM'), 'total_fen', s.total_fen, 'state', s.state) from meters.share_split s where s.company_id = ${c} and s.group_id = g.group_id and s.state <> 'void' order by s.period_on desc limit 1) as last
    from page g join property.community cm on cm.company_id = ${c} and cm.community_id = g.community_id left join property.building b on b.company_id = ${c} and b.building_id = g.building_id left join property.unit u on u.company_id = ${c} and u.unit_id = g.unit_id
    order by g.community_id, g.name`.execute(scope.db)
  const reach = scope.reach('meters.share.write')
  return rows.map((r) => {
    const write = reach.all || reach.community_ids.includes(r.community_id) ? (true as const) : 'kernel.forbidden'
    return { ...r, can: { write, split: write !== true ? write : r.rule === null ? 'meters.share_no_rule' : (true as const) } }
  })
}

export async function rulesOf(scope: Scope, where: RawBuilder<unknown>): Promise<(ShareRuleRow & { group_id: string })[]> {
  const c = scope.company_id
  const { rows } = await sql<Omit<ShareRuleRow, 'created_by_name'> & { created_by: string | null; group_id: string }>`
    select r.rule_id, r.group_id, r.from_on, r.method, r.area_kind, r.usage_kind, r.floors, trim_scale(r.vacant_percent)::text as vacant_percent, trim_scale(r.unsold_percent)::text as unsold_percent, r.source, trim_scale(r.unit_price)::text as unit_price, r.basis, r.created_by, r.created_at,
      coalesce((select jsonb_agg(jsonb_build_object('point_id', s.point_id, 'take', s.take, 'name', (select coalesce(h.label, m.name) || '(' || m.no || ')' from meters.meter m left join property.house h on h.company_id = ${c} and h.house_id = m.house_id
        where m.company_id = ${c} and m.point_id = s.point_id order by m.installed_on desc, m.meter_id desc limit 1)) order by s.take desc, s.point_id) from meters.share_source s where s.company_id = ${c} and s.rule_id = r.rule_id), '[]') as sources
    from meters.share_rule r where r.company_id = ${c} and ${where} order by r.from_on desc limit 100`.execute(scope.db)
  const names = await memberNames(scope, rows.map((r) => r.created_by))
  return rows.map(({ created_by, ...r }) => ({ ...r, created_by_name: (created_by && names.get(created_by)) || null }))
}

type Place = { community_id: string; place: Group['place']; building_id?: string | null | undefined; unit_id?: string | null | undefined }
/** The building and unit that the chosen place needs, within the community. */
async function placeOf(scope: Scope, o: Place): Promise<{ building_id: string | null; unit_id: string | null }> {
  if (o.place === 'community' || o.place === 'list') return { building_id: null, unit_id: null }
  if (!o.building_id) throw scope.refuse('meters.share_place_missing', { what: '楼栋' })
  const b = await buildingToRead(scope, o.building_id)
  if (b.community_id !== o.community_id) throw scope.notFound()
  if (o.place === 'building') return { building_id: b.building_id, unit_id: null }
  if (!o.unit_id) throw scope.refuse('meters.share_place_missing', { what: '单元' })
  const unit = await scope.db.selectFrom('property.unit').select('unit_id').where('company_id', '=', scope.company_id).where('unit_id', '=', o.unit_id).where('building_id', '=', b.building_id).executeTakeFirst()
  if (!unit) throw scope.notFound()
  return { building_id: b.building_id, unit_id: unit.unit_id }
}

const save = answer(meters.saveShareGroup, async (scope, { request_id: _r, dry_run: _d, group_id: asked, ...o }) => {
  await communityToChange(scope, o.community_id)
  const fields = { community_id: o.community_id, name: o.name, kind: o.kind, place: o.place, house_kinds: [...new Set(o.house_kinds)].sort(), ...(await placeOf(scope, o)) }
  const same = await scope.db.selectFrom('meters.share_group').select('group_id').where('company_id', '=', scope.company_id).where('community_id', '=', o.community_id).where('name', '=', o.name).executeTakeFirst()
  if (same && same.group_id !== asked) throw scope.refuse('meters.share_name_taken', { name: o.name })
  if (!asked) {
    const group_id = uuidv7()
    await scope.db.insertInto('meters.share_group').values({ company_id: scope.company_id, group_id, ...fields, disabled_at: null, created_at: scope.now }).execute()
    scope.note('share_group', group_id, { after: fields })
    return { group_id }
  }
  const before = await groupToChange(scope, asked)
  const moved = before.community_id !== fields.community_id || before.place !== fields.place || before.building_id !== fields.building_id || before.unit_id !== fields.unit_id || before.kind !== fields.kind || [...before.house_kinds].sort().join() !== fields.house_kinds.join()
  if (moved && (await scope.db.selectFrom('meters.share_split').select('split_id').where('company_id', '=', scope.company_id).where('group_id', '=', asked).where('state', '=', 'published').limit(1).executeTakeFirst())) throw scope.refuse('meters.share_has_splits', { name: before.name })
  await scope.db.updateTable('meters.share_group').set(fields).where('company_id', '=', scope.company_id).where('group_id', '=', asked).execute()
  scope.note('share_group', asked, { before, after: fields })
  return { group_id: asked }
})

const rule = answer(meters.publishShareRule, async (scope, { request_id: _r, dry_run: _d, ...o }) => {
  const g = await groupToChange(scope, o.group_id)
  const missing = o.method === 'area' && !o.area_kind ? '面积口径' : o.method === 'usage' && !o.usage_kind ? '按哪种表的用量' : o.source === 'price' && o.unit_price == null ? '单价' : o.source === 'price' && o.sources.length === 0 ? '公摊用量来自哪块表' : null
  if (missing) throw scope.refuse('meters.share_rule_incomplete', { what: missing })
  if (o.floors.some((b) => b.to_floor < b.from_floor)) throw scope.refuse('meters.share_rule_incomplete', { what: '楼层系数的止层应不低于起始层' })
  const points = [...new Set(o.sources.map((s) => s.point_id))]
  const { rows } = await sql<{ n: number }>`select count(distinct m.point_id)::int as n from meters.meter m where m.company_id = ${scope.company_id} and m.community_id = ${g.community_id} and m.point_id = any(${points}::uuid[])`.execute(scope.db)
  if (points.length !== o.sources.length || rows[0]!.n !== points.length) throw scope.refuse('meters.share_source_other')
  const rule_id = uuidv7()
  const made = await scope.db
    .insertInto('meters.share_rule')
    .values({
      company_id: scope.company_id, rule_id, group_id: o.group_id, from_on: o.from_on, method: o.method, area_kind: o.method === 'area' ? o.area_kind! : null, usage_kind: o.method === 'usage' ? o.usage_kind! : null, floors: sql`${JSON.stringify(o.floors)}::jsonb`, vacant_percent: o.vacant_percent, unsold_percent: o.unsold_percent,
      source: o.source, unit_price: o.source === 'price' ? o.unit_price! : null, basis: o.basis, created_by: scope.who.account_id, created_at: scope.now,
    })
    .onConflict((c) => c.columns(['company_id', 'group_id', 'from_on']).doNothing())
    .returning('rule_id')
    .executeTakeFirst()
  if (!made) throw scope.refuse('meters.share_rule_taken', { from_on: o.from_on })
  if (o.sources.length) await scope.db.insertInto('meters.share_source').values(o.sources.map((s) => ({ company_id: scope.company_id, rule_id, ...s }))).execute()
  scope.note('share_group', o.group_id, { rule: o })
  return { rule_id }
})

const setMembers = answer(meters.setShareMembers, async (scope, o) => {
  const g = await groupToChange(scope, o.group_id)
  const houses = await housesToChange(scope, o.rows.map((r) => r.house_id))
  if (houses.some((h) => h.community_id !== g.community_id)) throw scope.notFound()
  const c = scope.company_id
  const input = JSON.stringify(o.rows.map((r) => ({ house_id: r.house_id, coefficient: r.coefficient, from_on: r.from_on, to_on: r.to_on ?? null, note: r.note ?? null })))
  const x = sql`jsonb_to_recordset(${input}::jsonb) as x(house_id uuid, coefficient numeric, from_on date, to_on date, note text)`
  const { rows: later } = await sql<{ label: string; from_on: string }>`select h.label, m.from_on from ${x} join meters.share_member m on m.company_id = ${c} and m.group_id = ${o.group_id} and m.house_id = x.house_id and m.from_on > x.from_on and (x.to_on is null or m.from_on < x.to_on)
    join property.house h on h.company_id = ${c} and h.house_id = m.house_id limit 1`.execute(scope.db)
  if (later[0]) throw scope.refuse('meters.share_member_later', { house: later[0].label, from_on: later[0].from_on })
  await sql`delete from meters.share_member m using ${x} where m.company_id = ${c} and m.group_id = ${o.group_id} and m.house_id = x.house_id and m.from_on = x.from_on`.execute(scope.db)
  await sql`update meters.share_member m set to_on = x.from_on from ${x} where m.company_id = ${c} and m.group_id = ${o.group_id} and m.house_id = x.house_id and m.from_on < x.from_on and (m.to_on is null or m.to_on > x.from_on)`.execute(scope.db)
  await sql`insert into meters.share_member (company_id, group_id, house_id, from_on, to_on, coefficient, note) select ${c}::bigint, ${o.group_id}::uuid, x.house_id, x.from_on, x.to_on, x.coefficient, x.note from ${x} on conflict do nothing`.execute(scope.db)
  scope.note('share_group', o.group_id, { members: o.rows.length })
  return { count: o.rows.length }
})

export const groupAnswers = [
  answer(meters.shareGroups, async (scope, f) => {
    const where: RawBuilder<unknown>[] = [f.with_disabled ? sql`true` : sql`g.disabled_at is null`]
    if (f.community_id) where.push(sql`g.community_id = ${f.community_id}`)
    if (f.kind) where.push(sql`g.kind = ${f.kind}`)
    if (f.q) where.push(sql`g.name like ${`%${f.q}%`}`)
    const all = sql.join(where, sql` and `)
    const total = (await sql<{ n: number }>`select count(*)::int as n from meters.share_group g where g.company_id = ${scope.company_id} and ${communitiesSeenBy(scope, { alias: 'g' })} and ${all}`.execute(scope.db)).rows[0]!.n
    return { rows: await rowsOf(scope, all, f.page_size, (f.page - 1) * f.page_size), total }
  }),
  answer(meters.shareGroup, async (scope, { group_id }) => {
    const g = await groupToRead(scope, group_id)
    const [row] = await rowsOf(scope, sql`g.group_id = ${group_id}`, 1, 0)
    const { rows } = await sql<{ n: number }>`select count(*)::int as n from ${housesOf(scope, g, scope.today)}`.execute(scope.db)
    return { ...row!, rules: (await rulesOf(scope, sql`r.group_id = ${group_id}`)).map(({ group_id: _, ...r }) => r), house_count: rows[0]!.n }
  }),
  save,
  answer(meters.setShareGroupDisabled, async (scope, { group_id, disabled }) => {
    await groupToChange(scope, group_id)
    await scope.db.updateTable('meters.share_group').set({ disabled_at: disabled ? scope.now : null }).where('company_id', '=', scope.company_id).where('group_id', '=', group_id).execute()
    scope.note('share_group', group_id, { disabled })
    return { group_id }
  }),
  rule,
  answer(meters.shareMembers, async (scope, f) => {
    await groupToRead(scope, f.group_id)
    const c = scope.company_id
    const from = sql`from meters.share_member m join property.house h on h.company_id = ${c} and h.house_id = m.house_id join property.building b on b.company_id = ${c} and b.building_id = h.building_id
      where m.company_id = ${c} and m.group_id = ${f.group_id} ${f.current_only ? sql`and m.from_on <= ${scope.today}::date and (m.to_on is null or m.to_on > ${scope.today}::date)` : sql``}`
    const total = (await sql<{ n: number }>`select count(*)::int as n ${from}`.execute(scope.db)).rows[0]!.n
    const { rows } = await sql<{ house_id: string; house_label: string; building_name: string; floor_no: number; coefficient: string; from_on: string; to_on: string | null; note: string | null }>`
      select m.house_id, h.label as house_label, b.name as building_name, h.floor_no, trim_scale(m.coefficient)::text as coefficient, m.from_on, m.to_on, m.note ${from} order by h.sort_no, h.label, m.from_on desc limit ${f.page_size} offset ${(f.page - 1) * f.page_size}`.execute(scope.db)
    return { rows, total }
  }),
  setMembers,
  answer(meters.endShareMember, async (scope, o) => {
    await groupToChange(scope, o.group_id)
    const done = await sql`update meters.share_member set to_on = ${o.to_on}::date where company_id = ${scope.company_id} and group_id = ${o.group_id} and house_id = ${o.house_id} and from_on < ${o.to_on}::date and (to_on is null or to_on > ${o.to_on}::date)`.execute(scope.db)
    if (done.numAffectedRows !== 1n) throw scope.refuse('meters.share_member_none', { to_on: o.to_on })
    scope.note('share_group', o.group_id, { ended: o.house_id, to_on: o.to_on })
    return { house_id: o.house_id }
  }),
]

/** The houses of a group on a day, as `x`: the register's columns and the coefficient set for the house, null where none is. */
export function housesOf(scope: Scope, g: Group, day: string): RawBuilder<unknown> {
  const c = scope.company_id
  const at = g.place === 'unit' ? sql`and h.unit_id = ${g.unit_id}` : g.place === 'building' ? sql`and h.building_id = ${g.building_id}` : g.place === 'list' ? sql`and m.house_id is not null` : sql``
  return sql`(select h.house_id, h.label, h.sort_no, h.floor_no, h.state, h.built_area_m2, h.inner_area_m2, h.heated_area_m2, h.building_id, m.coefficient from property.house h
    left join meters.share_member m on m.company_id = ${c} and m.group_id = ${g.group_id} and m.house_id = h.house_id and m.from_on <= ${day}::date and (m.to_on is null or m.to_on > ${day}::date)
    where h.company_id = ${c} and h.community_id = ${g.community_id} and h.state <> 'disabled' and h.kind = any(${g.house_kinds}::text[]) ${at}) x`
}

export const say = (of: string, code: string): string => words.states![of]![code] ?? code
