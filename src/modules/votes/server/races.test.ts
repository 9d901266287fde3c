// Race 14 with real concurrency: one right and many ballots, ballots and the close, mandates beyond the limit.
import { beforeAll, expect, test } from 'vitest'
import { Refused } from '../../../kernel/client.ts'
import { nowIso, setClock } from '../../../kernel/clock.ts'
import { PHONES } from '../../../../tests/tiny_world.ts'
import { at, iso, lasting, marks, voterOf, votesKit, type VotesKit } from '../../../../tests/votes_kit.ts'
import type { Caller } from '../../../../tests/harness.ts'
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

test('ballots against the close: what was answered was counted, what came later was refused', { timeout: 60_000 }, async () => {
  const scan_file_id = await k.scan(k.service)
  for (let round = 0; round < 3; round++) {
    const poll_id = await k.opened()
    const { closes_at } = await k.manager(votes.poll, { poll_id })
    const { rows } = await k.manager(votes.roll, { poll_id, page_size: 50 })
    const agree = await marks(k.manager, poll_id, 'agree')
    setClock(new Date(Date.parse(closes_at) - 1).toISOString())
    const enter = (list: typeof rows) => list.map((n) => k.service(votes.enterBallot, { poll_id, voter_id: n.voter_id, way: 'paper', proof: '身份证', scan_file_id, secret_ballot: agree }))
    const before = enter(rows.slice(0, 8))
    // The last ballots are on their way when the hour strikes.
    while (nowIso() < closes_at) { setClock(closes_at); await new Promise((r) => setTimeout(r, round * 3)) }
    const closing = k.manager(votes.closePoll, { poll_id })
    const after = enter(rows.slice(8))
    const r = await outcome([...before, ...after])
    await closing
    for (const code of r.refused) expect(code).toBe('votes.not_open')
    const results = await k.manager(votes.results, { poll_id })
    expect(results.rows.map((x) => x.agree.count)).toEqual([r.answered, r.answered])
    await sound()
  }
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
