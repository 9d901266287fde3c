// The list of who comes: at the desk, at the door, and the hours of volunteers, recorded by one person and confirmed by another.
import { sql, type RawBuilder, type SqlBool } from 'kysely'
import { answer, answerFile } from '../../../kernel/app.ts'
import { minuteText } from '../../../kernel/clock.ts'
import type { Out } from '../../../kernel/contract.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { XLSX, writeSheet } from '../../../kernel/sheet/index.ts'
import { masked } from '../../people/server/index.ts'
import { houseToRead } from '../../property/server/index.ts'
import { community, type SignupRow } from '../contract.ts'
import { said } from '../shown.ts'
import { activitiesSeenBy, activityHeld, signupHeld, signupsSeenBy } from './activity_access.ts'
import { join, leave } from './signing.ts'

const EXCEL_MAX = 20_000
const FOUND_MAX = 100
/** An hour before its beginning somebody may already come in; until its end. */
const EARLY_MS = 60 * 60_000
type Raw = Omit<SignupRow, 'can' | 'contact_phone_masked'> & { contact_phone: string | null; minutes_by: string | null; kind: string; from_at: string; to_at: string }
const open = (scope: Scope, r: Pick<Raw, 'from_at' | 'to_at'>): boolean => Date.parse(scope.now) >= Date.parse(r.from_at) - EARLY_MS && Date.parse(scope.now) < Date.parse(r.to_at)
function canOf(scope: Scope, r: Raw): SignupRow['can'] {
  const state = 'community.signup_state'
  return {
    cancel: r.state !== 'cancelled' && r.came_at === null ? true : state, check_in: r.state !== 'in' || r.came_at !== null ? state : open(scope, r) ? true : 'community.check_time',
    minutes: r.kind !== 'volunteer' ? 'community.not_volunteer' : r.came_at === null ? state : r.confirmed_by_name !== null ? 'community.hours_confirmed' : Date.parse(r.to_at) > Date.parse(scope.now) ? 'community.hours_early' : true,
    confirm: r.minutes === null ? 'community.hours_missing' : r.confirmed_by_name !== null ? 'community.hours_confirmed' : r.minutes_by === scope.who.account_id ? 'community.hours_own' : true,
  }
}
async function signupRows<T extends object = object>(scope: Scope, cond: RawBuilder<SqlBool>, o: { limit: number; offset: number; order?: RawBuilder<unknown> }, extra: RawBuilder<unknown> = sql``): Promise<(SignupRow & T)[]> {
  const c = scope.company_id
  const { rows } = await sql<Raw & T>`select s.signup_id, s.no, s.house_id, h.label as house_label, s.contact_name, s.contact_phone, s.people_count, s.state, s.source, s.code, s.came_at, s.ended_reason, s.made_at, s.minutes, s.minutes_by, s.minutes_by_name, s.confirmed_by_name, a.kind, a.from_at, a.to_at ${extra}
    from community.signup s join community.activity a on a.company_id = ${c} and a.activity_id = s.activity_id join property.house h on h.company_id = ${c} and h.house_id = s.house_id where ${cond} order by ${o.order ?? sql`s.no`} limit ${o.limit} offset ${o.offset}`.execute(scope.db)
  return rows.map((r) => ({ ...r, contact_phone_masked: masked(r.contact_phone), can: canOf(scope, r) }))
}
type Filter = Omit<Out<typeof community.signups.takes>, 'page' | 'page_size'>
function where(scope: Scope, f: Filter): RawBuilder<SqlBool> {
  const p: RawBuilder<unknown>[] = [sql`s.company_id = ${scope.company_id} and s.activity_id = ${f.activity_id}`, activitiesSeenBy(scope), signupsSeenBy(scope)]
  if (f.state) p.push(sql`s.state = ${f.state}`)
  if (f.q) p.push(sql`(h.label = ${f.q} or s.code = ${f.q} or position(${f.q} in s.contact_name) > 0)`)
  return sql<SqlBool>`${sql.join(p, sql` and `)}`
}
const signups = answer(community.signups, async (scope, f) => {
  const c = scope.company_id
  const { rows } = await sql<{ total: number }>`select count(*)::int as total from community.signup s join community.activity a on a.company_id = ${c} and a.activity_id = s.activity_id join property.house h on h.company_id = ${c} and h.house_id = s.house_id where ${where(scope, f)}`.execute(scope.db)
  return { rows: await signupRows(scope, where(scope, f), { limit: f.page_size, offset: (f.page - 1) * f.page_size }), total: rows[0]!.total }
})
const text = (title: string) => ({ title, kind: 'text' as const })
const whole = (title: string) => ({ title, kind: 'int' as const })
const excel = answerFile(community.signupsExcel, async (scope, f) => {
  const rows = await signupRows(scope, where(scope, f), { limit: EXCEL_MAX + 1, offset: 0 })
  if (rows.length > EXCEL_MAX) throw scope.refuse('community.too_many_rows', { max: EXCEL_MAX })
  const body = await writeSheet({ sheets: [{ name: '报名名单', columns: [whole('序号'), text('房号'), text('姓名'), text('电话'), whole('人数'), text('状态'), text('签到码'), text('签到时间'), text('报名时间'), whole('时长(分钟)'), text('登记人'), text('确认人')], rows: rows.map((r) => [r.no, r.house_label, r.contact_name, r.contact_phone_masked, r.people_count, said('signup', r.state), r.code, minuteText(r.came_at), minuteText(r.made_at), r.minutes, r.minutes_by_name, r.confirmed_by_name]) }] })
  return { name: `报名名单-${scope.today}.xlsx`, type: XLSX, body }
})
const signUpFor = answer(community.signUpFor, async (scope, o) => {
  const a = await activityHeld(scope, o.activity_id, activitiesSeenBy(scope))
  const h = await houseToRead(scope, o.house_id)
  if (h.community_id !== a.community_id) throw scope.refuse('community.elsewhere', { house: h.label, title: a.title })
  return join(scope, a, { house_id: o.house_id, person_id: null, contact_name: o.contact_name, contact_phone: o.contact_phone, people_count: o.people_count, source: 'desk' })
})
const cancelSignup = answer(community.cancelSignup, async (scope, { signup_id, reason }) => {
  const { a, s } = await signupHeld(scope, signup_id)
  await leave(scope, a, s, reason)
  return { signup_id, state: 'cancelled' as const }
})
const find = answer(community.findSignups, async (scope, { q }) => {
  const cond = sql<SqlBool>`s.company_id = ${scope.company_id} and a.state = 'open' and s.state = 'in' and a.from_at < ${scope.now}::timestamptz + interval '12 hours' and a.to_at > ${scope.now}::timestamptz and ${signupsSeenBy(scope)} ${q ? sql`and (s.code = ${q} or h.label = ${q} or position(${q} in s.contact_name) > 0)` : sql``}`
  const rows = await signupRows<{ activity_title: string; from_at: string; to_at: string }>(scope, cond, { limit: FOUND_MAX, offset: 0, order: sql`a.from_at, s.came_at is not null, s.no` }, sql`, a.title as activity_title`)
  // Nobody at the door needs a phone number.
  return { rows: rows.map((r) => ({ ...r, contact_phone_masked: null })) }
})
const checkIn = answer(community.checkIn, async (scope, { signup_id }) => {
  const { a, s } = await signupHeld(scope, signup_id)
  if (s.state !== 'in' || s.came_at !== null || a.state !== 'open') throw scope.refuse('community.signup_state', { name: s.contact_name, state: s.came_at ? '已签到' : a.state === 'open' ? said('signup', s.state) : said('activity', a.state) })
  if (!open(scope, a)) throw scope.refuse('community.check_time', { title: a.title, from: minuteText(a.from_at), to: minuteText(a.to_at) })
  await sql`update community.signup set came_at = ${scope.now}, came_by_name = ${scope.who.name} where company_id = ${scope.company_id} and signup_id = ${signup_id}`.execute(scope.db)
  scope.note('signup', signup_id, { title: a.title, came: true })
  return { signup_id, state: s.state }
})

