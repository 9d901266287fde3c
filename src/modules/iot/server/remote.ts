// Remote reading: at the planned hour the last good value of each meter's counter becomes the reading of the month, by the same road as readings by hand
// (meters), which judges it again. What was doubted by the gateway (H8) is not taken; the page says why.
import { sql, type RawBuilder, type SqlBool } from 'kysely'
import { answer, answerFile, type App } from '../../../kernel/app.ts'
import { dayOf, minuteText } from '../../../kernel/clock.ts'
import { sentence } from '../../../kernel/contract.ts'
import { uuidv7 } from '../../../kernel/ids.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { writeSheet, XLSX } from '../../../kernel/sheet/index.ts'
import { checkReadings, recordReadings } from '../../meters/server/index.ts'
import { communitiesSeenBy, communityToChange } from '../../property/server/index.ts'
import { iot, type ReadPlan, type RemoteFilter, type RemoteRow } from '../contract.ts'
import { said } from '../shown.ts'

const AT_ONCE = 2000
const EXCEL_MAX = 20_000
/** A value older than this at the planned hour is not the reading of that day. */
const FRESH_H = 36
/** What could not be taken at the hour is tried again each hour for so long. */
const AGAIN_H = 72
const STATES = ['done', 'suspect', 'failed', 'waiting', 'by_hand'] as const
/** What was not taken from the device and is read all the same: somebody was there. */
const STATE = sql<RemoteRow['state']>`case when r.state in ('done','suspect') then r.state when h.reading_id is not null then 'by_hand' else coalesce(r.state, 'waiting') end`

interface Found {
  device_id: string
  meter_id: string
  meter_no: string
  v: string | null
  at: string | null
  doubt: string | null
}
async function candidates(scope: Scope, o: { community_id: string; kind: string; period_on: string; as_of: string }): Promise<Found[]> {
  const c = scope.company_id
  const { rows } = await sql<Found>`select d.device_id, d.meter_id, m.no as meter_no, trim_scale(round(s.v, k.places))::text as v, s.at, x.why as doubt
    from iot.device d join meters.meter m on m.company_id = ${c} and m.meter_id = d.meter_id and m.kind = ${o.kind} and (m.removed_on is null or m.removed_on > ${o.period_on}::date) join iot.product p on p.company_id = ${c} and p.product_id = d.product_id
      join lateral (select e->>'key' as point, (e->>'places')::int as places from jsonb_array_elements(p.model->'points') e where e->>'kind' = 'counter' limit 1) k on true
      left join lateral (select s.v, s.at from iot.sample s where s.company_id = ${c} and s.device_id = d.device_id and s.point = k.point and s.at <= ${o.as_of}::timestamptz and s.at > ${o.as_of}::timestamptz - make_interval(hours => ${FRESH_H}) and s.q in ('good','substituted') and s.src <> 'manual' order by s.at desc limit 1) s on true
      left join lateral (select s.why from iot.sample s where s.company_id = ${c} and s.device_id = d.device_id and s.point = k.point and s.at <= ${o.as_of}::timestamptz and s.at > ${o.as_of}::timestamptz - make_interval(hours => ${FRESH_H}) and s.src <> 'manual' order by s.at desc limit 1) x on true
    where d.company_id = ${c} and d.community_id = ${o.community_id} and d.life <> 'retired' and not exists (select from meters.reading r where r.company_id = ${c} and r.meter_id = d.meter_id and r.period_on = ${o.period_on}::date)
    order by d.meter_id limit ${AT_ONCE}`.execute(scope.db)
  return rows
}
export interface Taken {
  done_count: number
  suspect_count: number
  failed_count: number
}
/** `wording` words the refusals of meters. */
export async function takeReadings(scope: Scope, o: { community_id: string; kind: string; period_on: string; as_of: string }, wording: (code: string) => string): Promise<Taken> {
  const found = await candidates(scope, o)
  const ready = found.filter((f) => f.v !== null && f.doubt === null)
  const rows = ready.map((f) => ({ meter_id: f.meter_id, period_on: o.period_on, read_on: dayOf(f.at!), reading: f.v!, source: 'remote' as const }))
  const problems = new Map((await checkReadings(scope, rows)).map((p) => [p.index, sentence(wording(p.code), p.params)]))
  const good = rows.filter((_, i) => !problems.has(i))
  const written = new Map((await recordReadings(scope, good)).map((r) => [r.meter_id, r]))
  const result = found.map((f) => {
    const i = ready.indexOf(f)
    const r = written.get(f.meter_id)
    const why = r ? (r.state === 'suspect' ? '已取数,存疑,请到「存疑读数」核实' : null) : i >= 0 ? (problems.get(i) ?? null) : f.v === null ? (f.doubt ? `采集值存疑:${f.doubt}` : `${FRESH_H} 小时内没有采集到读数`) : `最近的采集值存疑:${f.doubt}`
    return { device_id: f.device_id, meter_id: f.meter_id, state: r ? (r.state === 'suspect' ? 'suspect' : 'done') : 'failed', reading: f.v, taken_at: f.at, why: why?.slice(0, 200) ?? null }
  })
  await sql`insert into iot.remote_read (company_id, period_on, device_id, meter_id, state, reading, taken_at, why, tried_at)
    select ${scope.company_id}::bigint, ${o.period_on}::date, x.device_id, x.meter_id, x.state, x.reading, x.taken_at, x.why, ${scope.now}::timestamptz from jsonb_to_recordset(${JSON.stringify(result)}::jsonb) as x(device_id uuid, meter_id uuid, state text, reading numeric, taken_at timestamptz, why text)
    on conflict (company_id, period_on, device_id) do update set state = excluded.state, reading = excluded.reading, taken_at = excluded.taken_at, why = excluded.why, tried_at = excluded.tried_at`.execute(scope.db)
  const n = (state: string): number => result.filter((r) => r.state === state).length
  if (result.length) scope.note('reading', o.period_on.slice(0, 7), { remote: result.length, done: n('done'), suspect: n('suspect'), failed: n('failed') })
  return { done_count: n('done'), suspect_count: n('suspect'), failed_count: n('failed') }
}

