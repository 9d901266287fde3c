// Handing over (交接班): what is open, keys and tools counted, signed by both. The room's row decides when two do it at once.
import { sql } from 'kysely'
import { answer, answerFile, type App } from '../../../kernel/app.ts'
import { minuteText } from '../../../kernel/clock.ts'
import { hasFile, openFile } from '../../../kernel/files.ts'
import { uuidv7 } from '../../../kernel/ids.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { notify } from '../../messages/server/index.ts'
import { duty, type Action, type Count, type HandoverState, type Shift } from '../contract.ts'
import { said } from '../shown.ts'
import { roomToChange, roomToRead, type RoomKey } from './access.ts'
import { ruleOn, rulesOf } from './config.ts'
import { opensOf } from './opens.ts'
import { judge, type Actor } from './rules/machine.ts'
import { nextOf, previousOf, spanOf, type At } from './rules/roster.ts'

const MINUTE = 60_000
/** One comes a little before and leaves a little before; more than an hour is another shift. */
export const EARLY_MINUTES = 60

async function signatureOf(scope: Scope, photo_ids: readonly string[]): Promise<string> {
  const { rows } = await sql<{ file_id: string }>`select file_id from kernel.file where company_id = ${scope.company_id} and file_id = ${photo_ids[0]!} and purpose = 'photo' and type in ('image/png','image/jpeg') and created_by = ${scope.who.account_id}::uuid`.execute(scope.db)
  if (!rows[0]) throw scope.refuse('duty.no_signature')
  return rows[0].file_id
}
interface Standing { on_day: string; shift_id: string; account_id: string }
async function standing(scope: Scope, room_id: string, at: readonly { on_day: string; shift_id: string }[]): Promise<Standing[]> {
  const { rows } = await sql<Standing>`select e.on_day, e.shift_id, e.account_id from duty.roster e join unnest(${at.map((x) => x.on_day)}::date[], ${at.map((x) => x.shift_id)}::uuid[]) as x(on_day, shift_id) on x.on_day = e.on_day and x.shift_id = e.shift_id where e.company_id = ${scope.company_id} and e.room_id = ${room_id} order by e.account_id`.execute(scope.db)
  return rows
}
interface Past { handover_id: string; state: HandoverState; on_day: string | null; shift_id: string | null; to_day: string; to_shift_id: string; out_name: string | null; in_name: string | null }
/** Those that are open or done around a shift. */
async function pastOf(scope: Scope, room_id: string, at: { on_day: string; shift_id: string }, next: At | undefined): Promise<Past[]> {
  const { rows } = await sql<Past>`select handover_id, state, on_day, shift_id, to_day, to_shift_id, out_name, in_name from duty.handover where company_id = ${scope.company_id} and room_id = ${room_id} and (state = 'offered' or state = 'taken' and ((to_day = ${at.on_day}::date and to_shift_id = ${at.shift_id}) or (to_day = ${next?.on_day ?? null}::date and to_shift_id = ${next?.shift_id ?? null}::uuid)))`.execute(scope.db)
  return rows
}
const shiftOf = (scope: Scope, room: RoomKey, shift_id: string): Shift => {
  const s = room.shifts.find((x) => x.shift_id === shift_id)
  if (!s) throw scope.notFound()
  return s
}
const mine = (scope: Scope, list: readonly Standing[], at: { on_day: string; shift_id: string }): boolean => list.some((e) => e.account_id === scope.who.account_id && e.on_day === at.on_day && e.shift_id === at.shift_id)

function countsOf(scope: Scope, room: RoomKey, given: readonly { thing_id: string; found: number; note: string | null }[]): Count[] {
  return room.inventory.map((t) => {
    const g = given.find((x) => x.thing_id === t.thing_id)
    if (!g) throw scope.refuse('duty.count_missing', { name: t.name })
    if (g.found !== t.count && !g.note) throw scope.refuse('duty.count_why', { name: t.name, count: t.count, found: g.found })
    return { ...t, found: g.found, note: g.note || null }
  })
}

