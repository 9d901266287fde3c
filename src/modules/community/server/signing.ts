// Signing up and what follows: places are persons, whoever finds none waits, and moves up by itself in the order of the list when somebody goes or the capacity grows.
import { randomInt } from 'node:crypto'
import { sql } from 'kysely'
import { minuteText } from '../../../kernel/clock.ts'
import { uuidv7 } from '../../../kernel/ids.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { notify } from '../../messages/server/index.ts'
import type { Activity, Signup } from './activity_access.ts'
import { inState } from './activity_access.ts'

export interface Joining {
  house_id: string
  person_id: string | null
  contact_name: string
  contact_phone: string | null
  people_count: number
  source: 'app' | 'desk'
}
const params = (a: Activity) => ({ title: a.title, time: minuteText(a.from_at), place: a.place })
type Told = Pick<Signup, 'signup_id' | 'contact_phone' | 'house_id'>
export async function tellSigned(scope: Scope, a: Activity, list: readonly Told[], what: string): Promise<void> {
  await notify(scope, list.flatMap((s) => (s.contact_phone ? [{ to: { phone: s.contact_phone }, template: 'activity_told', params: { ...params(a), what }, link: `/activities/${a.activity_id}`, house_id: s.house_id }] : [])))
}
const free = (a: Activity): number => (a.capacity === null ? Number.POSITIVE_INFINITY : a.capacity - a.taken_count)
const CODE_TRIES = 5
/** The activity is held. */
export async function join(scope: Scope, a: Activity, j: Joining): Promise<{ signup_id: string; state: 'in' | 'waiting' }> {
  const c = scope.company_id
  inState(scope, a, a.state === 'open' && a.to_at > scope.now)
  if (scope.now >= a.sign_until_at && j.source === 'app') throw scope.refuse('community.sign_closed', { title: a.title, until: minuteText(a.sign_until_at) })
  if (j.people_count > a.party_max) throw scope.refuse('community.party_size', { max: a.party_max })
  // Who waits is before whoever comes now, unless nobody who waits would fit anyway: those were moved up when the place came free.
  const state = j.people_count <= free(a) ? 'in' : 'waiting'
  const { rows: no } = await sql<{ last_no: number }>`update community.activity set last_no = last_no + 1, taken_count = taken_count + ${state === 'in' ? j.people_count : 0} where company_id = ${c} and activity_id = ${a.activity_id} returning last_no`.execute(scope.db)
  const signup_id = uuidv7()
  let made = false
  for (let i = 0; i < CODE_TRIES && !made; i++) {
    const code = String(randomInt(0, 1_000_000)).padStart(6, '0')
    const { rows } = await sql`insert into community.signup (company_id, signup_id, activity_id, no, house_id, person_id, contact_name, contact_phone, people_count, state, code, source, made_by_name, made_at) select ${c}::bigint, ${signup_id}::uuid, ${a.activity_id}::uuid, ${no[0]!.last_no}::int, ${j.house_id}::uuid, ${j.person_id}::uuid, ${j.contact_name}, ${j.contact_phone}, ${j.people_count}::int, ${state}, ${code}, ${j.source}, ${scope.who.name}, ${scope.now}::timestamptz
      where not exists (select from community.signup x where x.company_id = ${c} and x.activity_id = ${a.activity_id} and x.code = ${code})
      on conflict (company_id, activity_id, person_id) where person_id is not null and state in ('in', 'waiting') do nothing returning signup_id`.execute(scope.db)
    made = rows.length > 0
    if (!made && j.person_id && (await sql`select from community.signup where company_id = ${c} and activity_id = ${a.activity_id} and person_id = ${j.person_id} and state in ('in', 'waiting')`.execute(scope.db)).rows.length > 0) throw scope.refuse('community.signed_already', { title: a.title })
  }
  if (!made) throw scope.refuse('community.signed_already', { title: a.title })
  scope.note('signup', signup_id, { title: a.title, state, people: j.people_count, source: j.source })
  return { signup_id, state }
}
const WAITING_MAX = 1000
/** Those who wait, in their order, each who fits; told at once. Not after the end. Gives how many moved. */
export async function moveUp(scope: Scope, a: Activity): Promise<number> {
  const c = scope.company_id
  if (a.state !== 'open' || a.to_at <= scope.now) return 0
  const { rows } = await sql<Told & { people_count: number }>`select signup_id, contact_phone, house_id, people_count from community.signup where company_id = ${c} and activity_id = ${a.activity_id} and state = 'waiting' order by no limit ${WAITING_MAX}`.execute(scope.db)
  let left = free(a)
  const up = rows.filter((s) => { const fits = s.people_count <= left; if (fits) left -= s.people_count; return fits })
  if (up.length === 0) return 0
  const more = up.reduce((sum, s) => sum + s.people_count, 0)
  await sql`update community.signup set state = 'in' where company_id = ${c} and signup_id = any(${up.map((s) => s.signup_id)}::uuid[])`.execute(scope.db)
  await sql`update community.activity set taken_count = taken_count + ${more} where company_id = ${c} and activity_id = ${a.activity_id}`.execute(scope.db)
  scope.note('activity', a.activity_id, { title: a.title, moved_up: up.length, people: more })
  await tellSigned(scope, a, up, '候补成功,已为您留名额')
  return up.length
}
export async function leave(scope: Scope, a: Activity, s: Signup, reason: string): Promise<void> {
  const c = scope.company_id
  if (s.state === 'cancelled' || s.came_at !== null) throw scope.refuse('community.signup_state', { name: s.contact_name, state: s.came_at ? '已签到' : '已取消' })
  await sql`update community.signup set state = 'cancelled', ended_reason = ${reason}, ended_by_name = ${scope.who.name} where company_id = ${c} and signup_id = ${s.signup_id}`.execute(scope.db)
  scope.note('signup', s.signup_id, { title: a.title, state: 'cancelled', before: s.state, reason })
  if (s.state !== 'in') return
  await sql`update community.activity set taken_count = taken_count - ${s.people_count} where company_id = ${c} and activity_id = ${a.activity_id}`.execute(scope.db)
  await moveUp(scope, { ...a, taken_count: a.taken_count - s.people_count })
}