const saveMinutes = answer(community.saveMinutes, async (scope, { signup_id, minutes }) => {
  const { a, s } = await signupHeld(scope, signup_id)
  if (a.kind !== 'volunteer') throw scope.refuse('community.not_volunteer', { title: a.title })
  if (s.came_at === null) throw scope.refuse('community.signup_state', { name: s.contact_name, state: '未签到' })
  if (s.confirmed_at !== null) throw scope.refuse('community.hours_confirmed', { name: s.contact_name })
  if (a.to_at > scope.now) throw scope.refuse('community.hours_early', { title: a.title, to: minuteText(a.to_at) })
  await sql`update community.signup set minutes = ${minutes}, minutes_by = ${scope.who.account_id}::uuid, minutes_by_name = ${scope.who.name}, minutes_at = ${scope.now} where company_id = ${scope.company_id} and signup_id = ${signup_id}`.execute(scope.db)
  scope.note('signup', signup_id, { title: a.title, minutes: { before: s.minutes, after: minutes } })
  return { signup_id }
})
const confirmMinutes = answer(community.confirmMinutes, async (scope, { signup_id }) => {
  const { a, s } = await signupHeld(scope, signup_id)
  if (s.minutes === null) throw scope.refuse('community.hours_missing', { name: s.contact_name })
  if (s.confirmed_at !== null) throw scope.refuse('community.hours_confirmed', { name: s.contact_name })
  if (s.minutes_by === scope.who.account_id) throw scope.refuse('community.hours_own')
  await sql`update community.signup set confirmed_by = ${scope.who.account_id}::uuid, confirmed_by_name = ${scope.who.name}, confirmed_at = ${scope.now} where company_id = ${scope.company_id} and signup_id = ${signup_id}`.execute(scope.db)
  scope.note('signup', signup_id, { title: a.title, minutes: s.minutes, confirmed: true })
  return { signup_id }
})
export const signupAnswers = [signups, excel, signUpFor, cancelSignup, find, checkIn, saveMinutes, confirmMinutes]
