// Votes of 花园小区: one of two buildings that is over and published (a roof passes, lifts do not), one of the whole community that runs and waits for the sample's resident.
import { Readable } from 'node:stream'
import { sql } from 'kysely'
import { addDays } from '../../kernel/clock.ts'
import { saveUpload } from '../../kernel/files.ts'
import { votes, type Choice, type MotionIn } from '../../modules/votes/contract.ts'
import { RESIDENT_PHONE } from '../accounts.ts'
import { at, inside, several, type Person } from '../caller.ts'
import { must, type Town } from '../town.ts'

const ROOF: MotionIn[] = [
  { matter: 'fund_use', title: '使用维修资金翻修屋面防水', body: '两栋楼屋面防水层使用 17 年,顶层多户渗漏。拟使用维修资金 18.6 万元,按建筑面积分摊,质保 5 年。', file_id: null },
  { matter: 'rebuild', title: '各单元加装电梯', body: '每单元加装一部电梯,业主自筹约 42 万元每部,政府补贴 20 万元每部。', file_id: null },
]
const RENEW: MotionIn[] = [
  { matter: 'company', title: '续聘安居物业服务三年', body: '服务标准按现合同,物业费 1.20 元/㎡·月不变,合同自明年 1 月 1 日起。', file_id: null },
  { matter: 'other', title: '公共收益用于更换单元门禁', body: '从公共收益中支出不超过 9.8 万元,更换全部单元门禁控制器和对讲主机。', file_id: null },
]
const ROOF_SAYS: readonly (readonly [Choice, Choice])[] = [['agree', 'agree'], ['agree', 'agree'], ['agree', 'oppose'], ['agree', 'agree'], ['agree', 'abstain'], ['oppose', 'oppose'], ['agree', 'agree'], ['agree', 'oppose']]
const RENEW_SAYS: readonly (readonly [Choice, Choice])[] = [['agree', 'agree'], ['oppose', 'agree'], ['agree', 'agree'], ['abstain', 'agree'], ['agree', 'oppose']]
const OPEN_BALLOTS = 45
const PAPERS = 3
interface Right {
  voter_id: string
  voter_no: number
  phone: string | null
  name: string
  label: string
  persons: number
}
/** Three plain reads put together here: the rows are younger than the statistics, and a join of them could be planned by none. */
const rightsOf = (t: Town, poll_id: string): Promise<Right[]> =>
  inside(t.app, t.company_id, async (s) => {
    const of = sql`company_id = ${t.company_id} and poll_id = ${poll_id}`
    const { rows } = await sql<{ voter_id: string; voter_no: number }>`select voter_id, voter_no from votes.voter where ${of} and kind = 'owner' order by voter_no`.execute(s.db)
    const { rows: persons } = await sql<{ voter_id: string; phone: string | null; name: string }>`select x.voter_id, q.phone, q.name from votes.voter_person x join people.person q on q.company_id = ${t.company_id} and q.person_id = x.person_id where x.company_id = ${t.company_id} and x.poll_id = ${poll_id} order by q.phone nulls last`.execute(s.db)
    const { rows: houses } = await sql<{ voter_id: string; label: string }>`select voter_id, label from votes.voter_house where ${of} order by label`.execute(s.db)
    const who = Map.groupBy(persons, (x) => x.voter_id)
    const label = new Map(houses.toReversed().map((x) => [x.voter_id, x.label]))
    return rows.flatMap((n) => { const own = who.get(n.voter_id); return own ? [{ ...n, phone: own[0]!.phone, name: own[0]!.name, label: label.get(n.voter_id)!, persons: own.length }] : [] })
  })
const residentOf = (t: Town, r: Right): Person => ({ company_id: t.company_id, who: { kind: 'resident', account_id: null, name: r.name, phone: r.phone, face: 'resident', ip: null, agent: '样例装载', session: null, grants: [] } })