async function act(scope: Scope, handover_id: string, action: Action, o: { photo_ids?: readonly string[]; note?: string | null; reason?: string }): Promise<{ handover_id: string; state: HandoverState }> {
  const c = scope.company_id
  const found = (await sql<{ room_id: string }>`select room_id from duty.handover where company_id = ${c} and handover_id = ${handover_id}`.execute(scope.db)).rows[0]
  if (!found) throw scope.notFound()
  const room = await roomToChange(scope, found.room_id)
  const h = (await sql<{ state: HandoverState; out_account: string | null; to_day: string; to_shift_id: string; to_name: string }>`select h.state, h.out_account, h.to_day, h.to_shift_id, s.name as to_name from duty.handover h join duty.shift s on s.company_id = ${c} and s.room_id = h.room_id and s.shift_id = h.to_shift_id where h.company_id = ${c} and h.handover_id = ${handover_id} for update of h`.execute(scope.db)).rows[0]!
  const actors: Actor[] = []
  if (h.out_account === scope.who.account_id) actors.push('giver')
  const to = { on_day: h.to_day, shift_id: h.to_shift_id }
  if (mine(scope, await standing(scope, room.room_id, [to]), to)) actors.push('successor')
  // Who has no part in it at all is told nothing of it.
  if (actors.length === 0 && action === 'withdraw') throw scope.notFound()
  const v = judge(h.state, action, actors)
  if (!v.ok) throw scope.refuse(v.code, { name: h.to_name, state: said('handover', h.state), action: said('action', action) })
  const signed = o.photo_ids ? await signatureOf(scope, o.photo_ids) : null
  await sql`update duty.handover set state = ${v.to}, in_account = ${action === 'take' ? scope.who.account_id : null}::uuid, in_name = ${action === 'withdraw' ? null : scope.who.name}, in_file_id = ${signed}::uuid, in_at = ${action === 'withdraw' ? null : scope.now}::timestamptz, in_note = ${o.note || null}, end_reason = ${o.reason ?? null} where company_id = ${c} and handover_id = ${handover_id}`.execute(scope.db)
  scope.note('duty_handover', handover_id, { room: room.name, to_day: h.to_day, shift: h.to_name, action, to: v.to })
  if (action === 'decline' && h.out_account) await notify(scope, [{ to: { account_id: h.out_account }, template: 'duty_declined', params: { room: room.name, name: scope.who.name, reason: o.reason ?? '' }, link: '/duty', urgent: true }])
  return { handover_id, state: v.to }
}

