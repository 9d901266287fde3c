// Fires for people: what was reported, what was done by itself, what each device answered; confirmed or ended by a person.
import { sql, type RawBuilder, type SqlBool } from 'kysely'
import { answer } from '../../../kernel/app.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { iot, type FireOne, type FireCaseRow } from '../contract.ts'
import { devicesSeenBy, reaches } from './access.ts'
import { confirmed, type Panel } from './fire.ts'
import { addStep } from './raise.ts'

async function rowsOf(scope: Scope, where: RawBuilder<SqlBool>, limit: number, offset = 0): Promise<FireCaseRow[]> {
  const c = scope.company_id
  const { rows } = await sql<Omit<FireCaseRow, 'can'> & { building_id: string | null }>`select f.fire_id, f.community_id, f.building_id, k.name as community_name, f.device_id, d.name as device_name, d.place, case when f.ended_at is not null then 'ended' when f.confirmed_at is not null then 'confirmed' else 'reported' end as state, f.begun_at,
      (select count(*)::int from iot.fire_part x where x.company_id = ${c} and x.fire_id = f.fire_id) as part_count, (select x.part_text from iot.fire_part x where x.company_id = ${c} and x.fire_id = f.fire_id order by x.heard_at, x.part_key limit 1) as first_part,
      f.confirmed_at, f.confirmed_why, f.confirmed_by_name, f.held_why, f.ended_at, f.ended_by_name, f.verdict, f.note
    from iot.fire f join property.community k on k.company_id = ${c} and k.community_id = f.community_id join iot.device d on d.company_id = ${c} and d.device_id = f.device_id where f.company_id = ${c} and ${where} order by (f.ended_at is null) desc, f.begun_at desc, f.fire_id limit ${limit} offset ${offset}`.execute(scope.db)
  return rows.map(({ building_id, ...r }) => {
    const mine = reaches(scope, 'iot.alarm.handle', { community_id: r.community_id, building_id })
    const may = (ok: boolean, code: string): true | string => (!mine ? 'kernel.forbidden' : r.state === 'ended' ? 'iot.fire_over' : ok ? true : code)
    return { ...r, can: { confirm: may(r.state === 'reported', 'iot.fire_confirmed'), end: may(true, '') } }
  })
}
async function fireToChange(scope: Scope, fire_id: string): Promise<Panel & { confirmed: boolean }> {
  const c = scope.company_id
  const { rows } = await sql<Panel & { confirmed: boolean; ended: boolean }>`select f.device_id, f.community_id, f.building_id, d.name, d.place, d.life, f.confirmed_at is not null as confirmed, f.ended_at is not null as ended from iot.fire f join iot.device d on d.company_id = ${c} and d.device_id = f.device_id where f.company_id = ${c} and f.fire_id = ${fire_id} and ${devicesSeenBy(scope, undefined, 'f')} for update of f`.execute(scope.db)
  if (!rows[0]) throw scope.notFound()
  if (rows[0].ended) throw scope.refuse('iot.fire_over')
  return rows[0]
}
export const fireAnswers = [
  answer(iot.fires, async (scope, o) => {
    const where = sql<SqlBool>`${devicesSeenBy(scope, undefined, 'f')} ${o.community_id ? sql`and f.community_id = ${o.community_id}` : sql``} ${o.open ? sql`and f.ended_at is null` : sql``}`
    const [rows, n] = await Promise.all([rowsOf(scope, where, o.page_size, (o.page - 1) * o.page_size), sql<{ n: number }>`select count(*)::int as n from iot.fire f where f.company_id = ${scope.company_id} and ${where}`.execute(scope.db)])
    return { rows, total: n.rows[0]!.n }
  }),
  answer(iot.fire, async (scope, o): Promise<FireOne> => {
    const c = scope.company_id
    const row = (await rowsOf(scope, sql<SqlBool>`f.fire_id = ${o.fire_id} and ${devicesSeenBy(scope, undefined, 'f')}`, 1))[0]
    if (!row) throw scope.notFound()
    const [parts, acts, devices, alarm] = await Promise.all([
      sql<FireOne['parts'][number]>`select part_key, part_text, manual, said_at, heard_at from iot.fire_part where company_id = ${c} and fire_id = ${o.fire_id} order by heard_at, part_key limit 500`.execute(scope.db),
      sql<FireOne['acts'][number]>`select act_no, act, state, detail, at from iot.fire_act where company_id = ${c} and fire_id = ${o.fire_id} order by act_no limit 200`.execute(scope.db),
      sql<FireOne['devices'][number]>`select i.act, i.device_id, d.name as device_name, d.place, m.name, coalesce(m.state, 'not_sent') as state, coalesce(m.why, i.why) as why, m.state_at from iot.fire_item i join iot.device d on d.company_id = ${c} and d.device_id = i.device_id left join iot.command m on m.company_id = ${c} and m.command_id = i.command_id where i.company_id = ${c} and i.fire_id = ${o.fire_id} order by i.act, d.name collate iot.natural limit 1000`.execute(scope.db),
      sql<{ alarm_id: string }>`select alarm_id from iot.alarm where company_id = ${c} and source = ${`device:${row.device_id}`} and kind = 'fire' and last_at >= ${row.begun_at}::timestamptz order by raised_at limit 1`.execute(scope.db),
    ])
    return { ...row, alarm_id: alarm.rows[0]?.alarm_id ?? null, parts: parts.rows, acts: acts.rows, devices: devices.rows }
  }),
  answer(iot.confirmFire, async (scope, o) => {
    const f = await fireToChange(scope, o.fire_id)
    if (f.confirmed) throw scope.refuse('iot.fire_confirmed')
    await confirmed(scope, f, o.fire_id, `人工确认:${o.reason}`)
    return { fire_id: o.fire_id }
  }),
  answer(iot.endFire, async (scope, o) => {
    const c = scope.company_id
    const f = await fireToChange(scope, o.fire_id)
    await scope.db.updateTable('iot.fire').set({ ended_at: scope.now, ended_by: scope.who.account_id, ended_by_name: scope.who.name, verdict: o.verdict, note: o.note }).where('company_id', '=', c).where('fire_id', '=', o.fire_id).execute()
    // The alarm is of the panel: while another of its fires is open it stays.
    const { rows } = await sql<{ alarm_id: string }>`update iot.alarm set disposed_at = ${scope.now}, disposed_by_name = ${scope.who.name}, disposal = ${o.note}, acked_at = coalesce(acked_at, ${scope.now}::timestamptz), acked_by = coalesce(acked_by, ${scope.who.account_id}::uuid), acked_by_name = coalesce(acked_by_name, ${scope.who.name}) where company_id = ${c} and source = ${`device:${f.device_id}`} and kind = 'fire' and disposed_at is null and not exists (select from iot.fire x where x.company_id = ${c} and x.device_id = ${f.device_id} and x.ended_at is null) returning alarm_id`.execute(scope.db)
    if (rows[0]) await addStep(scope, rows[0].alarm_id, 'dispose', o.note)
    scope.note('fire', o.fire_id, { place: f.place, verdict: o.verdict })
    return { fire_id: o.fire_id }
  }),
]