const IN_FORCE = (scope: Scope) => sql`p.from_on <= ${scope.today}::date and not exists (select from iot.read_plan n where n.company_id = p.company_id and n.community_id = p.community_id and n.kind = p.kind and n.from_on > p.from_on and n.from_on <= ${scope.today}::date)`
/** Each hour: the plans whose hour of this month has come within the last three days. */
export async function readByPlan(scope: Scope, wording: (code: string) => string): Promise<void> {
  const { rows } = await sql<{ community_id: string; kind: string; period_on: string; as_of: string }>`select p.community_id, p.kind, date_trunc('month', ${scope.today}::date)::date as period_on, x.as_of from iot.read_plan p
    cross join lateral (select (date_trunc('month', ${scope.today}::date::timestamp) + make_interval(days => p.day_no - 1, hours => p.hour_no)) at time zone 'Asia/Shanghai' as as_of) x
    where p.company_id = ${scope.company_id} and not p.stopped and ${IN_FORCE(scope)} and x.as_of <= ${scope.now}::timestamptz and x.as_of > ${scope.now}::timestamptz - make_interval(hours => ${AGAIN_H}) order by p.community_id, p.kind limit 200`.execute(scope.db)
  for (const r of rows) await takeReadings(scope, { ...r, as_of: scope.now }, wording)
}

function conditions(scope: Scope, f: RemoteFilter, with_state: boolean): RawBuilder<SqlBool> {
  const p: RawBuilder<unknown>[] = [sql`d.company_id = ${scope.company_id}`, sql`d.life <> 'retired'`, communitiesSeenBy(scope, { alias: 'd' })]
  if (f.community_id) p.push(sql`d.community_id = ${f.community_id}`)
  if (f.kind) p.push(sql`m.kind = ${f.kind}`)
  if (f.q) p.push(sql`position(lower(${f.q}) in lower(d.name || ' ' || m.no)) > 0`)
  if (with_state && f.state) p.push(sql`${STATE} = ${f.state}`)
  return sql<SqlBool>`${sql.join(p, sql` and `)}`
}
const FROM = (scope: Scope, f: RemoteFilter) => sql`iot.device d join meters.meter m on m.company_id = ${scope.company_id} and m.meter_id = d.meter_id left join iot.remote_read r on r.company_id = ${scope.company_id} and r.period_on = ${`${f.period}-01`}::date and r.device_id = d.device_id left join meters.reading h on h.company_id = ${scope.company_id} and h.meter_id = d.meter_id and h.period_on = ${`${f.period}-01`}::date`
async function rowsOf(scope: Scope, f: RemoteFilter, limit: number, offset = 0): Promise<RemoteRow[]> {
  const { rows } = await sql<RemoteRow>`select d.device_id, d.name as device_name, d.meter_id, m.no as meter_no, k.name as community_name, m.kind, ${f.period} as period, ${STATE} as state, trim_scale(case when r.state in ('done','suspect') or h.reading_id is null then r.reading else h.reading end)::text as reading, r.taken_at, case when r.state in ('done','suspect') or h.reading_id is null then r.why else '已抄:' || h.read_on end as why, r.tried_at
    from ${FROM(scope, f)} join property.community k on k.company_id = ${scope.company_id} and k.community_id = d.community_id where ${conditions(scope, f, true)} order by d.community_id, d.name collate iot.natural, d.device_id limit ${limit} offset ${offset}`.execute(scope.db)
  return rows
}

