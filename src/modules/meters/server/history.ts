// One meter over time: its devices, what its point used by month, its readings; what a resident sees of it; and what is worth a look.
import { sql, type RawBuilder } from 'kysely'
import { answer, answerFile, type App } from '../../../kernel/app.ts'
import { addMonths } from '../../../kernel/clock.ts'
import { addDecimal } from '../../../kernel/money.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { memberNames } from '../../identity/server/index.ts'
import { houseOfResident, ties } from '../../people/server/index.ts'
import { housesSeenBy } from '../../property/server/index.ts'
import { meters } from '../contract.ts'
import { meterToRead } from './access.ts'
import { CHECK_FALLBACK } from './check_rules.ts'
import { meterRows } from './devices.ts'
import { photoOf } from './photos.ts'

const MONTHS = 36
const MINE_MONTHS = 13

const file = answer(meters.meter, async (scope, { meter_id }) => {
  const c = scope.company_id
  const seen = await meterToRead(scope, meter_id)
  const [row] = await meterRows(scope, { meter_id }, 1, 0)
  const { rows: devices } = await sql<{ meter_id: string; no: string; multiplier: string; installed_on: string; removed_on: string | null; start_reading: string | null; last_reading: string | null; carried: string }>`
    select m.meter_id, m.no, trim_scale(m.multiplier)::text as multiplier, m.installed_on, m.removed_on, trim_scale(m.start_reading)::text as start_reading, trim_scale(l.reading)::text as last_reading, trim_scale(coalesce(l.carried_out, m.start_carried))::text as carried
    from meters.meter m left join lateral (select r.reading, r.carried_out from meters.reading r where r.company_id = ${c} and r.meter_id = m.meter_id order by r.period_on desc limit 1) l on true
    where m.company_id = ${c} and m.point_id = ${seen.point_id} order by m.installed_on desc, m.meter_id desc limit 100`.execute(scope.db)
  return { ...row!, devices: devices.map(({ carried: _, ...d }) => d), months: await monthsOf(scope, seen.point_id, MONTHS), carried: devices[0]?.carried ?? '0' }
})

async function monthsOf(scope: Scope, point_id: string, months: number): Promise<{ period: string; usage: string; estimated: boolean; suspect: boolean }[]> {
  const { rows } = await sql<{ period: string; usage: string; estimated: boolean; suspect: boolean }>`select to_char(r.period_on, 'YYYY-MM') as period, trim_scale(sum(r.usage))::text as usage, bool_or(r.source = 'estimate') as estimated, bool_or(r.state = 'suspect') as suspect
    from meters.meter m join meters.reading r on r.company_id = ${scope.company_id} and r.meter_id = m.meter_id where m.company_id = ${scope.company_id} and m.point_id = ${point_id} group by r.period_on order by r.period_on desc limit ${months}`.execute(scope.db)
  return rows.reverse()
}

const history = answer(meters.meterHistory, async (scope, { meter_id, page, page_size }) => {
  const c = scope.company_id
  const seen = await meterToRead(scope, meter_id)
  const from = sql`from meters.meter m join meters.reading r on r.company_id = ${c} and r.meter_id = m.meter_id where m.company_id = ${c} and m.point_id = ${seen.point_id}`
  const total = (await sql<{ n: number }>`select count(*)::int as n ${from}`.execute(scope.db)).rows[0]!.n
  const { rows } = await sql<{ reading_id: string; meter_id: string; meter_no: string; period: string; read_on: string; previous: string; reading: string; usage: string; multiplier: string; rolled: boolean; carried_in: string; carried_out: string; billed_reading: string | null; state: 'good'; source: string; note: string | null; has_photo: boolean; parts: { register: 'peak'; previous: string; reading: string; usage: string }[]; read_by: string | null; created_at: string }>`
    select r.reading_id, m.meter_id, m.no as meter_no, to_char(r.period_on, 'YYYY-MM') as period, r.read_on, trim_scale(r.previous)::text as previous, trim_scale(r.reading)::text as reading, trim_scale(r.usage)::text as usage, trim_scale(m.multiplier)::text as multiplier,
      r.rolled, trim_scale(r.carried_in)::text as carried_in, trim_scale(r.carried_out)::text as carried_out, trim_scale(r.billed_reading)::text as billed_reading, r.state, r.source, r.note, r.photo_file_id is not null as has_photo, r.read_by, r.created_at,
      coalesce((select jsonb_agg(jsonb_build_object('register', p.register, 'previous', trim_scale(p.previous)::text, 'reading', trim_scale(p.reading)::text, 'usage', trim_scale(p.usage)::text) order by p.register) from meters.reading_part p where p.company_id = ${c} and p.reading_id = r.reading_id), '[]') as parts
    ${from} order by r.period_on desc, m.installed_on desc, r.reading_id limit ${page_size} offset ${(page - 1) * page_size}`.execute(scope.db)
  const names = await memberNames(scope, rows.map((r) => r.read_by))
  return { rows: rows.map(({ read_by, ...r }) => ({ ...r, read_by_name: (read_by && names.get(read_by)) || null })), total }
})

