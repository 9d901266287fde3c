// Activities at the desk: the list, one of them, its draft, what changes while people have signed up, what remains of it afterwards.
import { sql, type RawBuilder, type SqlBool } from 'kysely'
import { answer, answerFile, type App } from '../../../kernel/app.ts'
import { addDays, minuteText } from '../../../kernel/clock.ts'
import { hasFile, openFile } from '../../../kernel/files.ts'
import { uuidv7 } from '../../../kernel/ids.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { housesOfResident } from '../../people/server/index.ts'
import { communityToChange } from '../../property/server/index.ts'
import { community, type ActivityDetail, type ActivityRow } from '../contract.ts'
import { activitiesSeenBy, activityToChange, inState, type Activity, type Signup } from './activity_access.ts'
import { moveUp, tellSigned } from './signing.ts'

const TOLD_MAX = 5000
export const ACTIVITY_STATE = (scope: Scope) => sql`case when a.state = 'open' and a.to_at <= ${scope.now}::timestamptz then 'over' else a.state end`
type Raw = Omit<ActivityRow, 'can'>
function canOf(scope: Scope, a: Raw): ActivityRow['can'] {
  const r = scope.reach('community.activity.write')
  const whole = r.all || r.community_ids.includes(a.community_id)
  const yes = (ok: boolean): true | string => (!whole ? 'community.not_whole' : ok ? true : 'community.activity_state')
  return { edit: yes(a.state === 'draft' || a.state === 'open'), open: yes(a.state === 'draft'), cancel: yes(a.state === 'open'), sign: a.state === 'open' ? true : 'community.activity_state', report: yes(a.state === 'over') }
}
async function activityRows(scope: Scope, cond: RawBuilder<SqlBool>, o: { limit: number; offset: number }): Promise<ActivityRow[]> {
  const c = scope.company_id
  const { rows } = await sql<Raw>`with page as materialized (select a.* from community.activity a where ${cond} order by a.from_at desc, a.activity_id limit ${o.limit} offset ${o.offset})
    select a.activity_id, a.community_id, m.name as community_name, a.kind, a.title, a.place, a.from_at, a.to_at, a.sign_until_at, ${ACTIVITY_STATE(scope)} as state, a.capacity, a.taken_count, coalesce(s.waiting, 0)::int as waiting_count, coalesce(s.came, 0)::int as came_count, a.made_by_name
    from page a join property.community m on m.company_id = ${c} and m.community_id = a.community_id left join lateral (select sum(x.people_count) filter (where x.state = 'waiting') as waiting, sum(x.people_count) filter (where x.came_at is not null) as came from community.signup x where x.company_id = ${c} and x.activity_id = a.activity_id) s on true order by a.from_at desc, a.activity_id`.execute(scope.db)
  return rows.map((r) => ({ ...r, can: canOf(scope, r) }))
}
const activities = answer(community.activities, async (scope, f) => {
  const p: RawBuilder<unknown>[] = [sql`a.company_id = ${scope.company_id}`, activitiesSeenBy(scope)]
  if (f.community_id) p.push(sql`a.community_id = ${f.community_id}`)
  if (f.kind) p.push(sql`a.kind = ${f.kind}`)
  if (f.state) p.push(sql`${ACTIVITY_STATE(scope)} = ${f.state}`)
  if (f.from_on) p.push(sql`a.from_at >= ${`${f.from_on}T00:00:00+08:00`}::timestamptz`)
  if (f.to_on) p.push(sql`a.from_at < ${`${addDays(f.to_on, 1)}T00:00:00+08:00`}::timestamptz`)
  if (f.q) p.push(sql`position(lower(${f.q}) in lower(a.title)) > 0`)
  const cond = sql<SqlBool>`${sql.join(p, sql` and `)}`
  const { rows: n } = await sql<{ total: number }>`select count(*)::int as total from community.activity a where ${cond}`.execute(scope.db)
  return { rows: await activityRows(scope, cond, { limit: f.page_size, offset: (f.page - 1) * f.page_size }), total: n[0]!.total }
})
export const PHOTOS = (c: number) => sql`array(select f.file_id from community.activity_photo f where f.company_id = ${c} and f.activity_id = a.activity_id order by f.sort_no)`
const detail = answer(community.activity, async (scope, { activity_id }): Promise<ActivityDetail> => {
  const c = scope.company_id
  const [row] = await activityRows(scope, sql<SqlBool>`a.company_id = ${c} and a.activity_id = ${activity_id} and ${activitiesSeenBy(scope)}`, { limit: 1, offset: 0 })
  if (!row) throw scope.notFound()
  const { rows } = await sql<Omit<ActivityDetail, keyof ActivityRow>>`select a.body, a.party_max, a.roles, a.ended_reason, a.report, a.report_at, a.report_by_name, ${PHOTOS(c)} as photo_ids from community.activity a where a.company_id = ${c} and a.activity_id = ${activity_id}`.execute(scope.db)
  return { ...row, ...rows[0]! }
})

