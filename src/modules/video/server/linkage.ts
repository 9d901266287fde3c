// A rule of devices that keeps pictures (IOT-06): a clip around the moment, or one picture of it, of each camera that it names, or of those that look at the device;
// and what became of them.
import { sql } from 'kysely'
import type { Scope } from '../../../kernel/scope.ts'
import { publishTargets, reportAct, type TargetIn } from '../../iot/server/index.ts'
import { tellService } from './access.ts'
import { policyOf } from './policy.ts'

const RIGHT = 'video.clip.keep'
const CAMERAS_MAX = 1000
/** Of long ago nothing can be taken from a ring any more, but a recorder may have it: a day is tried. */
const LATE_MS = 86_400_000
export async function publishCameras(scope: Scope): Promise<void> {
  const { rows } = await sql<TargetIn>`select camera_id as target_id, community_id, name, place as detail, ${RIGHT} as may, null as no_hold from video.camera where company_id = ${scope.company_id} and retired_at is null order by camera_id limit ${CAMERAS_MAX}`.execute(scope.db)
  await publishTargets(scope, 'camera', rows)
}
export async function keepForRule(scope: Scope, p: Record<string, unknown>): Promise<void> {
  const c = scope.company_id
  const [fire_id, act_no, at, ids] = [String(p['fire_id']), Number(p['act_no']), Date.parse(String(p['at'])), p['camera_ids'] as string[]]
  const report = (state: 'sent' | 'failed', told: string) => reportAct(scope, { fire_id, act_no, state, told })
  if (Date.parse(scope.now) - at > LATE_MS) return report('failed', '轮到时已超过一天,没有取')
  const kind = p['kind'] === 'still' ? 'still' : 'clip'
  const { clip_days } = await policyOf(scope)
  const of = ids.length > 0 ? sql`k.camera_id = any(${ids}::uuid[])` : sql`k.camera_id in (select x.camera_id from video.looks_at x where x.company_id = ${c} and x.kind = 'device' and x.subject_id = ${String(p['device_id'])})`
  const { rows } = await sql<{ clip_id: string; name: string }>`with made as (insert into video.clip (company_id, clip_id, community_id, camera_id, kind, why, source_id, alarm_id, title, from_at, to_at, state, expires_at, by_name, created_at)
    select ${c}::bigint, gen_random_uuid(), k.community_id, k.camera_id, ${kind}, 'rule', ${fire_id}::uuid, ${(p['alarm_id'] as string | null | undefined) ?? null}::uuid, ${String(p['title'])}, ${new Date(at - Number(p['before_s']) * 1000).toISOString()}::timestamptz, ${new Date(at + Number(p['after_s']) * 1000).toISOString()}::timestamptz, 'waiting', ${new Date(Date.parse(scope.now) + clip_days * 86_400_000).toISOString()}::timestamptz, '联动规则', ${scope.now}::timestamptz
    from video.camera k where k.company_id = ${c} and k.community_id = ${String(p['community_id'])} and k.retired_at is null and ${of} order by k.no limit 8 on conflict do nothing returning clip_id, camera_id)
    select m.clip_id, k.name from made m join video.camera k on k.company_id = ${c} and k.camera_id = m.camera_id order by k.name`.execute(scope.db)
  if (rows.length === 0) {
    const known = await sql`select 1 from video.clip where company_id = ${c} and source_id = ${fire_id}::uuid and kind = ${kind} limit 1`.execute(scope.db)
    return known.rows.length > 0 ? undefined : report('failed', ids.length > 0 ? '摄像机已停用' : '没有摄像机对着这台设备')
  }
  for (const r of rows) scope.note('video_clip', r.clip_id, { why: 'rule', kind, title: p['title'] })
  tellService(scope, 'clip')
  await report('sent', `正在取 ${rows.map((r) => r.name).join('、')} 的${kind === 'still' ? '画面' : '录像'}`)
}
/** By clock: of firings whose clips or pictures are all kept or lost. */
export async function reportClips(scope: Scope): Promise<void> {
  const c = scope.company_id
  const { rows } = await sql<{ fire_id: string; act_no: number; kind: string; kept: string | null; lost: string | null }>`select a.fire_id, a.act_no, a.kind, string_agg(k.name, '、' order by k.name) filter (where l.state in ('kept','deleted')) as kept, string_agg(k.name, '、' order by k.name) filter (where l.state = 'failed') as lost
    from (select * from iot.rule_act a where a.company_id = ${c} and a.kind in ('clip','still') and a.state = 'sent' order by a.fire_id limit 100) a join video.clip l on l.company_id = ${c} and l.source_id = a.fire_id and l.kind = a.kind join video.camera k on k.company_id = ${c} and k.camera_id = l.camera_id
    group by a.fire_id, a.act_no, a.kind having count(*) filter (where l.state = 'waiting') = 0`.execute(scope.db)
  for (const r of rows) await reportAct(scope, { fire_id: r.fire_id, act_no: r.act_no, state: r.lost ? 'failed' : 'done', told: [r.kept ? `已留存 ${r.kept}(见「留存片段」)` : '', r.lost ? `${r.lost} 没有${r.kind === 'still' ? '画面' : '录像'}` : ''].filter(Boolean).join(';') })
}
