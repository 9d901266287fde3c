// Visits for whoever stands at a gate and for the desk: found by code or plate, in once, out once; registered where nobody announced them.
import { sql, type SqlBool } from 'kysely'
import { answer, answerFile } from '../../../kernel/app.ts'
import { minuteText } from '../../../kernel/clock.ts'
import { uuidv7 } from '../../../kernel/ids.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { XLSX, writeSheet } from '../../../kernel/sheet/index.ts'
import { activeOn, ties } from '../../people/server/index.ts'
import { houseSearch, houseToRead, housesSeenBy } from '../../property/server/index.ts'
import { access } from '../contract.ts'
import { words } from '../words.ts'
import { changed, visitToChange, visitsSeenBy, type Visit } from './access.ts'
import { barredNow } from './barred.ts'
import { drawCode } from './codes.ts'
import { policyOf } from './policy.ts'
import { overstayed, visitRows, visitWhere, whyNot } from './rows.ts'
import { idOf, plateOf, stateWord } from './texts.ts'

const EXCEL_MAX = 20_000
const HOSTS_MAX = 10
const NAMES_MAX = 6
const GATE_MAX = 50
const FOUND_MAX = 5

const visits = answer(access.visits, async (scope, f) => {
  const cond = visitWhere(scope, f)
  const rows = await visitRows(scope, cond, { limit: f.page_size, offset: (f.page - 1) * f.page_size })
  const here = visitWhere(scope, f.community_id ? { community_id: f.community_id } : {})
  const { rows: n } = await sql<{ total: number; overstayed_count: number; waiting_count: number; inside_count: number }>`select (select count(*)::int from access.visit v where ${cond}) as total, count(*) filter (where ${overstayed(scope)})::int as overstayed_count, count(*) filter (where v.state = 'waiting' and v.to_at > ${scope.now}::timestamptz)::int as waiting_count, count(*) filter (where v.state = 'arrived')::int as inside_count
    from access.visit v where ${here} and v.state in ('waiting', 'arrived')`.execute(scope.db)
  return { rows, ...n[0]! }
})
const visitsExcel = answerFile(access.visitsExcel, async (scope, f) => {
  const rows = await visitRows(scope, visitWhere(scope, f), { limit: EXCEL_MAX + 1 })
  if (rows.length > EXCEL_MAX) throw scope.refuse('access.too_many_rows', { max: EXCEL_MAX })
  const text = (title: string) => ({ title, kind: 'text' as const })
  const body = await writeSheet({
    sheets: [{
      name: '访客记录', columns: [text('小区'), text('受访房号'), text('受访人'), text('来源'), text('访客'), text('电话'), text('证件'), text('车牌'), { title: '人数', kind: 'int' }, text('事由'), text('起'), text('止'), text('状态'), text('超时未离'), text('到访'), text('核验人'), text('离开'), text('登记时间')],
      rows: rows.map((r) => [r.community_name, r.house_label, r.host_name, words.states!['source']![r.source], r.visitor_name, r.visitor_phone_masked, r.id_masked, r.plate, r.people_count, r.purpose, minuteText(r.from_at), minuteText(r.to_at), stateWord(r.state), r.overstayed ? '是' : '', minuteText(r.arrived_at), r.arrived_by, minuteText(r.left_at), minuteText(r.created_at)]),
    }],
  })
  return { name: `访客记录-${scope.today}.xlsx`, type: XLSX, body }
})

const hosts = answer(access.hosts, async (scope, { q }) => {
  const c = scope.company_id
  const s = houseSearch(q)
  const { rows } = await sql<{ house_id: string; community_name: string; label: string; names: string[] }>`with h as materialized (select h.house_id, h.community_id, h.label, h.sort_no from property.house h where h.company_id = ${c} and ${housesSeenBy(scope)} and h.kind <> 'bay' and (h.label = any(${s.labels}::text[]) or h.label like ${`${q.replace(/[%_\\]/g, '')}%`}) order by h.sort_no limit ${HOSTS_MAX})
    select h.house_id, m.name as community_name, h.label, array(select distinct p.name from ${ties(scope)} x join people.person p on p.company_id = ${c} and p.person_id = x.person_id where x.house_id = h.house_id and ${activeOn('x', scope.today)} order by 1 limit ${NAMES_MAX}) as names
    from h join property.community m on m.company_id = ${c} and m.community_id = h.community_id order by h.sort_no`.execute(scope.db)
  return { rows }
})
const registerVisit = answer(access.registerVisit, async (scope, o) => {
  const house = await houseToRead(scope, o.house_id)
  const [plate, id] = [plateOf(scope, o.plate), idOf(scope, o.id_number)]
  const barred = await barredNow(scope, { community_id: house.community_id, phone: o.visitor_phone, plate, id_index: id.id_index })
  if (barred !== null) throw scope.refuse('access.barred', { visitor: o.visitor_name, reason: barred })
  const visit_id = uuidv7()
  await scope.db.insertInto('access.visit').values({ company_id: scope.company_id, visit_id, community_id: house.community_id, building_id: house.building_id, house_id: o.house_id, source: 'desk', host_name: o.host_name, visitor_name: o.visitor_name, visitor_phone: o.visitor_phone, plate, ...id, people_count: o.people_count, purpose: o.purpose, code: await drawCode(scope), from_at: scope.now, to_at: new Date(Date.parse(scope.now) + o.hours * 3_600_000).toISOString(), state: 'arrived', arrived_at: scope.now, arrived_by: scope.who.name, created_by: scope.who.account_id, created_at: scope.now }).execute()
  scope.note('visit', visit_id, { house: house.label, people_count: o.people_count })
  changed(scope, visit_id)
  return { visit_id }
})