type Times = Pick<Activity, 'from_at' | 'to_at' | 'sign_until_at'>
function checkTimes(scope: Scope, o: Times): void {
  const at = (iso: string): number => Date.parse(iso)
  const why = at(o.to_at) <= at(o.from_at) ? '结束应晚于开始' : at(o.sign_until_at) > at(o.to_at) ? '报名截止应不晚于结束' : at(o.to_at) <= at(scope.now) ? '结束时间已过' : null
  if (why) throw scope.refuse('community.activity_times', { why })
}
const live = (scope: Scope, activity_id: string) => sql<Pick<Signup, 'signup_id' | 'contact_phone' | 'house_id'>>`select signup_id, contact_phone, house_id from community.signup where company_id = ${scope.company_id} and activity_id = ${activity_id} and state in ('in', 'waiting') and contact_phone is not null order by no limit ${TOLD_MAX}`.execute(scope.db)
const saveActivity = answer(community.saveActivity, async (scope, o) => {
  const c = scope.company_id
  if (o.kind === 'volunteer' && o.party_max !== 1) throw scope.refuse('community.volunteer_one')
  const old = o.activity_id ? await activityToChange(scope, o.activity_id) : null
  if (old) inState(scope, old, old.state === 'draft' || (old.state === 'open' && old.to_at > scope.now))
  // What people have signed up for keeps its community and its kind.
  const { community_id, kind } = old?.state === 'open' ? old : o
  await communityToChange(scope, community_id, 'community.activity.write')
  checkTimes(scope, o)
  if (old && o.capacity !== null && old.taken_count > o.capacity) throw scope.refuse('community.capacity_taken', { taken: old.taken_count })
  const activity_id = old?.activity_id ?? uuidv7()
  const set = { community_id, kind, title: o.title, body: o.body, place: o.place, from_at: o.from_at, to_at: o.to_at, sign_until_at: o.sign_until_at, capacity: o.capacity, party_max: kind === 'volunteer' ? 1 : o.party_max, roles: [...new Set(o.roles)] }
  if (old) await scope.db.updateTable('community.activity').set(set).where('company_id', '=', c).where('activity_id', '=', activity_id).execute()
  else await scope.db.insertInto('community.activity').values({ company_id: c, activity_id, ...set, state: 'draft', made_by_name: scope.who.name, made_at: scope.now }).execute()
  scope.note('activity', activity_id, { title: o.title, from_at: o.from_at, place: o.place, capacity: o.capacity, ...(old ? { before: { from_at: old.from_at, place: old.place, capacity: old.capacity } } : {}) })
  if (old?.state !== 'open') return { activity_id, moved_up: 0 }
  const now: Activity = { ...old, ...set }
  const moved_up = await moveUp(scope, now)
  if (Date.parse(old.from_at) !== Date.parse(o.from_at) || old.place !== o.place) await tellSigned(scope, now, (await live(scope, activity_id)).rows, `时间或地点有变:改为 ${minuteText(o.from_at)},${o.place}`)
  return { activity_id, moved_up }
})
const openActivity = answer(community.openActivity, async (scope, { activity_id }) => {
  const a = await activityToChange(scope, activity_id)
  inState(scope, a, a.state === 'draft')
  checkTimes(scope, a)
  await scope.db.updateTable('community.activity').set({ state: 'open' }).where('company_id', '=', scope.company_id).where('activity_id', '=', activity_id).execute()
  scope.note('activity', activity_id, { title: a.title, state: 'open' })
  return { activity_id }
})
const cancelActivity = answer(community.cancelActivity, async (scope, { activity_id, reason }) => {
  const a = await activityToChange(scope, activity_id)
  inState(scope, a, a.state === 'open' && a.to_at > scope.now)
  await scope.db.updateTable('community.activity').set({ state: 'cancelled', ended_reason: reason }).where('company_id', '=', scope.company_id).where('activity_id', '=', activity_id).execute()
  const { rows } = await live(scope, activity_id)
  await tellSigned(scope, a, rows, `已取消,${reason}`)
  scope.note('activity', activity_id, { title: a.title, state: 'cancelled', reason, told: rows.length })
  return { activity_id, told: rows.length }
})
const saveReport = answer(community.saveReport, async (scope, o) => {
  const c = scope.company_id
  const a = await activityToChange(scope, o.activity_id)
  inState(scope, a, a.state === 'open' && a.to_at <= scope.now)
  const ids = [...new Set(o.photo_ids)]
  const { rows } = await sql`select from kernel.file f where f.company_id = ${c} and f.file_id = any(${ids}::uuid[]) and ((f.purpose = 'photo' and f.type in ('image/jpeg', 'image/png') and f.created_by = ${scope.who.account_id}::uuid) or exists (select from community.activity_photo p where p.company_id = ${c} and p.activity_id = ${o.activity_id} and p.file_id = f.file_id))`.execute(scope.db)
  if (rows.length !== ids.length) throw scope.refuse('community.no_file')
  await scope.db.updateTable('community.activity').set({ report: o.report, report_at: scope.now, report_by_name: scope.who.name }).where('company_id', '=', c).where('activity_id', '=', o.activity_id).execute()
  await sql`delete from community.activity_photo where company_id = ${c} and activity_id = ${o.activity_id}`.execute(scope.db)
  if (ids.length) await scope.db.insertInto('community.activity_photo').values(ids.map((file_id, sort_no) => ({ company_id: c, activity_id: o.activity_id, file_id, sort_no }))).execute()
  scope.note('activity', o.activity_id, { title: a.title, report: o.report.slice(0, 200), photos: ids.length })
  return { activity_id: o.activity_id }
})
const photo = (app: () => App) =>
  answerFile(community.activityPhoto, async (scope, { activity_id, file_id }) => {
    const c = scope.company_id
    const own = scope.who.kind === 'resident' ? (await housesOfResident(scope)).map((h) => h.house_id) : null
    const seen = own ? sql`a.state <> 'draft' and exists (select from property.house h where h.company_id = ${c} and h.house_id = any(${own}::uuid[]) and h.community_id = a.community_id)` : activitiesSeenBy(scope)
    const { rows } = await sql<{ sha256: string; type: string }>`select f.sha256, f.type from community.activity a join community.activity_photo p on p.company_id = ${c} and p.activity_id = a.activity_id and p.file_id = ${file_id} join kernel.file f on f.company_id = ${c} and f.file_id = p.file_id where a.company_id = ${c} and a.activity_id = ${activity_id} and ${seen}`.execute(scope.db)
    const kept = rows[0]
    if (!kept || !(await hasFile(app().data_dir, kept.sha256))) throw scope.notFound()
    return { name: `活动照片.${kept.type === 'image/png' ? 'png' : 'jpg'}`, type: kept.type, body: openFile(app().data_dir, kept.sha256), inline: true }
  })
export const activityAnswers = (app: () => App) => [activities, detail, saveActivity, openActivity, cancelActivity, saveReport, photo(app)]
