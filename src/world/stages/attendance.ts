// Attendance of 花园小区: shifts, a place, a team by day and one round the clock, rosters of the last and the present month, what the doors saw of it, a forgotten punch, the last month closed.
import { sql } from 'kysely'
import { addDays, addMonths } from '../../kernel/clock.ts'
import { uuidOf } from '../../kernel/ids.ts'
import { attendance } from '../../modules/attendance/contract.ts'
import { punchesOfDoors, type DoorPassage } from '../../modules/attendance/server/index.ts'
import { staff as hr } from '../../modules/staff/contract.ts'
import { at } from '../caller.ts'
import { must, type Town } from '../town.ts'

const BASIS = '考勤管理制度(2025)'
const DOOR = '物业中心门'
interface Cell { employee_id: string; on_day: string; shift_id: string | null }
const daysFrom = (from: string, n: number): string[] => Array.from({ length: n }, (_, i) => addDays(from, i))
const weekend = (day: string): boolean => [0, 6].includes(new Date(`${day}T00:00:00Z`).getUTCDay())
/** The same minute for the same person and day in every sample. */
const some = (key: string, most: number): number => Number.parseInt(uuidOf('attendance sample', key).slice(0, 6), 16) % most
const minutesLater = (iso: string, minutes: number): string => new Date(Date.parse(iso) + minutes * 60_000).toISOString()

export async function keepAttendance(t: Town): Promise<void> {
  const community_id = t.ids.community.get('garden')
  if (!community_id || t.road.has('attendance', 'done')) return
  const boss = t.staff.get(t.company.admin_login)!
  const head = must(t, 'jingli')
  const { today, until } = t.calendar
  const last = addMonths(today.slice(0, 7), -1)
  const first = `${last}-01`
  const now = new Date(Date.parse(until) - 3_500_000).toISOString()
  await at(now, async () => {
    const shift = async (code: string, name: string, from_time: string, to_time: string, pause: readonly [string, string] | null, sort_no: number): Promise<string> => (await t.road.call(boss, ['attendance shift', code], attendance.saveShift, { code, name, from_on: first, from_time, to_time, break_from: pause?.[0] ?? null, break_to: pause?.[1] ?? null, late_grace_minutes: 5, early_grace_minutes: 0, absent_after_minutes: 60, sort_no, retired: false, basis: BASIS })).shift_id
    const day = await shift('常', '常白班', '08:00', '17:30', ['12:00', '13:30'], 10)
    const round = [await shift('早', '早班', '08:00', '16:00', null, 20), await shift('中', '中班', '16:00', '00:00', null, 30), await shift('夜', '夜班', '00:00', '08:00', null, 40)]
    const { place_id } = await t.road.call(boss, ['attendance place'], attendance.savePlace, { name: '花园小区物业中心', community_id, lat: '34.272600', lon: '107.753800', radius_m: 300, retired: false })
    const team = async (name: string, hours: 'standard' | 'comprehensive', sort_no: number): Promise<string> => (await t.road.call(boss, ['attendance team', name], attendance.saveTeam, { community_id, retired: false, from_on: first, name, hours, permit: hours === 'standard' ? null : '眉人社综工字〔2025〕18 号', place_ids: [place_id], doors: true, photo: false, sort_no, basis: BASIS })).team_id
    const teams = { office: await team('常白班组', 'standard', 10), guards: await team('秩序四班三运转', 'comprehensive', 20) }
    const everyone = (await t.road.ask(boss, hr.employees, { community_id, page_size: 200 })).rows.filter((e) => e.entered_on <= today)
    const guards = everyone.filter((e) => e.post_name === '秩序员')
    const office = everyone.filter((e) => e.post_name !== '秩序员')
    const cells = (list: typeof everyone, n: number, of: (i: number, on_day: string, nth: number) => string | null): Cell[] => list.flatMap((e, i) => daysFrom(first, n).flatMap((on_day, nth) => (on_day >= e.entered_on && (e.left_on === null || on_day <= e.left_on) ? [{ employee_id: e.employee_id, on_day, shift_id: of(i, on_day, nth) }] : [])))
    // As long as a roster may be at once.
    const span = 61
    const cycle = [round[0]!, round[0]!, round[1]!, round[1]!, round[2]!, round[2]!, null, null]
    const rosters = { office: cells(office, span, (_, d) => (weekend(d) ? null : day)), guards: cells(guards, span, (i, _, n) => cycle[(n + i * 2) % cycle.length]!) }
    for (const key of ['office', 'guards'] as const) {
      const list = key === 'office' ? office : guards
      if (list.length === 0) continue
      await t.road.call(boss, ['attendance join', key], attendance.join, { team_id: teams[key], employee_ids: list.map((e) => e.employee_id), from_on: first })
      for (let i = 0; i < rosters[key].length; i += 900) await t.road.call(boss, ['attendance roster', key, i], attendance.setRoster, { team_id: teams[key], cells: rosters[key].slice(i, i + 900), reason: '启用系统,补录排班' })
    }
    const shifts: Record<string, readonly [string, number]> = { [day]: ['08:00', 570], [round[0]!]: ['08:00', 480], [round[1]!]: ['16:00', 480], [round[2]!]: ['00:00', 480] }
    // What the door saw: nearly everybody in time, now and then late or once without going out.
    await t.road.step(boss, ['attendance doors'], 'attendance.roster.write', async (scope) => {
      const { rows } = await sql<{ employee_id: string; account_id: string }>`select employee_id, account_id from staff.employee where company_id = ${t.company_id} and account_id is not null and left_at is null limit 500`.execute(scope.db)
      const account = new Map(rows.map((r) => [r.employee_id, r.account_id]))
      const passages: DoorPassage[] = [...rosters.office, ...rosters.guards].flatMap((x): DoorPassage[] => {
        const account_id = account.get(x.employee_id)
        const s = x.shift_id ? shifts[x.shift_id] : undefined
        if (!account_id || !s) return []
        const key = `${account_id} ${x.on_day}`
        const start = new Date(`${x.on_day}T${s[0]}:00+08:00`).toISOString()
        const come = minutesLater(start, some(`${key} late`, 40) === 0 ? 6 + some(key, 25) : -(1 + some(key, 14)))
        const go = some(`${key} gone`, 60) === 0 ? [] : [minutesLater(start, s[1] + some(`${key} go`, 20))]
        return [come, ...go].filter((a) => a <= now).map((a) => ({ passage_id: uuidOf('attendance sample passage', t.company_id, key, a), account_id, at: a, door_name: DOOR }))
      })
      await punchesOfDoors(scope, passages)
      return passages.length
    })
    await t.road.call(head, ['attendance closed', last], attendance.closeMonth, { community_id, month: last, note: '启用系统的首月,纸质月表已签字' })
    const asks = office.find((e) => e.has_account && e.name === must(t, 'weixiu1').who.name)
    const worked = daysFrom(addDays(today, -6), 6).findLast((d) => !weekend(d) && d.slice(0, 7) > last)
    if (asks && worked) await t.road.call(must(t, 'weixiu1'), ['attendance fix'], attendance.askFix, { on_day: worked, which: 'out', on: worked, time: '17:40', reason: '下班直接去 3 号楼抢修,没有刷卡' })
  })
  await t.road.step(boss, ['attendance', 'done'], 'signed_in', async () => 1)
}
