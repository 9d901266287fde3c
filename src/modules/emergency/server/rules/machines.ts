// The lives of a version, a drill, an improvement and an emergency, each as ONE table; every call goes through `judge`, and machines.test.ts tries every
// state × action × set of actors of each.
import type { DrillAction, DrillState, IncidentAction, IncidentState, PlanAction, TaskAction, TaskState, VersionState } from '../../shapes.ts'

interface Move<S, A> {
  from: readonly S[]
  to: S
  who: readonly A[]
  /** Whoever is this may not, whatever else he is. */
  not?: A
}
export type Table<S extends string, X extends string, A extends string> = Readonly<Record<X, Move<S, A>>>
export type Verdict<S> = { ok: true; to: S } | { ok: false; code: 'kernel.forbidden' | 'emergency.wrong_state' | 'emergency.own_work' }
export function judge<S extends string, X extends string, A extends string>(table: Table<S, X, A>, state: S, action: X, actors: readonly A[]): Verdict<S> {
  const m = table[action]
  if (!m.who.some((w) => actors.includes(w))) return { ok: false, code: 'kernel.forbidden' }
  if (!m.from.includes(state)) return { ok: false, code: 'emergency.wrong_state' }
  if (m.not && actors.includes(m.not)) return { ok: false, code: 'emergency.own_work' }
  return { ok: true, to: m.to }
}
export const canOf = <S extends string, X extends string, A extends string>(table: Table<S, X, A>, state: S, actors: readonly A[]): Record<X, true | string> => Object.fromEntries((Object.keys(table) as X[]).map((x) => [x, ((v) => (v.ok ? true : v.code))(judge(table, state, x, actors))])) as Record<X, true | string>

/** submitter: handed this version in; another publishes it or sends it back. */
export const PLAN_ACTORS = ['writer', 'publisher', 'submitter'] as const
export const PLAN: Table<VersionState, PlanAction, (typeof PLAN_ACTORS)[number]> = {
  edit: { from: ['draft'], to: 'draft', who: ['writer'] },
  submit: { from: ['draft'], to: 'submitted', who: ['writer'] },
  publish: { from: ['submitted'], to: 'published', who: ['publisher'], not: 'submitter' },
  back: { from: ['submitted'], to: 'draft', who: ['publisher'], not: 'submitter' },
}
export const DRILL_ACTORS = ['organiser'] as const
export const DRILL: Table<DrillState, DrillAction, (typeof DRILL_ACTORS)[number]> = {
  hold: { from: ['planned'], to: 'held', who: ['organiser'] },
  close: { from: ['held'], to: 'closed', who: ['organiser'] },
  cancel: { from: ['planned'], to: 'cancelled', who: ['organiser'] },
  move: { from: ['planned'], to: 'planned', who: ['organiser'] },
}
/** owner: has to do it, and does not accept it himself. */
export const TASK_ACTORS = ['owner', 'organiser'] as const
export const TASK: Table<TaskState, TaskAction, (typeof TASK_ACTORS)[number]> = {
  finish: { from: ['open'], to: 'done', who: ['owner'] },
  check: { from: ['done'], to: 'checked', who: ['organiser'], not: 'owner' },
  back: { from: ['done'], to: 'open', who: ['organiser'], not: 'owner' },
}
export const INCIDENT_ACTORS = ['worker', 'organiser'] as const
export const INCIDENT: Table<IncidentState, IncidentAction, (typeof INCIDENT_ACTORS)[number]> = {
  mark: { from: ['running'], to: 'running', who: ['worker'] },
  end: { from: ['running'], to: 'ended', who: ['worker', 'organiser'] },
  close: { from: ['ended'], to: 'closed', who: ['organiser'] },
}
