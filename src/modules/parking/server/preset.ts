// What the rule of a new lot begins with, from a day on: the company's own decision with its reason. A rule that was published is not touched by it.
import { sql } from 'kysely'
import { answer } from '../../../kernel/app.ts'
import { uuidv7 } from '../../../kernel/ids.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { parking, type Preset } from '../contract.ts'

/** In force where a company has said nothing. Hours, card fee: the manual of 眉县安居 (S20). Passing on of a place: no law says it, the owners or the lease do (民法典 275); so the reason stands with it. */
const SHIPPED: Preset = {
  from_on: '2000-01-01', closed: [{ from: '12:00', to: '15:00' }, { from: '19:00', to: '08:00' }], visitors_when_closed: true, full_stop: true, overflow: 'until_free', window_s: 30, lost_card_fen: 1000, remind_days: 7, keep_days: 180,
  basis: '系统出厂建议:禁入时段和补卡费取自物业管理手册;同户超位没有统一规定,按“车位空出即由同户的车占用”最少争议,请按业主大会决议或租用合同确认后另行设定',
}
export async function presetOf(scope: Scope): Promise<Preset> {
  const { rows } = await sql<Preset>`select from_on, closed, visitors_when_closed, full_stop, overflow, window_s, lost_card_fen::int as lost_card_fen, remind_days, keep_days, basis from parking.preset where company_id = ${scope.company_id} and from_on <= ${scope.today}::date order by from_on desc, created_at desc, preset_id desc limit 1`.execute(scope.db)
  return rows[0] ?? SHIPPED
}
export const presetAnswers = [
  answer(parking.lotPreset, async (scope) => {
    const { rows } = await sql<{ from_on: string }>`select from_on from parking.preset where company_id = ${scope.company_id} and from_on > ${scope.today}::date order by from_on limit 1`.execute(scope.db)
    return { now: await presetOf(scope), next_from_on: rows[0]?.from_on ?? null, whole: scope.reach('parking.lot.write').all }
  }),
  answer(parking.saveLotPreset, async (scope, { request_id: _r, dry_run: _d, ...o }) => {
    if (!scope.reach().all) throw scope.notFound()
    if (o.from_on < scope.today) throw scope.refuse('parking.from_past', { today: scope.today })
    const preset_id = uuidv7()
    await scope.db.insertInto('parking.preset').values({ company_id: scope.company_id, preset_id, ...o, closed: JSON.stringify(o.closed), created_by: scope.who.account_id, created_at: scope.now }).execute()
    scope.note('parking_preset', preset_id, o)
    return { from_on: o.from_on }
  }),
]
