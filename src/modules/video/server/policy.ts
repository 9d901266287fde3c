// Rules of video in force on a day. Recordings: 30 days at least (保安服务管理条例 25; 公共安全视频图像信息系统管理条例 17); view log: six months at least (网络安全法 23).
import { sql } from 'kysely'
import { answer } from '../../../kernel/app.ts'
import { uuidv7 } from '../../../kernel/ids.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { video, type Policy } from '../contract.ts'
import { wholeCompany } from './access.ts'

/** In force where a company has said nothing. */
const SHIPPED: Policy = { from_on: '2000-01-01', keep_days: 30, clip_days: 180, view_days: 180, before_s: 15, after_s: 30, alarm_level: 'major', passages: true, basis: '保安服务管理条例第二十五条:监控影像资料、报警记录至少留存 30 日' }
export async function policyOf(scope: Scope): Promise<Policy> {
  const { rows } = await sql<Policy>`select from_on, keep_days, clip_days, view_days, before_s, after_s, alarm_level, passages, basis from video.policy where company_id = ${scope.company_id} and from_on <= ${scope.today}::date order by from_on desc, created_at desc, policy_id desc limit 1`.execute(scope.db)
  return rows[0] ?? SHIPPED
}
export const policyAnswers = [
  answer(video.policy, async (scope) => {
    const { rows } = await sql<{ from_on: string }>`select from_on from video.policy where company_id = ${scope.company_id} and from_on > ${scope.today}::date order by from_on limit 1`.execute(scope.db)
    return { now: await policyOf(scope), next_from_on: rows[0]?.from_on ?? null }
  }),
  answer(video.savePolicy, async (scope, { request_id: _r, dry_run: _d, ...o }) => {
    wholeCompany(scope)
    if (o.from_on < scope.today) throw scope.refuse('video.from_past', { today: scope.today })
    await scope.db.insertInto('video.policy').values({ company_id: scope.company_id, policy_id: uuidv7(), ...o, created_by: scope.who.account_id, created_at: scope.now }).execute()
    scope.note('video_policy', o.from_on, o)
    return { from_on: o.from_on }
  }),
]
