// Race 14 with real concurrency: one right and many ballots, ballots and the close, mandates beyond the limit.
import { beforeAll, expect, test } from 'vitest'
import { Refused } from '../../../kernel/client.ts'
import { dayOf, nowIso, setClock } from '../../../kernel/clock.ts'
import type { Call } from '../../../kernel/contract.ts'
import { inTransaction } from '../../../kernel/db.ts'
import { Scope } from '../../../kernel/scope.ts'
import { PHONES } from '../../../../tests/tiny_world.ts'
import { at, iso, lasting, marks, voterOf, votesKit, type VotesKit } from '../../../../tests/votes_kit.ts'
import { expectRefused, type Caller } from '../../../../tests/harness.ts'
import { until } from '../../../../tests/until.ts'
import { CHOICES, votes } from '../contract.ts'
import { sweepVotes } from './sweep.ts'

let k: VotesKit
let zhang: Caller
beforeAll(async () => {
  at('2026-03-01')
  k = await votesKit()
  zhang = await k.t.resident(PHONES.张三)
  await lasting(k.t)
}, 120_000)
async function outcome(calls: readonly Promise<unknown>[]): Promise<{ answered: number; refused: Set<string> }> {
  const all = await Promise.allSettled(calls)
  const refused = all.flatMap((r) => (r.status === 'rejected' ? [r.reason as unknown] : []))
  for (const error of refused) if (!(error instanceof Refused)) throw error
  return { answered: all.filter((r) => r.status === 'fulfilled').length, refused: new Set(refused.map((x) => (x as Refused).code)) }
}
const sound = async (): Promise<void> => expect((await k.t.inside(sweepVotes)).filter((x) => !x.ok)).toEqual([])

test('one owner, twenty ballots at once: one counts', { timeout: 60_000 }, async () => {
  const poll_id = await k.opened()
  const { rights } = await zhang(votes.myVote, { poll_id })
  const ballots = await Promise.all(CHOICES.map((c) => marks(k.manager, poll_id, c)))
  const r = await outcome(Array.from({ length: 20 }, (_, i) => zhang(votes.cast, { poll_id, voter_id: rights[0]!.voter_id, secret_ballot: ballots[i % ballots.length]! })))
  expect(r).toEqual({ answered: 1, refused: new Set(['votes.already_voted']) })
  expect((await k.manager(votes.turnout, { poll_id })).voted.count).toBe(1)
  await sound()
  // The same where one may vote anew: each ballot kept, the last counted, none twice.
  const again = await k.opened({ replace_allowed: true })
  const own = (await zhang(votes.myVote, { poll_id: again })).rights[0]!
  const mine = await marks(k.manager, again, 'agree')
  const many = await outcome(Array.from({ length: 20 }, () => zhang(votes.cast, { poll_id: again, voter_id: own.voter_id, secret_ballot: mine })))
  expect(many.answered).toBeGreaterThan(0)
  expect((await k.manager(votes.turnout, { poll_id: again })).voted.count).toBe(1)
  expect((await voterOf(k.manager, again, '1-1-101')) as { rounds?: number }).toMatchObject({ rounds: many.answered })
  await sound()
})

/** The call on its own transaction, which stays open until it is let go. */
async function held(token: string, call: Call, input: unknown): Promise<{ answered: Promise<unknown>; done: Promise<unknown>; letGo: () => void }> {
  const known = await k.t.app.whoIs(token, { ip: null, agent: 'test', face: 'admin' })
  const answered = Promise.withResolvers<unknown>()
  const gate = Promise.withResolvers<void>()
  const done = inTransaction(k.t.app.d, { company_id: k.t.company_id }, async (tx) => {
    const now = nowIso()
    const scope = new Scope({ who: known!.who, company_id: k.t.company_id, now, today: dayOf(now), tx, request_id: null, may: call.may, dry_run: false })
    const out = await k.t.app.answers.get(call.name)!.run(scope, (call.takes as unknown as { parse: (x: unknown) => unknown }).parse(input) as never)
    answered.resolve(out)
    await gate.promise
    return out
  })
  done.catch((error: unknown) => answered.reject(error))
  return { answered: answered.promise, done, letGo: () => gate.resolve() }
}
/** Until somebody in this database waits for a lock; nobody does where there is none, and the test ends red. */
const waitsForLock = (): Promise<boolean> => until(async () => (await k.t.app.d.pool.query<{ n: number }>(`select count(*)::int as n from pg_locks l join pg_stat_activity a on a.pid = l.pid where not l.granted and a.datname = current_database()`)).rows[0]!.n > 0)