const offer = answer(duty.offerHandover, async (scope, o) => {
  const c = scope.company_id
  const room = await roomToChange(scope, o.room_id)
  const shift = shiftOf(scope, room, o.shift_id)
  const next = nextOf(o.on_day, shift, room.shifts)
  const at = { on_day: o.on_day, shift_id: o.shift_id }
  const [people, past] = await Promise.all([standing(scope, room.room_id, next ? [at, next] : [at]), pastOf(scope, room.room_id, at, next)])
  if (!mine(scope, people, at)) throw scope.refuse('duty.not_on', { on_day: o.on_day, name: shift.name })
  const open = past.find((h) => h.state === 'offered')
  if (open) throw scope.refuse('duty.offered_already', { name: room.name, who: open.out_name })
  if (!past.some((h) => h.to_day === o.on_day && h.to_shift_id === o.shift_id)) throw scope.refuse('duty.not_taken', { name: shift.name })
  const done = next && past.find((h) => h.to_day === next.on_day && h.to_shift_id === next.shift_id)
  if (done) throw scope.refuse('duty.handed', { on_day: next.on_day, name: next.name, who: done.in_name })
  const span = spanOf(o.on_day, shift)
  if (Date.parse(scope.now) < Date.parse(span.ends_at) - EARLY_MINUTES * MINUTE) throw scope.refuse('duty.too_early', { name: next?.name ?? shift.name, at: minuteText(span.ends_at), minutes: EARLY_MINUTES })
  const successors = people.filter((e) => e.on_day === next?.on_day && e.shift_id === next.shift_id)
  if (!next || successors.length === 0) throw scope.refuse('duty.no_successor', { name: next?.name ?? shift.name, on_day: next?.on_day ?? o.on_day })
  if (successors.every((e) => e.account_id === scope.who.account_id)) throw scope.refuse('duty.only_yourself', { name: next.name })
  const counts = countsOf(scope, room, o.counts)
  const [signed, opens] = await Promise.all([signatureOf(scope, o.photo_ids), opensOf(scope, [room.room_id])])
  const handover_id = uuidv7()
  await scope.db.insertInto('duty.handover').values({ company_id: c, handover_id, room_id: room.room_id, on_day: o.on_day, shift_id: o.shift_id, to_day: next.on_day, to_shift_id: next.shift_id, state: 'offered', counts: JSON.stringify(counts), opens: JSON.stringify(opens.map(({ room_id: _r, ...x }) => x)), note: o.note || null, out_account: scope.who.account_id!, out_name: scope.who.name, out_file_id: signed, out_at: scope.now }).execute()
  scope.note('duty_handover', handover_id, { room: room.name, on_day: o.on_day, shift: shift.name, short: counts.some((x) => x.found !== x.count) })
  await notify(scope, successors.filter((e) => e.account_id !== scope.who.account_id).map((e) => ({ to: { account_id: e.account_id }, template: 'duty_offered', params: { room: room.name, shift: next.name, name: scope.who.name }, link: '/duty', urgent: true, dedupe_key: `duty offered ${handover_id} ${e.account_id}` })))
  return { handover_id, state: 'offered' as const }
})
/** On duty without somebody who hands over: nobody of the shift before was rostered, or nobody came to hand over in time. */
const begin = answer(duty.beginDuty, async (scope, o) => {
  const c = scope.company_id
  const room = await roomToChange(scope, o.room_id)
  const shift = shiftOf(scope, room, o.shift_id)
  const at = { on_day: o.on_day, shift_id: o.shift_id }
  const before = previousOf(o.on_day, shift, room.shifts)
  const [people, past, rules] = await Promise.all([standing(scope, room.room_id, before ? [at, before] : [at]), pastOf(scope, room.room_id, at, undefined), rulesOf(scope)])
  const span = spanOf(o.on_day, shift)
  if (!mine(scope, people, at) || span.ends_at <= scope.now) throw scope.refuse('duty.not_on', { on_day: o.on_day, name: shift.name })
  const done = past.find((h) => h.state === 'taken')
  if (done) throw scope.refuse('duty.handed', { on_day: o.on_day, name: shift.name, who: done.in_name })
  const open = past.find((h) => h.state === 'offered')
  if (open) throw scope.refuse('duty.offered_already', { name: room.name, who: open.out_name })
  if (Date.parse(scope.now) < Date.parse(span.starts_at) - EARLY_MINUTES * MINUTE) throw scope.refuse('duty.too_early', { name: shift.name, at: minuteText(span.starts_at), minutes: EARLY_MINUTES })
  const late_at = new Date(Date.parse(span.starts_at) + ruleOn(rules, room, o.on_day).handover_minutes * MINUTE).toISOString()
  if (before && scope.now <= late_at && people.some((e) => e.on_day === before.on_day && e.shift_id === before.shift_id)) throw scope.refuse('duty.before_there', { name: before.name, at: minuteText(late_at) })
  const signed = await signatureOf(scope, o.photo_ids)
  const handover_id = uuidv7()
  const opens = await opensOf(scope, [room.room_id])
  await scope.db.insertInto('duty.handover').values({ company_id: c, handover_id, room_id: room.room_id, on_day: null, shift_id: null, to_day: o.on_day, to_shift_id: o.shift_id, state: 'taken', counts: '[]', opens: JSON.stringify(opens.map(({ room_id: _r, ...x }) => x)), note: null, in_account: scope.who.account_id!, in_name: scope.who.name, in_file_id: signed, in_at: scope.now, in_note: o.note || null }).execute()
  scope.note('duty_handover', handover_id, { room: room.name, on_day: o.on_day, shift: shift.name, begun_alone: true })
  return { handover_id, state: 'taken' as const }
})

export const handoverAnswersOf = (app: () => App) => [
  offer, begin,
  answer(duty.takeHandover, (scope, o) => act(scope, o.handover_id, 'take', { photo_ids: o.photo_ids, note: o.note })),
  answer(duty.declineHandover, (scope, o) => act(scope, o.handover_id, 'decline', { reason: o.reason })),
  answer(duty.withdrawHandover, (scope, o) => act(scope, o.handover_id, 'withdraw', { reason: o.reason })),
  answerFile(duty.handoverSignature, async (scope, o) => {
    const c = scope.company_id
    const { rows } = await sql<{ room_id: string; sha256: string; type: string }>`select h.room_id, f.sha256, f.type from duty.handover h join kernel.file f on f.company_id = ${c} and f.file_id = case when ${o.of} = 'out' then h.out_file_id else h.in_file_id end where h.company_id = ${c} and h.handover_id = ${o.handover_id}`.execute(scope.db)
    const f = rows[0]
    if (!f) throw scope.notFound()
    await roomToRead(scope, f.room_id)
    if (!(await hasFile(app().data_dir, f.sha256))) throw scope.notFound()
    return { name: '签名.png', type: f.type, body: openFile(app().data_dir, f.sha256), inline: true }
  }),
]