const hints = answer(meters.hints, async (scope, f) => {
  const c = scope.company_id
  const first = `${f.period}-01`
  const where: RawBuilder<unknown>[] = [sql`m.company_id = ${c}`, housesSeenBy(scope, { alias: 'm' }), sql`m.house_id is not null`]
  if (f.community_id) where.push(sql`m.community_id = ${f.community_id}`)
  if (f.kind) where.push(sql`m.kind = ${f.kind}`)
  const usageAt = (on: string) => sql`(select sum(y.usage) from meters.meter d join meters.reading y on y.company_id = ${c} and y.meter_id = d.meter_id and y.period_on = ${on}::date where d.company_id = ${c} and d.point_id = m.point_id)`
  const ctes = sql`seen as materialized (
      select r.reading_id, m.meter_id, m.point_id, m.no as meter_no, m.kind, m.house_id, h.label as house_label, h.sort_no, b.name as building_name, h.state, r.usage, m.community_id, ${usageAt(`${addMonths(f.period, -1)}-01`)} as before, ${usageAt(`${addMonths(f.period, -12)}-01`)} as last_year,
        (select avg(w.usage) from (select sum(y.usage) as usage from meters.meter d join meters.reading y on y.company_id = ${c} and y.meter_id = d.meter_id and y.period_on < ${`${addMonths(f.period, -1)}-01`}::date where d.company_id = ${c} and d.point_id = m.point_id group by y.period_on order by y.period_on desc limit 6) w) as base,
        (select count(*) filter (where w.usage = 0) from (select sum(y.usage) as usage from meters.meter d join meters.reading y on y.company_id = ${c} and y.meter_id = d.meter_id and y.period_on <= ${first}::date where d.company_id = ${c} and d.point_id = m.point_id group by y.period_on order by y.period_on desc limit coalesce(k.zero_periods, ${CHECK_FALLBACK.zero_periods}::int)) w) as zeros,
        coalesce(k.zero_periods, ${CHECK_FALLBACK.zero_periods}::int) as zero_periods, coalesce(k.leak_factor, ${CHECK_FALLBACK.leak_factor}::numeric) as leak_factor, coalesce(k.doubled_factor, ${CHECK_FALLBACK.doubled_factor}::numeric) as doubled_factor
      from meters.meter m join meters.reading r on r.company_id = ${c} and r.meter_id = m.meter_id and r.period_on = ${first}::date and r.state <> 'suspect' and r.source <> 'estimate'
      join property.house h on h.company_id = ${c} and h.house_id = m.house_id join property.building b on b.company_id = ${c} and b.building_id = h.building_id
      left join lateral (select q.zero_periods, q.leak_factor, q.doubled_factor from meters.check_rule q where q.company_id = ${c} and q.kind = m.kind and (q.community_id = m.community_id or q.community_id is null) and q.from_on <= r.read_on order by q.community_id nulls last, q.from_on desc limit 1) k on true
      where ${sql.join(where, sql` and `)}),
    hinted as materialized (
      select 'vacant_use' as hint, s.*, null::numeric as compared from seen s where s.state in ('vacant','unsold') and s.usage > 0
      union all select 'no_use', s.*, s.before from seen s where s.state in ('lived_in','let') and s.zeros >= s.zero_periods
      union all select 'doubled', s.*, s.last_year from seen s where s.last_year > 0 and s.usage > s.last_year * s.doubled_factor
      union all select 'leak', s.*, round(s.base, 3) from seen s where s.kind = 'water' and s.base > 0 and s.usage > s.base * s.leak_factor and s.before > s.base * s.leak_factor)`
  const only = f.hint ? sql`where x.hint = ${f.hint}` : sql``
  const { rows } = await sql<{ reading_id: string; meter_id: string; meter_no: string; kind: 'water'; house_id: string; house_label: string; building_name: string; hint: 'leak'; usage: string; compared: string | null; total: number }>`with ${ctes}
    select x.reading_id, x.meter_id, x.meter_no, x.kind, x.house_id, x.house_label, x.building_name, x.hint, trim_scale(x.usage)::text as usage, trim_scale(x.compared)::text as compared, (count(*) over ())::int as total
    from hinted x ${only} order by x.hint, x.community_id, x.sort_no, x.meter_no limit ${f.page_size} offset ${(f.page - 1) * f.page_size}`.execute(scope.db)
  return { rows: rows.map(({ total: _, ...r }) => r), total: rows[0]?.total ?? 0 }
})

