// Approvals over the road, on PostgreSQL: every action in every reachable state, races of deciders, flows by amount and day, who sees what.
import { beforeAll, describe, expect, test } from 'vitest'
import fc from 'fast-check'
import { z } from 'zod'
import { expectRefused, testApp, type Caller, type TestApp } from '../../../../tests/harness.ts'
import { tinyWorld, type TinyWorld } from '../../../../tests/tiny_world.ts'
import { nowIso, dayOf, setClock, addDays } from '../../../kernel/clock.ts'
import { Refused } from '../../../kernel/client.ts'
import { inTransaction } from '../../../kernel/db.ts'
import { Refusal } from '../../../kernel/refuse.ts'
import { Scope } from '../../../kernel/scope.ts'
import { analytics } from '../../analytics/contract.ts'
import { system } from '../contract.ts'
import { approvalKind, askApproval, type ApprovalKind } from './index.ts'
import { afterDecision, stepsFor, tiersProblem } from './rules/approval.ts'

const done: string[] = []
const gift: ApprovalKind<{ to: string; breaks?: boolean }> = {
  kind: 'test.gift', zh: '赠送', may: 'payment.reversal.decide', has_amount: true,
  payload: z.object({ to: z.string(), breaks: z.boolean().optional() }) as never,
  page: (a) => `/test/${a.payload.to}`,
  facts: async (_s, a) => [{ label: '送给', value: a.payload.to }],
  agreed: async (_s, a) => {
    if (a.payload.breaks) throw new Refusal('kernel.conflict')
    done.push(`agreed ${a.subject_id}`)
  },
  dropped: async (_s, a, how) => void done.push(`${how} ${a.subject_id}`),
}
let t: TestApp
let w: TinyWorld
let asker: Caller & { token: string; account_id: string }
let n = 0

beforeAll(async () => {
  t = await testApp({ approvals: [approvalKind(gift)] })
  w = await tinyWorld(t)
  asker = await t.hire('cashier')
})

async function asPerson<T>(token: string, run: (s: Scope) => Promise<T>): Promise<T> {
  const known = (await t.app.whoIs(token, { ip: null, agent: null, face: 'api' }))!
  const now = nowIso()
  return inTransaction(t.app.d, { company_id: known.company_id }, (tx) => run(new Scope({ who: known.who, company_id: known.company_id, now, today: dayOf(now), tx, request_id: null, may: 'test', dry_run: false })))
}
const ask = async (o: { amount_fen?: number; breaks?: boolean; subject_id?: string; token?: string } = {}) => {
  const subject_id = o.subject_id ?? `s${++n}`
  const { approval_id } = await asPerson(o.token ?? asker.token, (s) => askApproval(s, gift, { subject_type: 'thing', subject_id, community_id: w.community_id, title: `赠送 ${subject_id}`, amount_fen: o.amount_fen ?? 1000, payload: { to: '张三', ...(o.breaks ? { breaks: true } : {}) }, reason: '节日赠送' }))
  return { approval_id, subject_id }
}
const decide = (as: Caller, approval_id: string, decision: 'agree' | 'refuse', step_no = 1) => as(system.decideApproval, { approval_id, decision, step_no, ...(decision === 'refuse' ? { note: '不同意' } : {}) })

describe('the rules', () => {
  test('tiers: the first limit that holds the amount; what is no table of tiers is named', () => {
    const tiers = [{ up_to_fen: 10_000, steps: [{ by: 'role' as const, code: 'finance' }] }, { up_to_fen: null, steps: [{ by: 'role' as const, code: 'finance' }, { by: 'role' as const, code: 'manager' }] }]
    expect([0, 10_000, 10_001, -10_001, null].map((f) => stepsFor(tiers, f).length)).toEqual([1, 1, 2, 2, 2])
    expect(tiersProblem(tiers, true)).toBeNull()
    expect(tiersProblem(tiers, false)).toContain('只能设一档')
    expect(tiersProblem([{ ...tiers[0]! }], true)).toContain('以上不限')
    expect(tiersProblem([{ ...tiers[1]! }, { ...tiers[1]! }], true)).toContain('没有上限')
    expect(tiersProblem([tiers[0]!, tiers[0]!, tiers[1]!], true)).toContain('应大于')
  })
  test('any tiers that pass the check answer every amount with the strictest fitting tier', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.integer({ min: 1, max: 1_000_000 }), { maxLength: 6 }), fc.integer({ min: 0, max: 2_000_000 }), (limits, amount) => {
        const sorted = limits.toSorted((a, b) => a - b)
        const tiers = [...sorted.map((up_to_fen, i) => ({ up_to_fen, steps: [{ by: 'role' as const, code: `r${i}` }] })), { up_to_fen: null, steps: [{ by: 'role' as const, code: 'last' }] }]
        expect(tiersProblem(tiers, true)).toBeNull()
        const i = sorted.findIndex((l) => amount <= l)
        expect(stepsFor(tiers, amount)[0]!.code).toBe(i === -1 ? 'last' : `r${i}`)
      }),
    )
  })
  test('decisions lead onwards, to the end, or out', () => {
    expect(afterDecision({ step_no: 1, step_count: 2, decision: 'agree' })).toEqual({ state: 'asked', step_no: 2 })
    expect(afterDecision({ step_no: 2, step_count: 2, decision: 'agree' })).toEqual({ state: 'agreed', step_no: 2 })
    expect(afterDecision({ step_no: 1, step_count: 2, decision: 'refuse' })).toEqual({ state: 'refused', step_no: 1 })
  })
})