export const remoteAnswers = (app: () => App) => [
  answer(iot.readPlans, async (scope, o) => {
    const { rows } = await sql<ReadPlan>`select p.plan_id, p.community_id, k.name as community_name, p.kind, p.from_on, p.day_no, p.hour_no, p.stopped, ${IN_FORCE(scope)} as in_force from iot.read_plan p join property.community k on k.company_id = ${scope.company_id} and k.community_id = p.community_id
      where p.company_id = ${scope.company_id} and ${communitiesSeenBy(scope, { alias: 'p' })} ${o.community_id ? sql`and p.community_id = ${o.community_id}` : sql``} order by k.name, p.kind, p.from_on desc limit 500`.execute(scope.db)
    return { rows }
  }),
  answer(iot.saveReadPlan, async (scope, o) => {
    await communityToChange(scope, o.community_id)
    if (o.from_on < scope.today) throw scope.refuse('iot.plan_past', { day: scope.today })
    const { rows } = await sql<{ plan_id: string }>`insert into iot.read_plan (company_id, plan_id, community_id, kind, from_on, day_no, hour_no, stopped, made_by, made_at) values (${scope.company_id}, ${uuidv7()}, ${o.community_id}, ${o.kind}, ${o.from_on}, ${o.day_no}, ${o.hour_no}, ${o.stopped}, ${scope.who.account_id}::uuid, ${scope.now})
      on conflict (company_id, community_id, kind, from_on) do update set day_no = excluded.day_no, hour_no = excluded.hour_no, stopped = excluded.stopped, made_by = excluded.made_by, made_at = excluded.made_at returning plan_id`.execute(scope.db)
    scope.note('read_plan', rows[0]!.plan_id, { kind: o.kind, from_on: o.from_on, day_no: o.day_no, hour_no: o.hour_no, stopped: o.stopped })
    return { plan_id: rows[0]!.plan_id }
  }),
  answer(iot.remoteReads, async (scope, f) => {
    const [rows, n] = await Promise.all([rowsOf(scope, f, f.page_size, (f.page - 1) * f.page_size), sql<{ state: RemoteRow['state']; n: number }>`select ${STATE} as state, count(*)::int as n from ${FROM(scope, f)} where ${conditions(scope, f, false)} group by 1`.execute(scope.db)])
    const counts = Object.fromEntries(STATES.map((s) => [s, n.rows.find((r) => r.state === s)?.n ?? 0])) as Record<RemoteRow['state'], number>
    return { rows, counts, total: f.state ? counts[f.state] : STATES.reduce((t, s) => t + counts[s], 0) }
  }),
  answerFile(iot.remoteReadsExcel, async (scope, f) => {
    const rows = await rowsOf(scope, f, EXCEL_MAX + 1)
    if (rows.length > EXCEL_MAX) throw scope.refuse('iot.too_many_rows', { max: EXCEL_MAX })
    const body = await writeSheet({ sheets: [{ name: '远传抄表', columns: ['设备', '表号', '小区', '账期', '结果', '读数', '读数时间', '说明', '取数时间'].map((title) => ({ title, kind: 'text' as const })), rows: rows.map((r) => [r.device_name, r.meter_no, r.community_name, r.period, said('remote', r.state), r.reading, minuteText(r.taken_at), r.why, minuteText(r.tried_at)]) }] })
    return { name: `远传抄表-${f.period}.xlsx`, type: XLSX, body }
  }),
  answer(iot.readRemote, async (scope, o) => {
    await communityToChange(scope, o.community_id)
    return takeReadings(scope, { community_id: o.community_id, kind: o.kind, period_on: `${o.period}-01`, as_of: scope.now }, (code) => app().words.get(code) ?? code)
  }),
]
