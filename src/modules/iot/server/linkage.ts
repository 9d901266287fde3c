// Linkage with modules above (IOT-06). They say what a rule may act on (`publishTargets`); a firing is told to them as an event, with an address: the act; and what came
// of it they write back (`reportAct`). So iot names no door and no camera, and "why did it fire" shows everything in one place.
import { sql } from 'kysely'
import { answer } from '../../../kernel/app.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { communitiesSeenBy } from '../../property/server/index.ts'
import { iot, type FireAct, type RuleBody, type TargetKind, type TargetRow } from '../contract.ts'
import { actSaid } from '../shown.ts'

const TARGETS_MAX = 1000
export interface TargetIn {
  target_id: string
  community_id: string
  name: string
  detail: string
  /** The right that whoever puts it into a rule must have there. */
  may: string
  /** Why a rule must not hold it open. */
  no_hold: string | null
}
/** All that a module has of a kind; what it had before and has no more is gone. Nothing is written where nothing changed. */
export async function publishTargets(scope: Scope, kind: TargetKind, list: readonly TargetIn[]): Promise<void> {
  const c = scope.company_id
  const given = JSON.stringify(list.slice(0, TARGETS_MAX))
  await sql`insert into iot.target as t (company_id, kind, target_id, community_id, name, detail, may, no_hold, gone, changed_at)
    select ${c}::bigint, ${kind}, x.target_id, x.community_id, x.name, x.detail, x.may, x.no_hold, false, ${scope.now}::timestamptz from jsonb_to_recordset(${given}::jsonb) as x(target_id uuid, community_id uuid, name text, detail text, may text, no_hold text)
    on conflict (company_id, kind, target_id) do update set community_id = excluded.community_id, name = excluded.name, detail = excluded.detail, may = excluded.may, no_hold = excluded.no_hold, gone = false, changed_at = excluded.changed_at
    where (t.community_id, t.name, t.detail, t.may, t.no_hold, t.gone) is distinct from (excluded.community_id, excluded.name, excluded.detail, excluded.may, excluded.no_hold, false)`.execute(scope.db)
  await sql`update iot.target set gone = true, changed_at = ${scope.now} where company_id = ${c} and kind = ${kind} and not gone and target_id not in (select x.target_id from jsonb_to_recordset(${given}::jsonb) as x(target_id uuid))`.execute(scope.db)
}
/** Of a module above: what it did, or what came of it. A later word replaces an earlier one of the same act; what is over stays. */
export async function reportAct(scope: Scope, o: { fire_id: string; act_no: number; state: 'sent' | 'done' | 'failed'; told: string }): Promise<void> {
  await sql`update iot.rule_act set state = ${o.state}, told = ${o.told.slice(0, 300)}, told_at = ${scope.now} where company_id = ${scope.company_id} and fire_id = ${o.fire_id}::uuid and act_no = ${o.act_no}::int and (state = 'sent' or told is null)`.execute(scope.db)
}

export interface Target {
  kind: TargetKind
  target_id: string
  community_id: string
  name: string
  may: string
  no_hold: string | null
  gone: boolean
}
/** What the bodies act on, by id. */
export async function targetsOf(scope: Scope, bodies: readonly RuleBody[]): Promise<Map<string, Target>> {
  const ids = [...new Set(bodies.flatMap((b) => [...(b.doors?.group_ids ?? []), ...(b.still?.camera_ids ?? []), ...(b.clip?.camera_ids ?? [])]))]
  if (ids.length === 0) return new Map()
  const { rows } = await sql<Target>`select kind, target_id, community_id, name, may, no_hold, gone from iot.target where company_id = ${scope.company_id} and target_id = any(${ids}::uuid[])`.execute(scope.db)
  return new Map(rows.map((r) => [r.target_id, r]))
}
/** The right to keep pictures, also where the cameras are only those that look at the device. */
const CLIP_RIGHT = 'video.clip.keep'
const covers = (scope: Scope, may: string, community_id: string | null): boolean => {
  const r = scope.reach(may)
  return r.all || (community_id !== null && r.community_ids.includes(community_id))
}
/** Nobody does by a rule what he may not do by hand. Gives why the rule is wrong; refuses where the right is missing. */
export async function checkTargets(scope: Scope, body: RuleBody, communities: readonly string[]): Promise<string | null> {
  if (!body.doors && !body.still && !body.clip) return null
  const of = await targetsOf(scope, [body])
  for (const [ids, kind] of [[body.doors?.group_ids ?? [], 'doors'], [[...(body.still?.camera_ids ?? []), ...(body.clip?.camera_ids ?? [])], 'camera']] as const)
    for (const id of ids) {
      const x = of.get(id)
      if (!x || x.kind !== kind || x.gone) return kind === 'doors' ? '门组不存在或已删除,请重新选择' : '摄像机不存在或已停用,请重新选择'
      if (communities.length === 0) return '要动作的门组或摄像机在一个小区,规则也要选定小区或设备'
      if (!communities.includes(x.community_id)) return `「${x.name}」不在规则的小区`
      if (kind === 'doors' && body.doors!.what === 'hold' && x.no_hold) return `门组「${x.name}」${x.no_hold}`
      if (!covers(scope, x.may, x.community_id)) throw scope.refuse('iot.no_right_target', { name: x.name })
    }
  if ((body.clip || body.still) && !covers(scope, CLIP_RIGHT, communities.length === 1 ? communities[0]! : null)) throw scope.refuse('iot.no_right_target', { name: '录像和快照' })
  return null
}

