// Helpers outside the register (保姆, 装修工, 快递, 护工): a named person with a phone, somebody who vouches, doors, hours, a first and a last day; a code of eight digits or a card.
import { randomInt } from 'node:crypto'
import { sql, type RawBuilder, type SqlBool } from 'kysely'
import { answer } from '../../../kernel/app.ts'
import { addDays } from '../../../kernel/clock.ts'
import { uuidv7 } from '../../../kernel/ids.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { barredNow } from '../../access/server/index.ts'
import { activeOn, houseOfResident, housesOfResident, masked, personToRead, ties } from '../../people/server/index.ts'
import { communityToChange, houseToRead } from '../../property/server/index.ts'
import { doors, type HelperRow } from '../contract.ts'
import { said } from '../shown.ts'
import { placesSeenBy } from './access.ts'
import { blockCard, refuseTaken } from './cards.ts'
import { holderOf } from './holders.ts'
import { reached, refreshLists } from './lists.ts'
import { policyOf } from './policy.ts'
import { refuseDebt } from './reasons.ts'

const LONGEST_DAYS = 366
const TRIES = 50
const stateSql = (scope: Scope) => sql<HelperRow['state']>`case when x.ended_at is not null then 'ended' when x.to_on <= ${scope.today}::date then 'over' when x.from_on > ${scope.today}::date then 'future' else 'now' end`
const helpers = answer(doors.helpers, async (scope, f) => {
  const c = scope.company_id
  const p: RawBuilder<unknown>[] = [sql`x.company_id = ${c}`, placesSeenBy(scope, 'x')]
  if (f.community_id) p.push(sql`x.community_id = ${f.community_id}`)
  if (f.kind) p.push(sql`x.kind = ${f.kind}`)
  if (f.state) p.push(sql`${stateSql(scope)} = ${f.state}`)
  if (f.q) p.push(sql`(position(${f.q} in x.name) > 0 or x.phone = ${f.q} or position(${f.q} in x.vouch_name) > 0 or exists (select from property.house h where h.company_id = ${c} and h.house_id = x.house_id and h.label = ${f.q}))`)
  const where = sql<SqlBool>`${sql.join(p, sql` and `)}`
  const { rows } = await sql<Omit<HelperRow, 'can' | 'phone_masked'> & { phone: string }>`with page as materialized (select x.* from doors.helper x where ${where} order by x.created_at desc, x.helper_id limit ${f.page_size} offset ${(f.page - 1) * f.page_size})
    select x.helper_id, m.name as community_name, x.name, x.kind, x.phone, x.employer, h.label as house_label, x.vouch_name, g.name as group_name, x.times, case when ${stateSql(scope)} in ('now', 'future') then x.code end as code, coalesce((select string_agg(right(k.card_no, 4), '、' order by k.issued_at desc) from doors.card k where k.company_id = ${c} and k.holder_id = o.holder_id and k.state = 'live'), '') as cards, x.from_on, x.to_on, ${stateSql(scope)} as state, x.created_name, x.created_at, x.ended_by, x.ended_reason,
      (select count(distinct l.controller_id)::int from doors.list_row l where l.company_id = ${c} and l.holder_id = o.holder_id and l.acked_version is distinct from l.version) as left_doors
    from page x join property.community m on m.company_id = ${c} and m.community_id = x.community_id join doors.door_group g on g.company_id = ${c} and g.group_id = x.group_id join doors.holder o on o.company_id = ${c} and o.helper_id = x.helper_id left join property.house h on h.company_id = ${c} and h.house_id = x.house_id order by x.created_at desc, x.helper_id`.execute(scope.db)
  const { rows: n } = await sql<{ total: number }>`select count(*)::int as total from doors.helper x where ${where}`.execute(scope.db)
  return { total: n[0]!.total, rows: rows.map(({ phone, ...r }) => { const can = r.state === 'now' || r.state === 'future' ? (true as const) : 'doors.helper_over'; return { ...r, phone_masked: masked(phone)!, can: { end: can, card: can } } }) }
})
/** Eight digits: a visitor's are six, so that the two never meet. */
async function freshCode(scope: Scope): Promise<string> {
  for (let i = 0; i < TRIES; i++) {
    const code = String(randomInt(10_000_000, 99_999_999))
    const { rows } = await sql`select from doors.helper where company_id = ${scope.company_id} and code = ${code} and ended_at is null`.execute(scope.db)
    if (rows.length === 0) return code
  }
  throw new Error('no code is free')
}
const registerHelper = answer(doors.registerHelper, async (scope, o) => {
  const c = scope.company_id
  const community = await communityToChange(scope, o.community_id)
  if (o.from_on < scope.today) throw scope.refuse('doors.from_past', { today: scope.today })
  if (o.to_on <= o.from_on) throw scope.refuse('doors.days_crossed')
  if (o.to_on > addDays(o.from_on, LONGEST_DAYS)) throw scope.refuse('doors.helper_too_long')
  const crossed = o.times.find((t) => t.to <= t.from)
  if (crossed) throw scope.refuse('doors.times_crossed', { from: crossed.from, to: crossed.to })
  if (o.house_id && (await houseToRead(scope, o.house_id)).community_id !== o.community_id) throw scope.notFound()
  const g = await sql`select from doors.door_group where company_id = ${c} and group_id = ${o.group_id} and community_id = ${o.community_id}`.execute(scope.db)
  if (g.rows.length === 0) throw scope.notFound()
  let vouch_name = o.vouch_name ?? ''
  if (o.vouch_person_id) {
    const p = await personToRead(scope, o.vouch_person_id)
    vouch_name = p.name
    const lives = await sql`select from ${ties(scope)} t join property.house ph on ph.company_id = ${c} and ph.house_id = t.house_id and ph.community_id = ${o.community_id} where t.person_id = ${o.vouch_person_id} and ${activeOn('t', scope.today)} and ${o.house_id ? sql`t.house_id = ${o.house_id}` : sql`true`} limit 1`.execute(scope.db)
    if (lives.rows.length === 0) throw scope.refuse('doors.vouch_elsewhere', { name: p.name, place: o.house_id ? '这套房产' : community.name })
  }
  if (vouch_name === '') throw scope.refuse('doors.no_voucher')
  const why = await barredNow(scope, { community_id: o.community_id, phone: o.phone, plate: null, id_index: null })
  if (why !== null) throw scope.refuse('doors.helper_barred', { name: o.name, reason: why })
  const helper_id = uuidv7()
  const code = o.with_code ? await freshCode(scope) : null
  await scope.db.insertInto('doors.helper').values({ company_id: c, helper_id, community_id: o.community_id, group_id: o.group_id, kind: o.kind, name: o.name, phone: o.phone, employer: o.employer || null, house_id: o.house_id ?? null, vouch_person_id: o.vouch_person_id ?? null, vouch_name, times: JSON.stringify(o.times), code, from_on: o.from_on, to_on: o.to_on, created_by: scope.who.account_id, created_name: scope.who.name, created_at: scope.now }).execute()
  const holder_id = await holderOf(scope, { helper_id })
  scope.note('door_helper', helper_id, { name: o.name, kind: o.kind, vouch: vouch_name, to_on: o.to_on })
  await refreshLists(scope, { holder_ids: [holder_id] })
  return { helper_id, code, reached: await reached(scope, { holder_id }) }
})
interface Helper {
  helper_id: string
  holder_id: string
  community_id: string
  name: string
  to_on: string
  state: HelperRow['state']
}
async function helperToChange(scope: Scope, helper_id: string, where: RawBuilder<SqlBool>): Promise<Helper> {
  const { rows } = await sql<Helper>`select x.helper_id, o.holder_id, x.community_id, x.name, x.to_on, ${stateSql(scope)} as state from doors.helper x join doors.holder o on o.company_id = ${scope.company_id} and o.helper_id = x.helper_id where x.company_id = ${scope.company_id} and x.helper_id = ${helper_id} and ${where} for update of x`.execute(scope.db)
  if (!rows[0]) throw scope.notFound()
  if (rows[0].state !== 'now' && rows[0].state !== 'future') throw scope.refuse('doors.helper_over', { name: rows[0].name, state: said('right', rows[0].state) })
  return rows[0]
}
const helperCard = answer(doors.helperCard, async (scope, o) => {
  const x = await helperToChange(scope, o.helper_id, placesSeenBy(scope, 'x'))
  await refuseTaken(scope, o.card_no)
  const card_id = uuidv7()
  await scope.db.insertInto('doors.card').values({ company_id: scope.company_id, card_id, holder_id: x.holder_id, community_id: x.community_id, house_id: null, card_no: o.card_no, state: 'live', from_on: scope.today, to_on: x.to_on, reason: '编外人员', issued_by: scope.who.name, issued_at: scope.now }).execute()
  scope.note('door_card', card_id, { holder: x.name, card_tail: o.card_no.slice(-4) })
  await refreshLists(scope, { holder_ids: [x.holder_id] })
  return { card_id, reached: await reached(scope, { holder_id: x.holder_id }) }
})
async function end(scope: Scope, x: Helper, reason: string): Promise<void> {
  await sql`update doors.helper set ended_at = ${scope.now}, ended_by = ${scope.who.name}, ended_reason = ${reason} where company_id = ${scope.company_id} and helper_id = ${x.helper_id}`.execute(scope.db)
  const { rows } = await sql<{ card_id: string }>`select card_id from doors.card where company_id = ${scope.company_id} and holder_id = ${x.holder_id} and state = 'live' for update`.execute(scope.db)
  for (const k of rows) await blockCard(scope, { card_id: k.card_id, holder_id: x.holder_id }, 'ended', `停止:${reason}`)
  scope.note('door_helper', x.helper_id, { name: x.name, ended: reason })
  await refreshLists(scope, { holder_ids: [x.holder_id] })
}
const endHelper = answer(doors.endHelper, async (scope, o) => {
  const x = await helperToChange(scope, o.helper_id, placesSeenBy(scope, 'x'))
  refuseDebt(scope, o.reason)
  await end(scope, x, o.reason)
  return { reached: await reached(scope, { holder_id: x.holder_id }) }
})
const vouchedBy = (persons: readonly string[], scope: Scope) => sql<SqlBool>`x.company_id = ${scope.company_id} and x.vouch_person_id = any(${[...persons]}::uuid[])`
const myHelpers = answer(doors.myHelpers, async (scope, { house_id }) => {
  const own = await houseOfResident(scope, house_id)
  const { rows } = await sql<{ helper_id: string; name: string; kind: HelperRow['kind']; from_on: string; to_on: string }>`select x.helper_id, x.name, x.kind, x.from_on, x.to_on from doors.helper x where ${vouchedBy([own.person_id], scope)} and x.ended_at is null and x.to_on > ${scope.today}::date order by x.created_at desc limit 20`.execute(scope.db)
  return { rows: rows.map((r) => ({ ...r, can: { end: true as const } })) }
})
const endMyHelper = answer(doors.endMyHelper, async (scope, { helper_id }) => {
  const persons = [...new Set((await housesOfResident(scope)).map((h) => h.person_id))]
  await end(scope, await helperToChange(scope, helper_id, vouchedBy(persons, scope)), '担保人不再担保')
  return { done: true as const }
})
const FORGET_MAX = 2_000
/** Who was over longer ago than passages are kept is forgotten, with his number on the controllers; his passages are gone by then. */
export async function forgetHelpers(scope: Scope): Promise<void> {
  const { keep_days } = await policyOf(scope)
  const c = scope.company_id
  const { rows } = await sql<{ helper_id: string }>`select x.helper_id from doors.helper x join doors.holder o on o.company_id = ${c} and o.helper_id = x.helper_id where x.company_id = ${c} and x.to_on < ${scope.today}::date - ${keep_days}::int and not exists (select from doors.barred b where b.company_id = ${c} and b.holder_id = o.holder_id) and not exists (select from doors.list_row l where l.company_id = ${c} and l.holder_id = o.holder_id) order by x.to_on limit ${FORGET_MAX}`.execute(scope.db)
  if (rows.length === 0) return
  const ids = rows.map((r) => r.helper_id)
  await sql`delete from doors.card where company_id = ${c} and holder_id in (select holder_id from doors.holder where company_id = ${c} and helper_id = any(${ids}::uuid[]))`.execute(scope.db)
  await sql`delete from doors.holder where company_id = ${c} and helper_id = any(${ids}::uuid[])`.execute(scope.db)
  await sql`delete from doors.helper where company_id = ${c} and helper_id = any(${ids}::uuid[])`.execute(scope.db)
  scope.note('door_helper', 'old', { deleted: ids.length, keep_days })
}
export const helperAnswers = [helpers, registerHelper, helperCard, endHelper, myHelpers, endMyHelper]