const findVisit = answer(access.findVisit, async (scope, { q }) => {
  const text = q.normalize('NFKC').toUpperCase().replace(/[\s·•.-]/g, '')
  return { rows: await visitRows(scope, sql<SqlBool>`v.company_id = ${scope.company_id} and ${visitsSeenBy(scope)} and (v.code = ${text} or v.plate = ${text}) and v.state <> 'cancelled' and (v.state = 'arrived' or v.to_at > ${scope.now}::timestamptz - interval '24 hours')`, { limit: FOUND_MAX }) }
})
const gate = answer(access.gate, async (scope) => {
  const mine = sql`v.company_id = ${scope.company_id} and ${visitsSeenBy(scope)}`
  const early = (await policyOf(scope)).early_minutes
  const soon = sql`v.state = 'waiting' and v.to_at > ${scope.now}::timestamptz and v.from_at - make_interval(mins => ${early}) <= ${scope.now}::timestamptz`
  const { rows: n } = await sql<{ inside_count: number; overstayed_count: number; awaited_count: number }>`select count(*) filter (where v.state = 'arrived')::int as inside_count, count(*) filter (where ${overstayed(scope)})::int as overstayed_count, count(*) filter (where ${soon})::int as awaited_count from access.visit v where ${mine} and v.state in ('waiting', 'arrived')`.execute(scope.db)
  const order = sql`v.to_at, v.visit_id`
  return { ...n[0]!, inside: await visitRows(scope, sql<SqlBool>`${mine} and v.state = 'arrived'`, { limit: GATE_MAX, order }), awaited: await visitRows(scope, sql<SqlBool>`${mine} and ${soon}`, { limit: GATE_MAX, order: sql`v.from_at, v.visit_id` }) }
})

const barredOf = (scope: Scope, v: Visit) => barredNow(scope, { community_id: v.community_id, phone: v.visitor_phone, plate: v.plate, id_index: v.id_index })
const arriveVisit = answer(access.arriveVisit, async (scope, { visit_id }) => {
  const v = await visitToChange(scope, visit_id)
  const barred_reason = await barredOf(scope, v)
  const why = whyNot(scope, { ...v, barred_reason }, (await policyOf(scope)).early_minutes)
  if (why) throw scope.refuse(why, { visitor: v.visitor_name, state: stateWord(v.state), from: minuteText(v.from_at), to: minuteText(v.to_at), ...(barred_reason === null ? {} : { reason: barred_reason }) })
  await sql`update access.visit set state = 'arrived', arrived_at = ${scope.now}, arrived_by = ${scope.who.name} where company_id = ${scope.company_id} and visit_id = ${visit_id}`.execute(scope.db)
  scope.note('visit', visit_id, { arrived: true })
  return { visit_id, state: 'arrived' as const }
})
const leaveVisit = answer(access.leaveVisit, async (scope, { visit_id }) => {
  const v = await visitToChange(scope, visit_id)
  if (v.state !== 'arrived') throw scope.refuse('access.wrong_state', { visitor: v.visitor_name, state: stateWord(v.state) })
  await sql`update access.visit set state = 'left', left_at = ${scope.now}, left_by = ${scope.who.name} where company_id = ${scope.company_id} and visit_id = ${visit_id}`.execute(scope.db)
  scope.note('visit', visit_id, { left: true })
  changed(scope, visit_id)
  return { visit_id, state: 'left' as const }
})

export const deskAnswers = [visits, visitsExcel, hosts, registerVisit, findVisit, gate, arriveVisit, leaveVisit]
