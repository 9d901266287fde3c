// The contracts of the sample: service contract and covenant in force and posted, a lift contract soon over, an insurance letter that ran out, leases, a draft; the covenant signed by many houses.
import { Readable } from 'node:stream'
import { sql } from 'kysely'
import { addDays } from '../../kernel/clock.ts'
import { saveUpload } from '../../kernel/files.ts'
import { contracts } from '../../modules/contracts/contract.ts'
import { at, inside, type Person } from '../caller.ts'
import { instantAt } from '../plan/calendar.ts'
import { must, type Town } from '../town.ts'

interface Home { house_id: string; label: string; person_id: string; name: string }
const SIGNED = 60
const homes = (t: Town): Promise<Home[]> =>
  inside(t.app, t.company_id, async (s) => (await sql<Home>`select distinct on (h.sort_no, h.label) h.house_id, h.label, p.person_id, p.name from property.house h join people.ownership o on o.company_id = ${t.company_id} and o.house_id = h.house_id and o.to_on is null and o.is_primary
    join people.person p on p.company_id = ${t.company_id} and p.person_id = o.person_id and p.kind = 'natural' where h.company_id = ${t.company_id} and h.community_id = ${t.ids.community.get('garden')!} and h.kind = 'dwelling' and h.state = 'lived_in' order by h.sort_no, h.label, p.person_id limit ${SIGNED}`.execute(s.db)).rows)
/** A page with its name on it: the sample has no real papers. */
async function paper(t: Town, who: Person, name: string): Promise<string> {
  const { rows } = await inside(t.app, t.company_id, (s) => sql<{ file_id: string }>`select file_id from kernel.file where company_id = ${t.company_id} and name = ${name} and purpose = 'contract' limit 1`.execute(s.db))
  return rows[0]?.file_id ?? (await saveUpload(t.app, who, { purpose: 'contract', name, body: Readable.from([Buffer.from(`%PDF-1.4\n% sample ${name}\n`)]) })).file_id
}
type Row = readonly [key: string, kind: string, title: string, from: number, to: number | null, amount_fen: number | null, other: string, pay: string | null, state: 'active' | 'signing' | 'draft']
const ROWS: readonly Row[] = [
  ['service', 'service', '花园小区物业服务合同', -640, 455, 1_904_100_00, '花园小区业主大会', '按季收取,每季首月末前', 'active'],
  ['covenant', 'covenant', '花园小区管理规约', -1200, null, null, '花园小区业主大会', null, 'active'],
  ['interim', 'covenant_interim', '花园小区临时管理规约(续建楼栋)', -400, null, null, '安居置业', null, 'active'],
  ['lift', 'other', '电梯维护保养合同', -340, 25, 86_400_00, '陕西迅安电梯工程有限公司', '每季末付四分之一', 'active'],
  ['fire', 'other', '建筑消防设施维护检测合同', -380, -15, 46_000_00, '陕西安泰消防检测有限公司', '检测合格后一次付清', 'active'],
  ['street', 'duty_street', '2026 年度目标管理责任书', -310, 34, null, '首善街道办事处', null, 'active'],
  ['police', 'duty_police', '治安防范责任书', -300, 65, null, '眉县公安局首善派出所', null, 'active'],
  ['shop', 'house_lease', '物业用房租赁合同(便民超市)', -200, 165, 36_000_00, '眉县惠民超市', '半年付', 'active'],
  ['waste', 'other', '生活垃圾清运合同', 20, 384, 54_000_00, '眉县洁净环卫有限公司', '按月付', 'signing'],
  ['green', 'other', '绿化养护合同', 30, 394, 62_000_00, '宝鸡绿源园林有限公司', '按季付', 'draft'],
]
export async function keepContracts(t: Town): Promise<void> {
  const community_id = t.ids.community.get('garden')
  if (!community_id || t.road.has('contract', 'last')) return
  const boss = must(t, 'jingli')
  const desk = must(t, 'kefu')
  const { today } = t.calendar
  const kinds = new Map((await t.road.ask(boss, contracts.kinds, {})).rows.map((k) => [k.code, k.kind_id]))
  const list = await homes(t)
  const ids = new Map<string, string>()
  for (const [n, [key, kind, title, from, to, amount_fen, other, pay_terms, state]] of ROWS.entries()) {
    const signed_on = addDays(today, Math.max(from, -400))
    const began = instantAt(t.calendar, state === 'active' ? signed_on : addDays(today, -2), `10:${String(n).padStart(2, '0')}:00`)
    await at(began, async () => {
      const { contract_id } = await t.road.call(boss, ['contract', key], contracts.saveContract, { kind_id: kinds.get(kind)!, community_id, title, from_on: addDays(today, from), to_on: to === null ? null : addDays(today, to), amount_fen, pay_terms, keeper_id: boss.who.account_id!, house_ids: key === 'interim' ? list.map((h) => h.house_id) : [], parties: [{ side: 'a', name: other }, { side: 'b', name: '安居物业' }] })
      ids.set(key, contract_id)
      if (state === 'draft') return
      await t.road.call(boss, ['contract sent', key], contracts.submitContract, { contract_id })
      if (state === 'signing') return
      await t.road.call(boss, ['contract text', key], contracts.addPaper, { contract_id, role: 'text', title: '合同正文', file_id: await paper(t, boss, `${title}-正文.pdf`) })
      await t.road.call(boss, ['contract signed', key], contracts.signContract, { contract_id, signed_on, file_id: await paper(t, boss, `${title}-签署件.pdf`) })
    })
  }
  const service = ids.get('service')!
  const { paper_id } = await t.road.call(boss, ['contract standard'], contracts.addPaper, { contract_id: service, role: 'annex', title: '服务内容与标准', file_id: await paper(t, boss, '服务内容与标准.pdf') })
  await t.road.call(boss, ['contract posted'], contracts.postPaper, { paper_id, post_note: '二级服务标准:保洁每日一次,楼道每周两次;秩序维护 24 小时;报修急件 30 分钟到场。' })
  for (const key of ['service', 'covenant']) {
    const papers = (await t.road.ask(boss, contracts.contract, { contract_id: ids.get(key)! })).papers
    await t.road.call(boss, ['contract text posted', key], contracts.postPaper, { paper_id: papers.find((p) => p.role === 'text')!.paper_id })
  }
  for (const h of list.slice(0, 45)) await t.road.call(desk, ['contract house', h.label], contracts.signHouse, { contract_id: ids.get('interim')!, house_id: h.house_id, signed_on: addDays(today, -200 + (h.label.length % 7) * 20), signer_name: h.name })
  await t.road.call(boss, ['contract', 'last'], contracts.setKeeper, { contract_id: ids.get('green')!, keeper_id: boss.who.account_id!, note: '比价中,月底前定' })
}