/** What must come out, written down apart from the code: people a (asked), f (finance, step 1), m (manager, step 2), o (an outsider). */
interface Model { state: 'asked' | 'agreed' | 'refused' | 'withdrawn'; step: number; steps: number; by: string[] }
type Act = { who: 'a' | 'f' | 'm' | 'o'; act: 'agree' | 'refuse' | 'withdraw' }
function predicted(m: Model, { who, act }: Act): { next?: Model; code?: string } {
  const post = m.steps === 1 || m.step === 1 ? 'f' : 'm'
  const sees = who === 'a' || m.by.includes(who) || who === post
  if (!sees) return { code: 'kernel.not_found' }
  if (act === 'withdraw') return who !== 'a' ? { code: 'system.approval_not_asked' } : m.state !== 'asked' ? { code: 'system.approval_closed' } : { next: { ...m, state: 'withdrawn' } }
  if (m.state !== 'asked') return { code: 'system.approval_closed' }
  if (who === 'a') return { code: 'system.approval_own' }
  if (m.by.includes(who)) return { code: 'system.approval_again' }
  if (act === 'refuse') return { next: { ...m, state: 'refused', by: [...m.by, who] } }
  return { next: m.step < m.steps ? { ...m, step: m.step + 1, by: [...m.by, who] } : { ...m, state: 'agreed', by: [...m.by, who] } }
}

describe.each([1, 2])('every action in every state, %s step(s)', (steps) => {
  test('answers as the model says', async () => {
    // Two roles that hold no deciding permission of the kind, so that only the step lets them in.
    const people = { a: asker as Caller, f: await t.hire('steward'), m: await t.hire('service'), o: await t.hire('reader') } as Record<Act['who'], Caller>
    await t.as('admin')(system.saveApprovalFlow, { kind: 'test.gift', community_id: w.community_id, from_on: dayOf(nowIso()), tiers: [{ up_to_fen: null, steps: [{ by: 'role', code: 'steward' }, { by: 'role', code: 'service' } as const].slice(0, steps) as never }] })
    const acts = (['a', 'f', 'm', 'o'] as const).flatMap((who) => (['agree', 'refuse', 'withdraw'] as const).map((act): Act => ({ who, act })))
    const seen = new Set<string>()
    const queue: { m: Model; path: Act[] }[] = [{ m: { state: 'asked', step: 1, steps, by: [] }, path: [] }]
    const perform = (id: string, step: number, a: Act) => (a.act === 'withdraw' ? people[a.who](system.withdrawApproval, { approval_id: id, reason: '填错了' }) : decide(people[a.who], id, a.act, step))
    let tried = 0
    while (queue.length) {
      const { m, path } = queue.shift()!
      const key = JSON.stringify(m)
      if (seen.has(key)) continue
      seen.add(key)
      for (const a of acts) {
        const { approval_id, subject_id } = await ask()
        let step = 1
        for (const p of path) {
          await perform(approval_id, step, p)
          if (p.act === 'agree' && step < steps) step++
        }
        const want = predicted(m, a)
        const before = done.length
        const got = await perform(approval_id, step, a).then(() => 'done', (e: unknown) => (e instanceof Refused ? e.code : String(e)))
        expect(`${key} ${a.who} ${a.act}: ${got}`).toBe(`${key} ${a.who} ${a.act}: ${want.code ?? 'done'}`)
        const ended = want.next && want.next.state !== 'asked'
        expect(done.slice(before)).toEqual(ended ? [`${want.next!.state} ${subject_id}`] : [])
        tried++
        if (want.next) queue.push({ m: want.next, path: [...path, a] })
      }
    }
    expect(seen.size).toBe(steps === 1 ? 4 : 7)
    expect(tried).toBe(seen.size * acts.length)
  })
})