export async function holdVotes(t: Town): Promise<void> {
  const community_id = t.ids.community.get('garden')
  if (!community_id || t.road.has('votes', 'done')) return
  const manager = must(t, 'jingli')
  const day = (n: number): string => addDays(t.calendar.today, n)
  const iso = (n: number, time: string): string => new Date(`${day(n)}T${time}:00+08:00`).toISOString()
  const { rows: homes } = await inside(t.app, t.company_id, (s) => sql<{ building_id: string }>`select b.building_id from property.building b where b.company_id = ${t.company_id} and b.community_id = ${community_id} and b.kind = 'residential' order by exists (select from property.house h join people.ownership o on o.company_id = ${t.company_id} and o.house_id = h.house_id join people.person q on q.company_id = ${t.company_id} and q.person_id = o.person_id where h.company_id = ${t.company_id} and h.building_id = b.building_id and q.phone = ${RESIDENT_PHONE}) desc, b.sort_no, b.no limit 2`.execute(s.db))
  const held = async (key: string, o: { title: string; posted: number; opens: number; closes: number; motions: MotionIn[]; building_ids: string[]; sealed: boolean }): Promise<string> => {
    const { poll_id } = await at(iso(o.posted, '10:00'), () => t.road.call(manager, ['vote', key], votes.savePoll, { community_id, title: o.title, kind: 'regular', organiser: 'committee', organiser_name: '花园小区业主委员会', intro: '议题经业主委员会讨论提出,请业主认真阅读后投票。手机投票与纸质票合并计票。', building_ids: o.building_ids, opens_at: iso(o.opens, '08:00'), closes_at: iso(o.closes, '18:00'), sealed: o.sealed, replace_allowed: false, motions: o.motions }))
    await at(iso(o.posted, '11:00'), () => t.road.call(manager, ['vote posted', key], votes.announcePoll, { poll_id }))
    await at(iso(o.opens, '08:00'), () => t.road.call(manager, ['vote opened', key], votes.openPoll, { poll_id }))
    return poll_id
  }
  const marksOf = async (poll_id: string, says: readonly Choice[]) => (await t.road.ask(manager, votes.poll, { poll_id })).motions.map((m, i) => ({ motion_id: m.motion_id, choice: says[i]! }))

  const roof = await held('roof', { title: '屋面防水与加装电梯表决', posted: -52, opens: -34, closes: -20, motions: ROOF, building_ids: homes.map((h) => h.building_id), sealed: true })
  const roofSays = await Promise.all(ROOF_SAYS.map((x) => marksOf(roof, x)))
  const roofRights = await rightsOf(t, roof)
  const name = '样例纸质票.pdf'
  const { rows: kept } = await inside(t.app, t.company_id, (s) => sql<{ file_id: string }>`select file_id from kernel.file where company_id = ${t.company_id} and name = ${name} and created_by = ${manager.who.account_id}::uuid limit 1`.execute(s.db))
  const scan_file_id = kept[0]?.file_id ?? (await saveUpload(t.app, manager, { purpose: 'proof', name, body: Readable.from([Buffer.from('%PDF-1.4\n% sample ballot\n')]) })).file_id
  await at(iso(-28, '15:00'), () => several(roofRights.filter((_, i) => i % 7 !== 6), (r) => {
    const secret_ballot = roofSays[r.voter_no % roofSays.length]!
    return r.phone && r.voter_no > PAPERS
      ? t.road.call(residentOf(t, r), ['ballot roof', r.voter_no], votes.cast, { poll_id: roof, voter_id: r.voter_id, secret_ballot, agreed: r.persons > 1 })
      : t.road.call(manager, ['ballot roof', r.voter_no], votes.enterBallot, { poll_id: roof, voter_id: r.voter_id, way: 'paper', secret_ballot, proof: '本人到场,核对身份证', scan_file_id })
  }))
  await at(iso(-20, '18:01'), () => t.road.call(manager, ['vote closed', 'roof'], votes.closePoll, { poll_id: roof }))
  await at(iso(-19, '10:00'), () => t.road.call(manager, ['vote published', 'roof'], votes.publishPoll, { poll_id: roof }))

  const renew = await held('renew', { title: `${t.calendar.today.slice(0, 4)} 年业主大会`, posted: -21, opens: -4, closes: 12, motions: RENEW, building_ids: [], sealed: true })
  const says = await Promise.all(RENEW_SAYS.map((x) => marksOf(renew, x)))
  const rights = (await rightsOf(t, renew)).filter((r) => r.phone && r.phone !== RESIDENT_PHONE)
  await at(iso(-2, '20:00'), () => several(rights.filter((_, i) => i % Math.max(1, Math.floor(rights.length / OPEN_BALLOTS)) === 0).slice(0, OPEN_BALLOTS), (r) => t.road.call(residentOf(t, r), ['ballot renew', r.voter_no], votes.cast, { poll_id: renew, voter_id: r.voter_id, secret_ballot: says[r.voter_no % says.length]!, agreed: r.persons > 1 })))
  // A term that ends within the months in which the re-election has to begin.
  const { committee_id } = await at(iso(-30, '09:00'), () => t.road.call(manager, ['committee'], votes.saveCommittee, { community_id, kind: 'committee', term_no: 3, from_on: day(-1400), to_on: day(120), seats_count: 7, remind_months: 6, filed_no: '首善街业备 〔2023〕 4 号', filed_on: day(-1385), note: '每两个月开一次例会,会议纪要在公示栏张贴' }))
  const seats = rights.filter((_, i) => i % Math.max(1, Math.floor(rights.length / 8)) === 3).slice(0, 7)
  for (const [n, r] of seats.entries()) await t.road.call(manager, ['committee member', n], votes.addCommitteeMember, { committee_id, name: r.name, post: n === 0 ? 'head' : n === 1 ? 'deputy' : 'member', houses: r.label, from_on: day(-1400) })
  await t.road.step(manager, ['votes', 'done'], 'votes.poll.read', async () => 1)
}