/** Since when the resident has to do with the house: what was before is somebody else's life. */
async function since(scope: Scope, house_id: string): Promise<string> {
  const own = await houseOfResident(scope, house_id)
  const { rows } = await sql<{ from_on: string | null }>`select min(l.from_on) as from_on from ${ties(scope)} l where l.house_id = ${house_id} and l.person_id = ${own.person_id} and l.from_on <= ${scope.today}::date and (l.to_on is null or l.to_on > ${scope.today}::date)`.execute(scope.db)
  return rows[0]?.from_on ?? scope.today
}

const mine = answer(meters.myUsage, async (scope, { house_id }) => {
  const c = scope.company_id
  const from_on = await since(scope, house_id)
  const { rows } = await sql<{ kind: 'water'; point_id: string; no: string; meter_id: string; period: string; read_on: string; previous: string; reading: string; usage: string; multiplier: string; source: string; rolled: boolean; carried_in: string; has_photo: boolean; register_usages: { register: 'peak'; usage: string }[] }>`
    select m.kind, m.point_id, (select n.no from meters.meter n where n.company_id = ${c} and n.point_id = m.point_id order by n.installed_on desc, n.meter_id desc limit 1) as no, m.meter_id, to_char(r.period_on, 'YYYY-MM') as period, r.read_on, trim_scale(r.previous)::text as previous, trim_scale(r.reading)::text as reading,
      trim_scale(r.usage)::text as usage, trim_scale(m.multiplier)::text as multiplier, r.source, r.rolled, trim_scale(r.carried_in)::text as carried_in, r.photo_file_id is not null as has_photo,
      coalesce((select jsonb_agg(jsonb_build_object('register', p.register, 'usage', trim_scale(p.usage)::text) order by p.register) from meters.reading_part p where p.company_id = ${c} and p.reading_id = r.reading_id), '[]') as register_usages
    from meters.meter m join meters.reading r on r.company_id = ${c} and r.meter_id = m.meter_id and r.period_on > ${`${addMonths(scope.today.slice(0, 7), -MINE_MONTHS)}-01`}::date and r.state <> 'suspect' and r.read_on >= ${from_on}::date
    where m.company_id = ${c} and m.house_id = ${house_id} order by m.kind, m.point_id, r.period_on, m.installed_on limit 500`.execute(scope.db)
  const points = Map.groupBy(rows, (r) => r.point_id)
  return {
    meters: [...points.values()].map((list) => {
      const months = Map.groupBy(list, (r) => r.period)
      return {
        kind: list[0]!.kind, point_id: list[0]!.point_id, no: list[0]!.no,
        months: [...months].map(([period, of]) => ({ period, usage: of.map((r) => r.usage).reduce((a, b) => addDecimal(a, b)) })),
        readings: list.map(({ kind: _k, point_id: _p, no: _n, ...r }) => r).reverse(),
      }
    }),
  }
})

export const historyAnswers = (app: () => App) => [
  file,
  history,
  hints,
  mine,
  answerFile(meters.myReadingPhoto, async (scope, o) => {
    const from_on = await since(scope, o.house_id)
    const { rows } = await sql<{ meter_id: string }>`select m.meter_id from meters.meter m join meters.reading r on r.company_id = m.company_id and r.meter_id = m.meter_id and r.period_on = ${`${o.period}-01`}::date and r.read_on >= ${from_on}::date
      where m.company_id = ${scope.company_id} and m.meter_id = ${o.meter_id} and m.house_id = ${o.house_id}`.execute(scope.db)
    if (!rows[0]) throw scope.notFound()
    return photoOf(scope, app().data_dir, o.meter_id, o.period)
  }),
]