describe('races and repeats', () => {
  beforeAll(async () => {
    await t.as('admin')(system.saveApprovalFlow, { kind: 'test.gift', community_id: w.community_id, from_on: dayOf(nowIso()), tiers: [{ up_to_fen: null, steps: [{ by: 'role', code: 'finance' }] }] })
  })
  test('two deciders at once: one decides, the other is told so, the thing is done once', async () => {
    for (let i = 0; i < 12; i++) {
      const { approval_id, subject_id } = await ask()
      const results = await Promise.allSettled([decide(t.as('finance'), approval_id, i % 2 ? 'agree' : 'refuse'), decide(t.as('finance2'), approval_id, 'agree')])
      expect(results.filter((r) => r.status === 'fulfilled')).toHaveLength(1)
      expect((results.find((r) => r.status === 'rejected')!.reason as Refused).code).toBe('system.approval_closed')
      expect(done.filter((d) => d.endsWith(` ${subject_id}`))).toHaveLength(1)
    }
  })
  test('a withdrawal against a yes: exactly one of them', async () => {
    for (let i = 0; i < 8; i++) {
      const { approval_id, subject_id } = await ask()
      const results = await Promise.allSettled([asker(system.withdrawApproval, { approval_id, reason: '不要了' }), decide(t.as('finance'), approval_id, 'agree')])
      expect(results.filter((r) => r.status === 'fulfilled')).toHaveLength(1)
      expect(done.filter((d) => d.endsWith(` ${subject_id}`))).toHaveLength(1)
    }
  })
  test('one request at a time for a thing; after a refusal it may be asked for again', async () => {
    const subject_id = 'once'
    const all = await Promise.allSettled(Array.from({ length: 5 }, () => ask({ subject_id })))
    expect(all.filter((r) => r.status === 'fulfilled')).toHaveLength(1)
    for (const r of all) if (r.status === 'rejected') expect((r.reason as Refusal).code).toBe('system.approval_pending')
    const first = all.find((r) => r.status === 'fulfilled')!.value
    await decide(t.as('finance'), first.approval_id, 'refuse')
    await ask({ subject_id })
  })
  test('a refusal of the trade at the last yes leaves the request open, and a refusal needs its reason', async () => {
    const { approval_id } = await ask({ breaks: true })
    await expectRefused(decide(t.as('finance'), approval_id, 'agree'), 'kernel.conflict')
    expect((await t.as('finance')(system.approval, { approval_id })).state).toBe('asked')
    await expectRefused(t.as('finance')(system.decideApproval, { approval_id, decision: 'refuse', step_no: 1 }), 'system.approval_note_needed')
    await decide(t.as('finance'), approval_id, 'refuse')
  })
  test('a dry run decides nothing', async () => {
    const { approval_id } = await ask()
    const dry = await t.as('finance')(system.decideApproval, { approval_id, decision: 'agree', step_no: 1, dry_run: true })
    expect(dry.state).toBe('agreed')
    expect((await t.as('finance')(system.approval, { approval_id })).state).toBe('asked')
  })
  test('the database itself refuses the own decision and the second one', async () => {
    const { approval_id } = await ask()
    const add = (step_no: number, decided_by: string) => t.inside((s) => s.db.insertInto('system.approval_decision').values({ company_id: t.company_id, approval_id, step_no, asked_by: asker.account_id, decided_by, decision: 'agree', note: null, decided_at: s.now }).execute())
    await expect(add(1, asker.account_id)).rejects.toThrow(/check/)
    const other = (await t.hire('finance')).account_id
    await add(1, other)
    await expect(add(2, other)).rejects.toThrow(/unique|duplicate/)
    await expect(t.inside((s) => s.db.updateTable('system.approval_decision').set({ note: 'x' }).where('company_id', '=', t.company_id).execute())).rejects.toThrow(/permission denied/)
  })
})

