// Teams: who is judged by which rule of hours, where one clocks in, and from when to when somebody belongs to it. On one day somebody is in one team, by constraint.
import { sql, type RawBuilder } from 'kysely'
import { answer } from '../../../kernel/app.ts'
import { uuidv7 } from '../../../kernel/ids.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { reachesPlace, staffOn, staffSeen } from '../../staff/server/index.ts'
import { attendance, type Member, type TeamRow } from '../contract.ts'
import { monthsOpen, placeToUse, placesSeen, teamToRead, teamVersionOn } from './access.ts'
import { fromToday } from './config.ts'

const TEAMS_MAX = 300
const MEMBERS_MAX = 1000
const VERSIONS_MAX = 100
const PLACES = (ids: RawBuilder<unknown>) => sql`(select coalesce(array_agg(l.name order by l.name), '{}') from attendance.place l where l.company_id = t.company_id and l.place_id = any(${ids}))`
async function teamRows(scope: Scope, o: { community_id?: string | undefined; with_retired?: boolean | undefined; team_id?: string }): Promise<TeamRow[]> {
  const c = scope.company_id
  const { rows } = await sql<Omit<TeamRow, 'can'>>`select t.team_id, t.community_id, coalesce(m.name, '公司本部') as community_name, v.name, v.hours, v.permit, v.place_ids, ${PLACES(sql`v.place_ids`)} as place_names, v.doors, v.photo, t.sort_no, t.retired_at is not null as retired, (select count(*)::int from attendance.member x where x.company_id = ${c} and x.team_id = t.team_id and x.from_on <= ${scope.today}::date and (x.to_on is null or x.to_on >= ${scope.today}::date)) as people_count
    from attendance.team t join ${teamVersionOn(scope, scope.today)} v on true left join property.community m on m.company_id = ${c} and m.community_id = t.community_id
    where t.company_id = ${c} and ${placesSeen(scope, 't')} and ${o.team_id ? sql`t.team_id = ${o.team_id}` : sql`true`} and ${o.community_id ? sql`t.community_id = ${o.community_id}` : sql`true`} and ${o.with_retired || o.team_id ? sql`true` : sql`t.retired_at is null`} order by t.sort_no, v.name limit ${TEAMS_MAX}`.execute(scope.db)
  return rows.map((r) => ({ ...r, can: { write: reachesPlace(scope, r.community_id, 'attendance.team.write') ? true : 'kernel.forbidden', people: !reachesPlace(scope, r.community_id, 'attendance.team.write') ? 'kernel.forbidden' : r.retired ? 'attendance.team_retired' : true } }))
}
export const teamAnswers = [
  answer(attendance.teams, async (scope, o) => {
    const c = scope.company_id
    const { rows } = await sql<{ n: number }>`select count(*)::int as n from ${staffOn(scope)} where e.company_id = ${c} and ${staffSeen(scope)} and ${o.community_id ? sql`p.community_id = ${o.community_id}` : sql`true`} and e.entered_on <= ${scope.today}::date and (e.left_on is null or e.left_on >= ${scope.today}::date) and not exists (select from attendance.member x where x.company_id = ${c} and x.employee_id = e.employee_id and x.from_on <= ${scope.today}::date and (x.to_on is null or x.to_on >= ${scope.today}::date))`.execute(scope.db)
    return { rows: await teamRows(scope, o), without_count: rows[0]!.n }
  }),
  answer(attendance.team, async (scope, { team_id }) => {
    const c = scope.company_id
    const [row] = await teamRows(scope, { team_id })
    if (!row) throw scope.notFound()
    const { rows: members } = await sql<Member>`select x.member_id, x.employee_id, e.no, e.name, t.name as post_name, x.from_on, x.to_on, x.from_on <= ${scope.today}::date and (x.to_on is null or x.to_on >= ${scope.today}::date) as now, e.account_id is not null as has_account, x.made_by_name from attendance.member x join ${staffOn(scope)} on e.company_id = ${c} and e.employee_id = x.employee_id join staff.post t on t.company_id = ${c} and t.post_id = p.post_id where x.company_id = ${c} and x.team_id = ${team_id} order by (x.to_on is null or x.to_on >= ${scope.today}::date) desc, e.no, x.from_on desc limit ${MEMBERS_MAX}`.execute(scope.db)
    const { rows: versions } = await sql<{ version_id: string; from_on: string; name: string; hours: 'standard' | 'comprehensive' | 'flexible'; permit: string | null; place_names: string[]; doors: boolean; photo: boolean; basis: string; made_by_name: string; made_at: string }>`select t.version_id, t.from_on, t.name, t.hours, t.permit, ${PLACES(sql`t.place_ids`)} as place_names, t.doors, t.photo, t.basis, t.made_by_name, t.made_at from attendance.team_version t where t.company_id = ${c} and t.team_id = ${team_id} order by t.from_on desc, t.made_at desc limit ${VERSIONS_MAX}`.execute(scope.db)
    const now = versions.find((v) => v.from_on <= scope.today)
    return { ...row, members, versions: versions.map((v) => ({ ...v, state: v === now ? ('now' as const) : v.from_on > scope.today ? ('future' as const) : ('past' as const) })) }
  }),
  answer(attendance.saveTeam, async (scope, o) => {
    const c = scope.company_id
    await placeToUse(scope, o.community_id)
    if (o.hours !== 'standard' && !o.permit) throw scope.refuse('attendance.permit_needed')
    const before = o.team_id ? await teamToRead(scope, o.team_id, { lock: true }) : null
    if (before) fromToday(scope, o.from_on)
    const places = await sql`select from attendance.place where company_id = ${c} and place_id = any(${o.place_ids}::uuid[]) and retired_at is null`.execute(scope.db)
    if (places.rows.length !== new Set(o.place_ids).size) throw scope.notFound()
    const team_id = before?.team_id ?? uuidv7()
    if (before) {
      const { rows } = await sql<{ n: number }>`select count(*)::int as n from attendance.member where company_id = ${c} and team_id = ${team_id} and (to_on is null or to_on >= ${scope.today}::date)`.execute(scope.db)
      if (o.retired && rows[0]!.n > 0) throw scope.refuse('attendance.team_used', { name: before.name, people: rows[0]!.n })
      await scope.db.updateTable('attendance.team').set({ community_id: o.community_id, sort_no: o.sort_no, retired_at: o.retired ? scope.now : null }).where('company_id', '=', c).where('team_id', '=', team_id).execute()
    } else {
      const { rows } = await sql<{ n: number }>`select count(*)::int as n from attendance.team where company_id = ${c}`.execute(scope.db)
      if (rows[0]!.n >= TEAMS_MAX) throw scope.refuse('attendance.too_many', { max: TEAMS_MAX })
      await scope.db.insertInto('attendance.team').values({ company_id: c, team_id, community_id: o.community_id, sort_no: o.sort_no, retired_at: null, created_at: scope.now }).execute()
    }
    await scope.db.insertInto('attendance.team_version').values({ company_id: c, version_id: uuidv7(), team_id, from_on: o.from_on, name: o.name, hours: o.hours, permit: o.permit || null, place_ids: [...new Set(o.place_ids)], doors: o.doors, photo: o.photo, basis: o.basis, made_by: scope.who.account_id, made_by_name: scope.who.name, made_at: scope.now }).execute()
    scope.note('attendance_team', team_id, { name: o.name, from_on: o.from_on, hours: o.hours, doors: o.doors, photo: o.photo, retired: o.retired })
    return { team_id }
  }),
  answer(attendance.candidates, async (scope, o) => {
    const c = scope.company_id
    await teamToRead(scope, o.team_id)
    const where = sql`e.company_id = ${c} and ${staffSeen(scope)} and (e.left_on is null or e.left_on >= ${o.on_day}::date) and not exists (select from attendance.member x where x.company_id = ${c} and x.employee_id = e.employee_id and (x.to_on is null or x.to_on >= ${o.on_day}::date)) and ${o.q ? sql`(position(${o.q} in e.name) > 0 or e.no = upper(${o.q}) or e.initials like ${`${o.q.toLowerCase().replace(/[^a-z0-9]/g, '') || '~'}%`})` : sql`true`}`
    const { rows } = await sql<{ employee_id: string; no: string; name: string; post_name: string }>`select e.employee_id, e.no, e.name, t.name as post_name from ${staffOn(scope)} join staff.post t on t.company_id = ${c} and t.post_id = p.post_id where ${where} order by e.no, e.employee_id limit ${o.page_size} offset ${(o.page - 1) * o.page_size}`.execute(scope.db)
    const { rows: n } = await sql<{ n: number }>`select count(*)::int as n from ${staffOn(scope)} where ${where}`.execute(scope.db)
    return { rows, total: n[0]!.n }
  }),
  answer(attendance.join, async (scope, o) => {
    const c = scope.company_id
    const team = await teamToRead(scope, o.team_id, { lock: true })
    if (team.retired_at !== null) throw scope.refuse('attendance.team_retired', { name: team.name })
    const ids = [...new Set(o.employee_ids)].toSorted()
    await sql`select from staff.employee where company_id = ${c} and employee_id = any(${ids}::uuid[]) order by employee_id for update`.execute(scope.db)
    const { rows: seen } = await sql<{ employee_id: string }>`select e.employee_id from ${staffOn(scope)} where e.company_id = ${c} and e.employee_id = any(${ids}::uuid[]) and ${staffSeen(scope)} and (e.left_on is null or e.left_on >= ${o.from_on}::date)`.execute(scope.db)
    if (seen.length !== ids.length) throw scope.notFound()
    const { rows: other } = await sql<{ name: string; team: string; from: string }>`select e.name, v.name as team, x.from_on as "from" from attendance.member x join staff.employee e on e.company_id = ${c} and e.employee_id = x.employee_id join attendance.team t on t.company_id = ${c} and t.team_id = x.team_id join ${teamVersionOn(scope, scope.today)} v on true where x.company_id = ${c} and x.employee_id = any(${ids}::uuid[]) and (x.to_on is null or x.to_on >= ${o.from_on}::date) order by e.no limit 1`.execute(scope.db)
    if (other[0]) throw scope.refuse('attendance.in_team', { ...other[0] })
    await monthsOpen(scope, ids, [o.from_on])
    await sql`insert into attendance.member (company_id, member_id, team_id, employee_id, from_on, made_by, made_by_name, made_at) select ${c}, x.member_id, ${o.team_id}, x.employee_id, ${o.from_on}::date, ${scope.who.account_id}::uuid, ${scope.who.name}, ${scope.now} from jsonb_to_recordset(${JSON.stringify(ids.map((employee_id) => ({ employee_id, member_id: uuidv7() })))}::jsonb) as x(employee_id uuid, member_id uuid)`.execute(scope.db)
    scope.note('attendance_team', o.team_id, { name: team.name, joined: ids.length, from_on: o.from_on })
    return { people_count: ids.length }
  }),
  answer(attendance.leave, async (scope, o) => {
    const c = scope.company_id
    const { rows } = await sql<{ team_id: string; employee_id: string; from_on: string; to_on: string | null; name: string }>`select x.team_id, x.employee_id, x.from_on, x.to_on, e.name from attendance.member x join staff.employee e on e.company_id = ${c} and e.employee_id = x.employee_id where x.company_id = ${c} and x.member_id = ${o.member_id} for update of x`.execute(scope.db)
    const m = rows[0]
    if (!m) throw scope.notFound()
    await teamToRead(scope, m.team_id)
    if (m.to_on !== null && m.to_on < scope.today) throw scope.refuse('attendance.member_ended', { day: m.to_on })
    await monthsOpen(scope, [m.employee_id], [o.to_on])
    const { rows: later } = await sql<{ n: number }>`select count(*)::int as n from attendance.roster where company_id = ${c} and employee_id = ${m.employee_id} and on_day > ${o.to_on}::date and shift_id is not null`.execute(scope.db)
    if (later[0]!.n > 0) throw scope.refuse('attendance.rostered_after', { day: o.to_on, count: later[0]!.n })
    // A last day before the first: he never came; the audit says so.
    if (o.to_on < m.from_on) await sql`delete from attendance.member where company_id = ${c} and member_id = ${o.member_id}`.execute(scope.db)
    else await sql`update attendance.member set to_on = ${o.to_on}::date, ended_by_name = ${scope.who.name} where company_id = ${c} and member_id = ${o.member_id}`.execute(scope.db)
    scope.note('attendance_team', m.team_id, { left: m.name, from_on: m.from_on, to_on: o.to_on, reason: o.reason })
    return { member_id: o.member_id }
  }),
]