interface ActRow extends Omit<FireAct, 'state'> {
  fire_id: string
  state: 'done' | 'sent' | 'failed'
  command_state: string | null
  command_why: string | null
  command_at: string | null
  run: { total: number; confirmed: number; accepted: number; reading: number; waiting: number; unknown: number; failed: number; not_sent: number } | null
}
/** What the firings did, with what is known of it now: commands and scenes say it by their own rows. */
export async function actsOf(scope: Scope, fire_ids: readonly string[]): Promise<Map<string, FireAct[]>> {
  const c = scope.company_id
  const { rows } = await sql<ActRow>`select a.fire_id, a.act_no, a.kind, a.what, a.state, a.told, a.told_at, case when m.state = 'accepted' and not m.reads_back then 'answered' else m.state end as command_state, m.why as command_why, m.state_at as command_at, case when a.run_id is null and not n.several then null else n.run end as run
    from iot.rule_act a left join iot.command m on m.company_id = ${c} and m.command_id = a.command_id
      left join lateral (select jsonb_build_object('total', count(*), 'confirmed', count(*) filter (where x.state = 'confirmed'), 'accepted', count(*) filter (where x.state = 'accepted'), 'reading', count(*) filter (where x.state = 'accepted' and x.reads_back), 'waiting', count(*) filter (where x.state in ('queued','sent')), 'unknown', count(*) filter (where x.state = 'unknown'), 'failed', count(*) filter (where x.state in ('failed','expired')), 'not_sent', count(*) filter (where i.command_id is null)) as run, coalesce(bool_or(i.of_rule), false) as several
        from (select i.command_id, false as of_rule from iot.scene_item i where i.company_id = ${c} and i.run_id = a.run_id union all select i.command_id, true from iot.rule_act_item i where i.company_id = ${c} and i.fire_id = a.fire_id and i.act_no = a.act_no) i left join iot.command x on x.company_id = ${c} and x.command_id = i.command_id) n on true
    where a.company_id = ${c} and a.fire_id = any(${fire_ids}::uuid[]) order by a.fire_id, a.act_no`.execute(scope.db)
  const out = new Map<string, FireAct[]>()
  for (const { fire_id, command_state, command_why, command_at, run, ...a } of rows) out.set(fire_id, [...(out.get(fire_id) ?? []), actSaid(a, command_state ? { state: command_state, why: command_why, at: command_at } : null, run)])
  return out
}
export const linkageAnswers = [
  answer(iot.targets, async (scope, o) => {
    const c = scope.company_id
    const { rows } = await sql<TargetRow>`select x.kind, x.target_id, x.community_id, k.name as community_name, x.name, x.detail, x.no_hold from iot.target x join property.community k on k.company_id = ${c} and k.community_id = x.community_id
      where x.company_id = ${c} and x.kind = ${o.kind} and not x.gone and ${communitiesSeenBy(scope, { alias: 'x' })} ${o.community_id ? sql`and x.community_id = ${o.community_id}` : sql``} order by k.name, x.name collate iot.natural limit ${TARGETS_MAX}`.execute(scope.db)
    return { rows }
  }),
]