describe('flows', () => {
  test('by amount and from a day on; what was asked for keeps its steps; nobody to decide is refused', async () => {
    const today = dayOf(nowIso())
    const as = t.as('admin')
    const one = { by: 'permission' as const, code: 'payment.reversal.decide' }
    await as(system.saveApprovalFlow, { kind: 'test.gift', community_id: w.community_id, from_on: today, tiers: [{ up_to_fen: 50_000, steps: [one] }, { up_to_fen: null, steps: [one, { by: 'role', code: 'manager' }] }] })
    const small = await ask({ amount_fen: 50_000 })
    const large = await ask({ amount_fen: 50_001 })
    expect((await t.as('finance')(system.approval, { approval_id: small.approval_id })).step_count).toBe(1)
    expect((await t.as('finance')(system.approval, { approval_id: large.approval_id })).steps.map((s) => [s.zh.includes('冲销') || s.zh, s.state])).toEqual([[true, 'waiting'], ['项目经理', 'later']])
    const tomorrow = addDays(today, 1)
    const preview = await as(system.previewApprovalFlow, { kind: 'test.gift', community_id: w.community_id, amount_fen: 99, tiers: [{ up_to_fen: null, steps: [{ by: 'role', code: 'manager' }] }] })
    expect(preview.steps).toMatchObject([{ zh: '项目经理', count: 1 }])
    await as(system.saveApprovalFlow, { kind: 'test.gift', community_id: w.community_id, from_on: tomorrow, tiers: [{ up_to_fen: null, steps: [{ by: 'role', code: 'manager' }] }] })
    expect((await as(system.approvalFlows, { community_id: w.community_id })).rows.find((r) => r.kind === 'test.gift')!.versions.map((v) => v.state).slice(0, 2)).toEqual(['future', 'now'])
    await decide(t.as('finance'), large.approval_id, 'agree')
    await expectRefused(decide(t.as('finance2'), large.approval_id, 'agree', 1), 'system.approval_moved')
    await expectRefused(decide(t.as('finance2'), large.approval_id, 'agree', 2), 'system.approval_not_yours')
    await decide(t.as('manager'), large.approval_id, 'agree', 2)
    setClock(`${tomorrow}T02:00:00Z`)
    try {
      // Sessions are of today: only what needs no session is looked at on the day after.
      await t.inside(async (s) => {
        const { stepsInForce } = await import('./approval_steps.ts')
        expect((await stepsInForce(s, approvalKind(gift), w.community_id, 10)).steps).toEqual([{ by: 'role', code: 'manager' }])
        expect((await stepsInForce(s, approvalKind(gift), null, 10)).flow_id).toBeNull()
      })
    } finally {
      setClock(undefined)
    }
    await expectRefused(as(system.saveApprovalFlow, { kind: 'test.gift', community_id: null, from_on: addDays(today, -1), tiers: [{ up_to_fen: null, steps: [one] }] }), 'system.flow_past')
    await expectRefused(as(system.saveApprovalFlow, { kind: 'test.gift', community_id: null, from_on: today, tiers: [{ up_to_fen: null, steps: [{ by: 'role', code: 'nobody' }] }] }), 'system.flow_role_unknown')
    await expectRefused(as(system.saveApprovalFlow, { kind: 'nothing', community_id: null, from_on: today, tiers: [{ up_to_fen: null, steps: [one] }] }), 'system.flow_kind_unknown')
    await as(system.saveApprovalFlow, { kind: 'test.gift', community_id: w.community_id, from_on: today, tiers: [{ up_to_fen: null, steps: [{ by: 'role', code: 'visitor' }] }] })
    // The only visitor asks: nobody else could decide.
    const nobody = await ask({ token: t.tokens.get('visitor')! }).then(() => null, (e: unknown) => e as Refusal)
    expect(nobody?.code).toBe('system.approval_nobody')
    await as(system.saveApprovalFlow, { kind: 'test.gift', community_id: w.community_id, from_on: today, tiers: [{ up_to_fen: null, steps: [one] }] })
  })
})

describe('who sees what', () => {
  test('boxes, counts, reach by community, companies apart', async () => {
    const { approval_id } = await ask()
    const elsewhere = await t.hire('finance', { scope_kind: 'community', scope_ids: ['01900000-0000-7000-8000-000000000009'] })
    const here = await t.hire('finance', { scope_kind: 'community', scope_ids: [w.community_id] })
    const building = await t.hire('finance', { scope_kind: 'building', scope_ids: [w.buildings['1']!] })
    const todo = async (as: Caller) => (await as(system.approvals, { box: 'todo', page_size: 200 })).rows.some((r) => r.approval_id === approval_id)
    expect([await todo(here), await todo(elsewhere), await todo(building), await todo(asker), await todo(t.as('other_admin'))]).toEqual([true, false, false, false, false])
    await expectRefused(elsewhere(system.approval, { approval_id }), 'kernel.not_found')
    await expectRefused(t.as('other_admin')(system.approval, { approval_id }), 'kernel.not_found')
    await expectRefused(t.as('other_admin')(system.decideApproval, { approval_id, decision: 'agree', step_no: 1 }), 'kernel.not_found')
    const detail = await here(system.approval, { approval_id })
    expect(detail).toMatchObject({ facts: [{ label: '送给', value: '张三' }], page: '/test/张三', can: { decide: true, withdraw: 'system.approval_not_asked' } })
    const card = (await here(analytics.workbench, {})).todos.find((x) => x.code === 'approval_mine')!
    expect(card.count).toBe((await here(system.approvals, {})).todo_count)
    await here(system.decideApproval, { approval_id, decision: 'agree', step_no: 1 })
    expect((await here(system.approvals, { box: 'decided' })).rows[0]!.approval_id).toBe(approval_id)
    expect((await asker(system.approvals, { box: 'asked', page_size: 200 })).rows.some((r) => r.approval_id === approval_id)).toBe(true)
  })
})
