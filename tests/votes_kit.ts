// An owners' assembly in the tiny world: draft, posted, opened, with files that stand for scans.
import { Readable } from 'node:stream'
import { addDays, dayOf, nowMs, setClock } from '../src/kernel/clock.ts'
import { saveUpload } from '../src/kernel/files.ts'
import type { In } from '../src/kernel/contract.ts'
import { votes, type Choice, type MotionIn } from '../src/modules/votes/contract.ts'
import type { Caller, TestApp } from './harness.ts'
import { testApp } from './harness.ts'
import { tinyWorld, type TinyWorld } from './tiny_world.ts'

export interface VotesKit {
  t: TestApp
  w: TinyWorld
  manager: Caller & { account_id: string; token: string }
  service: Caller & { account_id: string; token: string }
  /** A scan of `who`. */
  scan(who: Caller & { account_id: string }): Promise<string>
  draft(o?: Partial<In<typeof votes.savePoll.takes>>): Promise<string>
  /** Posted and opened; the clock stands at its first minute. */
  opened(o?: Partial<In<typeof votes.savePoll.takes>>): Promise<string>
}
export const at = (day: string, time = '09:00:00'): void => setClock(`${day}T${time}+08:00`)
export const iso = (day: string, time: string): string => new Date(`${day}T${time}+08:00`).toISOString()
export const BOTH: MotionIn[] = [{ matter: 'company', title: '续聘安居物业', body: '续聘三年,收费标准不变。', file_id: null }, { matter: 'fund_raise', title: '筹集维修资金', body: '按建筑面积每平方米 10 元。', file_id: null }]

export async function votesKit(): Promise<VotesKit> {
  const t = await testApp()
  const w = await tinyWorld(t)
  const [manager, service] = [await t.hire('manager'), await t.hire('service')]
  const scan = async (who: Caller & { account_id: string }): Promise<string> =>
    (await saveUpload(t.app, { who: { kind: 'staff', account_id: who.account_id, name: '', phone: null, face: 'admin', ip: null, agent: null, session: null, grants: [] }, company_id: t.company_id }, { purpose: 'proof', name: '票.png', body: Readable.from(Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex')) })).file_id
  let n = 0
  const draft = async (o: Partial<In<typeof votes.savePoll.takes>> = {}): Promise<string> => {
    const day = dayOf(nowMs())
    return (await manager(votes.savePoll, { community_id: w.community_id, title: `第 ${++n} 次业主大会`, kind: 'regular', organiser: 'committee', organiser_name: '花园小区业主委员会', intro: '', building_ids: [], opens_at: iso(addDays(day, 16), '08:00:00'), closes_at: iso(addDays(day, 26), '18:00:00'), sealed: true, replace_allowed: false, motions: BOTH, ...o })).poll_id
  }
  const opened = async (o: Partial<In<typeof votes.savePoll.takes>> = {}): Promise<string> => {
    await lasting(t)
    const day = dayOf(nowMs())
    const poll_id = await draft(o)
    await manager(votes.announcePoll, { poll_id })
    at(addDays(day, 16), '08:00:00')
    await manager(votes.openPoll, { poll_id })
    return poll_id
  }
  return { t, w, manager, service, scan, draft, opened }
}
/** Nobody is signed out by the weeks that a vote takes. */
export const lasting = (t: TestApp): Promise<unknown> => t.app.d.pool.query(`update identity.session set expires_at = '2099-01-01' where ended_at is null`)
/** The same choice for every motion. */
export async function marks(as: Caller, poll_id: string, ...choices: Choice[]): Promise<{ motion_id: string; choice: Choice }[]> {
  const { motions } = await as(votes.poll, { poll_id })
  return motions.flatMap((m, i) => { const choice = choices[i] ?? choices[0]; return choice ? [{ motion_id: m.motion_id, choice }] : [] })
}
export async function voterOf(as: Caller, poll_id: string, q: string): Promise<{ voter_id: string; voter_no: number; area_m2: string }> {
  const { rows } = await as(votes.roll, { poll_id, q })
  if (!rows[0]) throw new Error(`nobody on the roll at ${q}`)
  return rows[0]
}
