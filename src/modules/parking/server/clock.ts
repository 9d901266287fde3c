// What the clock does: reminds holders before their pass ends, and hides what is older than the lot keeps it.
import { rm } from 'node:fs/promises'
import { sql } from 'kysely'
import type { App } from '../../../kernel/app.ts'
import { addDays } from '../../../kernel/clock.ts'
import { pathOf } from '../../../kernel/files.ts'
import type { Scope } from '../../../kernel/scope.ts'
import type { Work } from '../../../kernel/app.ts'
import { notify, type Template } from '../../messages/server/index.ts'
import { ruleOn } from './config.ts'
import { paidTo } from './permit_now.ts'

export const parkingTemplates: readonly Template[] = [
  { code: 'parking_pass_ending', zh: '月卡到期提醒', category: 'fee', title: '月卡 {until} 到期', app_text: '{lot} 月卡({plates})将于 {until} 到期,可在手机上续期;到期后按临时停车收费。', sms_text: '【{sign}】{lot} 月卡({plates})将于 {until} 到期,可在手机上续期。', params: [{ key: 'lot', zh: '车场', example: '东区停车场' }, { key: 'plates', zh: '车牌', example: '陕C12345' }, { key: 'until', zh: '最后一天', example: '2026-12-31' }] },
]
const AT_ONCE = 500
export async function remindPasses(scope: Scope): Promise<void> {
  const c = scope.company_id
  const { rows } = await sql<{ permit_id: string; phone: string; house_id: string | null; lot: string; plates: string; until_on: string }>`select pm.permit_id, pm.holder_phone as phone, pm.house_id, l.name as lot, array_to_string(array(select distinct pp.plate from parking.permit_plate pp where pp.company_id = ${c} and pp.permit_id = pm.permit_id and (pp.to_on is null or pp.to_on > ${scope.today}::date)), '、') as plates, e.until_on
    from parking.permit pm join parking.lot l on l.company_id = ${c} and l.lot_id = pm.lot_id cross join lateral (select ${paidTo(scope)} as until_on) e left join lateral ${ruleOn(scope, 'l.lot_id', scope.today)} r on true
    where pm.company_id = ${c} and pm.state = 'live' and pm.kind = 'monthly' and pm.holder_phone is not null and e.until_on > ${scope.today}::date and e.until_on <= ${scope.today}::date + coalesce(r.remind_days, 0) limit ${AT_ONCE}`.execute(scope.db)
  await notify(scope, rows.map((r) => ({ to: { phone: r.phone }, template: 'parking_pass_ending', params: { lot: r.lot, plates: r.plates, until: addDays(r.until_on, -1) }, link: '/parking', house_id: r.house_id, dedupe_key: `parking.pass:${r.permit_id}:${r.until_on}` })))
}

const FORGOTTEN = '已隐去'
const FORGET_MAX = 2000
/** Plates and pictures older than the lot keeps them; gives the contents of the pictures that nobody needs any more. */
export async function forgetOld(scope: Scope): Promise<string[]> {
  const c = scope.company_id
  const { rows } = await sql<{ picture: string | null }>`with old as materialized (select k.look_id, k.picture from parking.look k join lateral ${ruleOn(scope, 'k.lot_id', scope.today)} r on true where k.company_id = ${c} and k.received_at < ${scope.now}::timestamptz - interval '30 days' and k.received_at < ${scope.now}::timestamptz - make_interval(days => r.keep_days) and k.plate <> ${FORGOTTEN} order by k.received_at limit ${FORGET_MAX}),
    done as (update parking.look k set plate = ${FORGOTTEN}, picture = null, detail = null from old where k.company_id = ${c} and k.look_id = old.look_id) select picture from old where picture is not null`.execute(scope.db)
  await sql`with old as materialized (select s.stay_id from parking.stay s join lateral ${ruleOn(scope, 's.lot_id', scope.today)} r on true where s.company_id = ${c} and s.state <> 'in' and coalesce(s.left_at, s.entered_at) < ${scope.now}::timestamptz - make_interval(days => r.keep_days) and s.plate <> ${FORGOTTEN} and not s.debt order by s.entered_at limit ${FORGET_MAX}),
    steps as (update parking.stay_step x set detail = null from old where x.company_id = ${c} and x.stay_id = old.stay_id and x.detail is not null)
    update parking.stay s set plate = ${FORGOTTEN} from old where s.company_id = ${c} and s.stay_id = old.stay_id`.execute(scope.db)
  await sql`delete from parking.spot p where p.company_id = ${c} and not exists (select from parking.stay t where t.company_id = ${c} and t.stay_id = p.stay_id and t.state = 'in')`.execute(scope.db)
  await sql`with old as materialized (select x.turned_id from parking.turned_away x join lateral ${ruleOn(scope, 'x.lot_id', scope.today)} r on true where x.company_id = ${c} and x.plate <> ${FORGOTTEN} and x.at < ${scope.now}::timestamptz - make_interval(days => r.keep_days) order by x.at limit ${FORGET_MAX}) update parking.turned_away x set plate = ${FORGOTTEN} from old where x.company_id = ${c} and x.turned_id = old.turned_id`.execute(scope.db)
  if (rows.length > 0) scope.note('look', 'old', { pictures: rows.length })
  return rows.map((r) => r.picture!)
}
export const forget = (app: () => App) => async (w: Work): Promise<void> => {
  const pictures = await w.tx(forgetOld)
  const kept = new Set(await w.tx(async (scope) => (await sql<{ sha: string }>`select k.picture as sha from parking.look k where k.company_id = ${scope.company_id} and k.picture = any(${pictures}::text[]) union select f.sha256 from kernel.file f where f.company_id = ${scope.company_id} and f.sha256 = any(${pictures}::text[])`.execute(scope.db)).rows.map((r) => r.sha)))
  for (const sha of pictures) if (!kept.has(sha)) await rm(pathOf(app().data_dir, sha), { force: true })
}
