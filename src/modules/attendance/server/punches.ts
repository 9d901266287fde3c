// Punches: from the phone with its clock and place, from doors with theirs; only added to. And the list of them.
import { sql, type RawBuilder, type SqlBool } from 'kysely'
import { answer, answerFile, type App } from '../../../kernel/app.ts'
import { addDays, dayOf, minuteText } from '../../../kernel/clock.ts'
import { dayStart } from '../../../kernel/days.ts'
import { hasFile, openFile } from '../../../kernel/files.ts'
import { uuidv7 } from '../../../kernel/ids.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { XLSX, writeSheet } from '../../../kernel/sheet/index.ts'
import { staffPlaceOn } from '../../staff/server/index.ts'
import { attendance, type PunchFilter, type PunchRow } from '../contract.ts'
import { said } from '../shown.ts'
import { mySelf, placesSeen } from './access.ts'
import { policyNow } from './config.ts'
import { whenOf } from './rules/when.ts'
import { judgePlace, type Spot } from './rules/where.ts'

const EXCEL_MAX = 50_000
const COUNT_MAX = 100_000
export interface TeamOn { team_id: string; name: string; photo: boolean; doors: boolean; hours: string; places: Spot[] }
/** The team of somebody on a day, with its places. */
export async function teamOn(scope: Scope, employee_id: string, day: string): Promise<TeamOn | null> {
  const c = scope.company_id
  const { rows } = await sql<TeamOn>`select x.team_id, v.name, v.photo, v.doors, v.hours, coalesce((select jsonb_agg(jsonb_build_object('place_id', l.place_id, 'name', l.name, 'lat', l.lat::text, 'lon', l.lon::text, 'radius_m', l.radius_m)) from attendance.place l where l.company_id = ${c} and l.place_id = any(v.place_ids) and l.retired_at is null), '[]'::jsonb) as places
    from attendance.member x join lateral (select t.name, t.photo, t.doors, t.hours, t.place_ids from attendance.team_version t where t.company_id = ${c} and t.team_id = x.team_id order by t.from_on <= ${day}::date desc, abs(t.from_on - ${day}::date), t.made_at desc limit 1) v on true where x.company_id = ${c} and x.employee_id = ${employee_id} and x.from_on <= ${day}::date and (x.to_on is null or x.to_on >= ${day}::date) limit 1`.execute(scope.db)
  return rows[0] ?? null
}
export function punchWhere(scope: Scope, f: PunchFilter, permission?: string): RawBuilder<SqlBool> {
  const w: RawBuilder<SqlBool>[] = [sql<SqlBool>`u.company_id = ${scope.company_id}`, placesSeen(scope, 'u', permission)]
  if (f.community_id) w.push(sql<SqlBool>`u.community_id = ${f.community_id}`)
  if (f.employee_id) w.push(sql<SqlBool>`u.employee_id = ${f.employee_id}`)
  if (f.way) w.push(sql<SqlBool>`u.way = ${f.way}`)
  if (f.place_state) w.push(sql<SqlBool>`u.place_state = ${f.place_state}`)
  if (f.doubt) w.push(sql<SqlBool>`u.clock = 'doubt'`)
  if (f.from_on) w.push(sql<SqlBool>`u.at >= ${dayStart(f.from_on)}`)
  if (f.to_on) w.push(sql<SqlBool>`u.at < ${dayStart(f.to_on, 1)}`)
  if (f.q) w.push(sql<SqlBool>`exists (select from staff.employee e where e.company_id = ${scope.company_id} and e.employee_id = u.employee_id and (position(${f.q} in e.name) > 0 or e.no = upper(${f.q})))`)
  return sql<SqlBool>`${sql.join(w, sql` and `)}`
}
const ORDER = sql`u.at desc, u.punch_id`
export async function punchRows(scope: Scope, where: RawBuilder<SqlBool>, o: { limit: number; offset?: number }): Promise<PunchRow[]> {
  const c = scope.company_id
  const { rows } = await sql<PunchRow>`with u as materialized (select u.* from attendance.punch u where ${where} order by ${ORDER} limit ${o.limit} offset ${o.offset ?? 0})
    select u.punch_id, u.employee_id, e.no, e.name, u.community_id, coalesce(m.name, '公司本部') as community_name, u.at, u.way, u.which, u.device_at, u.received_at, u.clock, u.place_state, u.place_name, u.accuracy_m, u.distance_m, trim_scale(u.lat)::text as lat, trim_scale(u.lon)::text as lon, u.file_id is not null as has_photo from u join staff.employee e on e.company_id = ${c} and e.employee_id = u.employee_id left join property.community m on m.company_id = ${c} and m.community_id = u.community_id order by ${ORDER}`.execute(scope.db)
  return rows
}
const punched = async (scope: Scope, o: { punch_id: string }): Promise<{ punch_id: string; at: string; clock: string; place_state: PunchRow['place_state']; place_name: string | null; distance_m: number | null } | undefined> => (await sql<{ punch_id: string; at: string; clock: string; place_state: PunchRow['place_state']; place_name: string | null; distance_m: number | null }>`select punch_id, at, clock, place_state, place_name, distance_m from attendance.punch where company_id = ${scope.company_id} and punch_id = ${o.punch_id}`.execute(scope.db)).rows[0]
export const punchAnswers = (app: () => App) => [
  answer(attendance.punches, async (scope, { page, page_size, ...f }) => {
    const where = punchWhere(scope, f)
    const { rows: n } = await sql<{ n: number }>`select count(*)::int as n from (select from attendance.punch u where ${where} limit ${COUNT_MAX}) x`.execute(scope.db)
    return { rows: await punchRows(scope, where, { limit: page_size, offset: (page - 1) * page_size }), total: n[0]!.n }
  }),
  answerFile(attendance.punchesExcel, async (scope, f) => {
    const rows = await punchRows(scope, punchWhere(scope, f, 'attendance.sheet.view'), { limit: EXCEL_MAX + 1 })
    if (rows.length > EXCEL_MAX) throw scope.refuse('attendance.too_many_rows', { max: EXCEL_MAX })
    const text = (title: string) => ({ title, kind: 'text' as const })
    // Positions stay on the screen of whoever looks at one punch.
    const body = await writeSheet({ sheets: [{ name: '打卡记录', columns: [text('工号'), text('姓名'), text('小区'), text('时间'), text('方式'), text('上下班'), text('位置'), text('地点'), { title: '距离(米)', kind: 'int' }, { title: '误差(米)', kind: 'int' }, text('时间依据'), text('手机时间'), text('收到时间'), text('照片')], rows: rows.map((r) => [r.no, r.name, r.community_name, minuteText(r.at), said('way', r.way), said('which', r.which), said('place', r.place_state), r.place_name, r.distance_m, r.accuracy_m, said('clock', r.clock), minuteText(r.device_at), minuteText(r.received_at), r.has_photo ? '有' : '']) }] })
    return { name: `打卡记录-${scope.today}.xlsx`, type: XLSX, body }
  }),
  answerFile(attendance.punchPhoto, async (scope, { punch_id }) => {
    const { rows } = await sql<{ sha256: string; type: string; no: string }>`select f.sha256, f.type, e.no from attendance.punch u join kernel.file f on f.company_id = ${scope.company_id} and f.file_id = u.file_id join staff.employee e on e.company_id = ${scope.company_id} and e.employee_id = u.employee_id where u.company_id = ${scope.company_id} and u.punch_id = ${punch_id} and ${placesSeen(scope, 'u')}`.execute(scope.db)
    const file = rows[0]
    if (!file || !(await hasFile(app().data_dir, file.sha256))) throw scope.notFound()
    return { name: `打卡-${file.no}.${file.type === 'image/png' ? 'png' : 'jpg'}`, type: file.type, body: openFile(app().data_dir, file.sha256), inline: true }
  }),
  answer(attendance.punch, async (scope, o) => {
    const c = scope.company_id
    const e = await mySelf(scope)
    const policy = await policyNow(scope)
    const { at, clock } = whenOf({ device_at: o.device_at, device: o.device, received_at: scope.now, skew_minutes: policy.skew_minutes })
    const day = dayOf(at)
    if (day < addDays(scope.today, -policy.offline_days)) throw scope.refuse('attendance.too_old', { day, days: policy.offline_days })
    const team = await teamOn(scope, e.employee_id, day)
    if (!team) throw scope.refuse('attendance.no_team', { name: e.name })
    if (o.file_id) {
      const { rows } = await sql`select from kernel.file where company_id = ${c} and file_id = ${o.file_id} and purpose = 'photo' and type in ('image/jpeg','image/png') and created_by = ${scope.who.account_id}::uuid`.execute(scope.db)
      if (rows.length === 0) throw scope.refuse('attendance.no_photo')
    } else if (team.photo) throw scope.refuse('attendance.photo_needed')
    const where = judgePlace(team.places, o.position ?? null, policy.accuracy_max_m)
    const here = o.position?.state === 'given' ? o.position : null
    await sql`insert into attendance.punch (company_id, punch_id, employee_id, at, way, which, device_at, received_at, clock, place_id, place_state, place_name, lat, lon, accuracy_m, distance_m, community_id, file_id) values (${c}, ${o.punch_id}, ${e.employee_id}, ${at}, 'phone', ${o.which}, ${o.device_at}, ${scope.now}, ${clock}, ${where.place_id}::uuid, ${where.place_state}, ${where.place_name}, ${here?.lat ?? null}::numeric, ${here?.lon ?? null}::numeric, ${here?.accuracy_m ?? null}::int, ${where.distance_m}::int, ${e.community_id}::uuid, ${o.file_id ?? null}::uuid) on conflict (company_id, punch_id) do nothing`.execute(scope.db)
    scope.note('punch', o.punch_id, { name: e.name, which: o.which, at, clock, place: where.place_state })
    return (await punched(scope, o))!
  }),
]
export interface DoorPassage { passage_id: string; account_id: string; at: string; door_name: string }
/** For `doors`: passages of staff whose team counts them. Each once, however often it is sent. */
export async function punchesOfDoors(scope: Scope, passages: readonly DoorPassage[]): Promise<void> {
  if (passages.length === 0) return
  const c = scope.company_id
  await sql`insert into attendance.punch (company_id, punch_id, employee_id, at, way, received_at, clock, place_state, place_name, community_id, passage_id)
    select ${c}, x.punch_id, e.employee_id, x.at, 'door', ${scope.now}, 'door', 'door', x.door_name, p.community_id, x.passage_id from jsonb_to_recordset(${JSON.stringify(passages.map((p) => ({ ...p, punch_id: uuidv7(), on_day: dayOf(p.at) })))}::jsonb) as x(punch_id uuid, passage_id uuid, account_id uuid, at timestamptz, on_day date, door_name text)
      join staff.employee e on e.company_id = ${c} and e.account_id = x.account_id and e.left_at is null join ${staffPlaceOn(scope, sql<string>`x.on_day`)} p on true
      join attendance.member m on m.company_id = ${c} and m.employee_id = e.employee_id and m.from_on <= x.on_day and (m.to_on is null or m.to_on >= x.on_day)
      join lateral (select t.doors from attendance.team_version t where t.company_id = ${c} and t.team_id = m.team_id order by t.from_on <= x.on_day desc, abs(t.from_on - x.on_day), t.made_at desc limit 1) v on v.doors
    on conflict (company_id, passage_id) do nothing`.execute(scope.db)
}
const FORGET_MAX = 5000
/** Where somebody was, and his picture, go after the days of the rule; when he came stays. */
export async function forget(scope: Scope): Promise<void> {
  const c = scope.company_id
  const { position_keep_days } = await policyNow(scope)
  const r = await sql`update attendance.punch set lat = null, lon = null, accuracy_m = null, distance_m = null, file_id = null, cleared_at = ${scope.now} where company_id = ${c} and punch_id in (select punch_id from attendance.punch where company_id = ${c} and cleared_at is null and (lat is not null or file_id is not null) and at < ${scope.now}::timestamptz - make_interval(days => ${position_keep_days}) order by at limit ${FORGET_MAX})`.execute(scope.db)
  const n = Number(r.numAffectedRows ?? 0n)
  if (n > 0) scope.note('punch', 'old', { positions_deleted: n, position_keep_days })
}
