// The clock of duty rooms: who ought to have taken over and has not, and shifts that begin soon without enough persons. Told once each.
import { sql } from 'kysely'
import { addDays, minuteText } from '../../../kernel/clock.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { staffAt } from '../../identity/server/index.ts'
import { notify } from '../../messages/server/index.ts'
import { SHIFTS, type RoomKey } from './access.ts'
import { ruleOn, rulesOf } from './config.ts'
import { certsOf, entriesOf, holesIn } from './roster.ts'
import { spanOf } from './rules/roster.ts'

const ROOMS_MAX = 2000
const MINUTE = 60_000
/** What nobody has told of for so long is history. */
const BACK_HOURS = 6
/** A hole is told so long before the shift begins. */
const AHEAD_HOURS = 12

export async function tellDuty(scope: Scope): Promise<number> {
  const c = scope.company_id
  const { rows: rooms } = await sql<RoomKey>`select r.room_id, r.community_id, r.building_id, r.name, r.kind, r.crew_id, r.inventory, ${SHIFTS(c, 'r')} as shifts from duty.room r where r.company_id = ${c} and r.retired_at is null order by r.room_id limit ${ROOMS_MAX}`.execute(scope.db)
  if (rooms.length === 0) return 0
  const ids = rooms.map((r) => r.room_id)
  const days = [addDays(scope.today, -1), scope.today, addDays(scope.today, 1)]
  const [rules, entries, { rows: taken }] = await Promise.all([rulesOf(scope), entriesOf(scope, ids, days[0]!, days[2]!), sql<{ room_id: string; to_day: string; to_shift_id: string }>`select room_id, to_day, to_shift_id from duty.handover where company_id = ${c} and state = 'taken' and to_day between ${days[0]!}::date and ${days[2]!}::date and room_id = any(${ids}::uuid[])`.execute(scope.db)])
  const cert = await certsOf(scope, rules, entries.map((e) => e.account_id))
  const now = Date.parse(scope.now)
  const due: { room: RoomKey; template: string; params: Record<string, string>; key: string }[] = []
  for (const room of rooms) {
    const slots = days.flatMap((on_day) => room.shifts.map((s) => ({ on_day, s, ...spanOf(on_day, s) })))
    for (const x of slots) {
      const late = now - Date.parse(x.starts_at) - ruleOn(rules, room, x.on_day).handover_minutes * MINUTE
      const people = entries.filter((e) => e.room_id === room.room_id && e.on_day === x.on_day && e.shift_id === x.s.shift_id)
      if (late > 0 && late < BACK_HOURS * 60 * MINUTE && people.length && !taken.some((h) => h.room_id === room.room_id && h.to_day === x.on_day && h.to_shift_id === x.s.shift_id))
        due.push({ room, template: 'duty_untaken', params: { room: room.name, shift: x.s.name, people: people.map((p) => p.name).join('、'), minutes: String(Math.floor((now - Date.parse(x.starts_at)) / MINUTE)) }, key: `untaken ${room.room_id} ${x.on_day} ${x.s.shift_id}` })
    }
    // A room whose roster was never begun is not on duty yet.
    if (!entries.some((e) => e.room_id === room.room_id)) continue
    for (const h of await holesIn(scope, room, days, entries, rules, cert)) {
      const x = slots.find((y) => y.on_day === h.on_day && y.s.shift_id === h.shift_id)!
      const ahead = Date.parse(x.starts_at) - now
      if (ahead > 0 && ahead < AHEAD_HOURS * 60 * MINUTE) due.push({ room, template: 'duty_hole', params: { room: room.name, shift: x.s.name, at: minuteText(x.starts_at), want: `${h.want}${h.want_certified ? `(持证 ${h.want_certified})` : ''}`, have: `${h.have}${h.want_certified ? `(持证 ${h.have_certified})` : ''}` }, key: `hole ${room.room_id} ${h.on_day} ${h.shift_id}` })
    }
  }
  const heads = new Map<string, string[]>()
  for (const community_id of new Set(due.map((d) => d.room.community_id))) heads.set(community_id, await staffAt(scope, 'duty.roster.write', { community_id, building_id: null }))
  await notify(scope, due.flatMap((d) => (heads.get(d.room.community_id) ?? []).map((account_id) => ({ to: { account_id }, template: d.template, params: d.params, link: d.template === 'duty_hole' ? `/duty/rosters?room_id=${d.room.room_id}` : '/duty/board', urgent: true, dedupe_key: `duty ${d.key} ${account_id}` }))))
  return due.length
}