test('ballots against the close: what was answered was counted, what came later was refused', { timeout: 60_000 }, async () => {
  const poll_id = await k.opened()
  const { closes_at } = await k.manager(votes.poll, { poll_id })
  const { rows } = await k.manager(votes.roll, { poll_id, page_size: 50 })
  const scan_file_id = await k.scan(k.service)
  const paper = async (n: number) => ({ poll_id, voter_id: rows[n]!.voter_id, way: 'paper' as const, proof: '身份证', scan_file_id, secret_ballot: await marks(k.manager, poll_id, 'agree') })
  // A ballot in time, its transaction still open when the hour strikes: the close waits for it, and counts it.
  setClock(new Date(Date.parse(closes_at) - 1).toISOString())
  const first = await held(k.service.token, votes.enterBallot, await paper(0))
  await first.answered
  const late = await paper(1)
  setClock(closes_at)
  const closing = k.manager(votes.closePoll, { poll_id })
  await waitsForLock()
  first.letGo()
  await first.done
  await closing
  expect((await k.manager(votes.results, { poll_id })).rows.map((x) => x.agree.count)).toEqual([1, 1])
  await expectRefused(k.service(votes.enterBallot, late), 'votes.not_open')
  await sound()

  // A ballot that began in time while the close was under way finds it closed.
  const again = await k.opened()
  const over = (await k.manager(votes.poll, { poll_id: again })).closes_at
  const list = (await k.manager(votes.roll, { poll_id: again, page_size: 50 })).rows
  const agree = await marks(k.manager, again, 'agree')
  setClock(over)
  const ends = await held(k.manager.token, votes.closePoll, { poll_id: again })
  await ends.answered
  setClock(new Date(Date.parse(over) - 1).toISOString())
  const refused = outcome(list.slice(0, 6).map((n) => k.service(votes.enterBallot, { poll_id: again, voter_id: n.voter_id, way: 'paper', proof: '身份证', scan_file_id, secret_ballot: agree })))
  await waitsForLock()
  ends.letGo()
  await ends.done
  expect(await refused).toEqual({ answered: 0, refused: new Set(['votes.not_open']) })
  expect((await k.manager(votes.results, { poll_id: again })).rows.map((x) => x.agree.count)).toEqual([0, 0])
  await sound()
})

test('mandates at once beyond what one person may bear: the limit holds', { timeout: 60_000 }, async () => {
  at('2027-03-01')
  const poll_id = await k.opened({ opens_at: iso('2027-03-17', '08:00:00'), closes_at: iso('2027-03-27', '18:00:00') })
  const { rows } = await k.manager(votes.roll, { poll_id, page_size: 50 })
  const agree = await marks(k.manager, poll_id, 'agree')
  const [scan_file_id, mandate_file_id] = [await k.scan(k.service), await k.scan(k.service)]
  const r = await outcome(rows.slice(0, 10).map((n) => k.service(votes.enterBallot, { poll_id, voter_id: n.voter_id, way: 'proxy', proof: '委托书', scan_file_id, mandate_file_id, agent_name: '钱八', agent_phone: '13900000001', secret_ballot: agree })))
  expect(r).toEqual({ answered: 3, refused: new Set(['votes.proxy_many']) })
  await sound()
})
