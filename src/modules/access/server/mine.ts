// Visits of the resident who calls: invited, cancelled, and the page that the visitor was sent.
import { sql, type SqlBool } from 'kysely'
import { answer, type App } from '../../../kernel/app.ts'
import { uuidv7 } from '../../../kernel/ids.ts'
import { notFound } from '../../../kernel/refuse.ts'
import { asSystem } from '../../../kernel/worker.ts'
import { houseOfResident, housesOfResident } from '../../people/server/index.ts'
import { access, type MyVisit } from '../contract.ts'
import { changed, visitToChange } from './access.ts'
import { barredNow } from './barred.ts'
import { drawCode, readToken, tokenOf } from './codes.ts'
import { policyOf } from './policy.ts'
import { plateOf, stateWord } from './texts.ts'

const MINE_MAX = 30
const HOUR_MS = 3_600_000
/** A code that lives for years is a code lost for everybody else. */
const AHEAD_DAYS = 90
const invite = answer(access.invite, async (scope, o) => {
  const c = scope.company_id
  const own = await houseOfResident(scope, o.house_id)
  const rule = await policyOf(scope)
  if (o.hours > rule.max_hours) throw scope.refuse('access.too_long', { max: rule.max_hours })
  const to_at = new Date(Date.parse(o.from_at) + o.hours * HOUR_MS).toISOString()
  if (to_at <= scope.now) throw scope.refuse('access.past')
  if (Date.parse(o.from_at) > Date.parse(scope.now) + AHEAD_DAYS * 24 * HOUR_MS) throw scope.refuse('access.too_far', { max: AHEAD_DAYS })
  const { rows } = await sql<{ n: number; community_id: string; building_id: string; label: string; name: string }>`select (select count(*)::int from access.visit v where v.company_id = ${c} and v.house_id = h.house_id and v.state = 'waiting' and v.to_at > ${scope.now}) as n, h.community_id, h.building_id, h.label, p.name from property.house h join people.person p on p.company_id = ${c} and p.person_id = ${own.person_id} where h.company_id = ${c} and h.house_id = ${o.house_id}`.execute(scope.db)
  const h = rows[0]!
  if (h.n >= rule.max_open) throw scope.refuse('access.too_many', { max: rule.max_open })
  const plate = plateOf(scope, o.plate)
  if ((await barredNow(scope, { community_id: h.community_id, phone: o.visitor_phone ?? null, plate, id_index: null })) !== null) throw scope.refuse('access.not_received', { visitor: o.visitor_name })
  const [visit_id, code] = [uuidv7(), await drawCode(scope)]
  await scope.db.insertInto('access.visit').values({ company_id: c, visit_id, community_id: h.community_id, building_id: h.building_id, house_id: o.house_id, source: 'app', person_id: own.person_id, host_name: h.name, visitor_name: o.visitor_name, visitor_phone: o.visitor_phone ?? null, plate, people_count: o.people_count, purpose: null, code, from_at: o.from_at, to_at, state: 'waiting', created_at: scope.now }).execute()
  scope.note('visit', visit_id, { house: h.label, people_count: o.people_count })
  changed(scope, visit_id)
  return { visit_id, code, token: tokenOf(c, visit_id) }
})
const myVisits = answer(access.myVisits, async (scope) => {
  const c = scope.company_id
  const own = await housesOfResident(scope)
  const { rows } = await sql<Omit<MyVisit, 'token' | 'can' | 'over'>>`select v.visit_id, h.label as house_label, v.visitor_name, v.plate, v.people_count, v.code, v.from_at, v.to_at, v.state, v.arrived_at from access.visit v join property.house h on h.company_id = ${c} and h.house_id = v.house_id where v.company_id = ${c} and (v.house_id, v.person_id) in (select * from unnest(${own.map((h) => h.house_id)}::uuid[], ${own.map((h) => h.person_id)}::uuid[])) and v.source = 'app' order by v.created_at desc limit ${MINE_MAX}`.execute(scope.db)
  return { rows: rows.map((v) => ({ ...v, token: tokenOf(c, v.visit_id), over: Date.parse(v.to_at) <= Date.parse(scope.now), can: { cancel: v.state === 'waiting' ? (true as const) : 'access.wrong_state' } })), max_hours: (await policyOf(scope)).max_hours }
})
const cancelVisit = answer(access.cancelVisit, async (scope, { visit_id }) => {
  const own = await housesOfResident(scope)
  const v = await visitToChange(scope, visit_id, sql<SqlBool>`(v.house_id, v.person_id) in (select * from unnest(${own.map((h) => h.house_id)}::uuid[], ${own.map((h) => h.person_id)}::uuid[])) and v.source = 'app'`)
  if (v.state !== 'waiting') throw scope.refuse('access.wrong_state', { visitor: v.visitor_name, state: stateWord(v.state) })
  await sql`update access.visit set state = 'cancelled' where company_id = ${scope.company_id} and visit_id = ${visit_id}`.execute(scope.db)
  scope.note('visit', visit_id, { cancelled: true })
  changed(scope, visit_id)
  return { visit_id, state: 'cancelled' as const }
})
interface Pass {
  community_name: string
  label: string
  visitor_name: string
  plate: string | null
  people_count: number
  code: string
  from_at: string
  to_at: string
  state: MyVisit['state']
}
const visitPass = (app: () => App) => answer(access.visitPass, async (_outer, { token }) => {
  const at = readToken(token)
  if (!at) throw notFound()
  return asSystem(app(), at.company_id, 'access.pass', async (scope) => {
    const c = scope.company_id
    const { rows } = await sql<Pass>`select v.visitor_name, v.state, v.from_at, v.to_at, m.name as community_name, h.label, v.plate, v.people_count, v.code from access.visit v join property.community m on m.company_id = ${c} and m.community_id = v.community_id join property.house h on h.company_id = ${c} and h.house_id = v.house_id where v.company_id = ${c} and v.visit_id = ${at.visit_id}`.execute(scope.db)
    const v = rows[0]
    if (!v) throw notFound()
    const { label, code, ...shown } = v
    const over = Date.parse(v.to_at) <= Date.parse(scope.now)
    return { ...shown, house_masked: label.replace(/\d{2}$/, '**'), code: over || v.state === 'left' || v.state === 'cancelled' ? null : code, over }
  })
})

export const mineAnswers = (app: () => App) => [invite, myVisits, cancelVisit, visitPass(app)]
