import fc from 'fast-check'
import { expect, test } from 'vitest'
import { DRILL_STATES, INCIDENT_STATES, TASK_STATES, VERSION_STATES } from '../../shapes.ts'
import { DRILL, DRILL_ACTORS, INCIDENT, INCIDENT_ACTORS, PLAN, PLAN_ACTORS, TASK, TASK_ACTORS, judge, type Table } from './machines.ts'
import { dueDays } from './year.ts'

const subsets = <A>(all: readonly A[]): A[][] => all.reduce<A[][]>((sets, a) => [...sets, ...sets.map((s) => [...s, a])], [[]])
/** Every state × action × set of actors: what passes, as text. */
function passed<S extends string, X extends string, A extends string>(table: Table<S, X, A>, states: readonly S[], actors: readonly A[]): string[] {
  const out = new Set<string>()
  for (const state of states) for (const action of Object.keys(table) as X[]) for (const set of subsets(actors)) {
    const v = judge(table, state, action, set)
    if (v.ok) out.add(`${state} ${action} ${v.to} by ${set.join('+')}`)
    else if (set.length === 0) expect(v.code).toBe('kernel.forbidden')
  }
  return [...out]
}
test('a version: written, handed in, published by another; published ones move no more', () => {
  const all = passed(PLAN, VERSION_STATES, PLAN_ACTORS)
  expect(all.filter((x) => x.includes(' publish ') || x.includes(' back ')).every((x) => x.includes('publisher') && !x.includes('submitter'))).toBe(true)
  expect(all.filter((x) => x.startsWith('published') || x.startsWith('replaced'))).toEqual([])
  expect(all).toEqual(expect.arrayContaining(['draft edit draft by writer', 'draft submit submitted by writer', 'submitted publish published by publisher', 'submitted publish published by writer+publisher', 'submitted back draft by publisher']))
  expect(all).toHaveLength(4 + 4 + 2 + 2)
  expect(judge(PLAN, 'submitted', 'publish', ['publisher', 'submitter'])).toEqual({ ok: false, code: 'emergency.own_work' })
})
test('a drill: planned, held, closed; only what is not held is cancelled or moved', () => {
  expect(passed(DRILL, DRILL_STATES, DRILL_ACTORS)).toEqual(['planned hold held by organiser', 'planned cancel cancelled by organiser', 'planned move planned by organiser', 'held close closed by organiser'])
})
test('an improvement: done by its owner, accepted or sent back by somebody else', () => {
  expect(passed(TASK, TASK_STATES, TASK_ACTORS)).toEqual(['open finish done by owner', 'open finish done by owner+organiser', 'done check checked by organiser', 'done back open by organiser'])
})
test('an emergency: marked while it runs, ended, then reviewed', () => {
  expect(passed(INCIDENT, INCIDENT_STATES, INCIDENT_ACTORS)).toEqual(['running mark running by worker', 'running mark running by worker+organiser', 'running end ended by worker', 'running end ended by organiser', 'running end ended by worker+organiser', 'ended close closed by organiser', 'ended close closed by worker+organiser'])
})
test('the drills of a year: as many as are still wanted, spread over what is left, the last by New Year\'s Eve', () => {
  expect(dueDays(2026, 2, 0, '2025-11-26')).toEqual(['2026-07-02', '2026-12-31'])
  expect(dueDays(2026, 2, 1, '2026-11-26')).toEqual(['2026-12-31'])
  expect(dueDays(2026, 2, 2, '2026-11-26')).toEqual([])
  fc.assert(fc.property(fc.integer({ min: 0, max: 12 }), fc.integer({ min: 0, max: 14 }), fc.integer({ min: 0, max: 364 }), (want, have, day) => {
    const today = new Date(Date.UTC(2026, 0, 1 + day)).toISOString().slice(0, 10)
    const days = dueDays(2026, want, have, today)
    expect(days).toHaveLength(Math.max(0, want - have))
    expect(days.every((d, i) => d >= today && d <= '2026-12-31' && (i === 0 || d >= days[i - 1]!))).toBe(true)
    if (days.length) expect(days.at(-1)).toBe('2026-12-31')
  }))
})
