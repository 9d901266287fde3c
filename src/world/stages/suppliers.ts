// The suppliers of the sample: lifts, fire, waste, greening, repairs; a qualification soon over, work accepted and sent back, last year's evaluation, one that is barred. The codes have true check digits and belong to nobody known.
import { Readable } from 'node:stream'
import { sql } from 'kysely'
import { addDays } from '../../kernel/clock.ts'
import { saveUpload } from '../../kernel/files.ts'
import { contracts } from '../../modules/contracts/contract.ts'
import { suppliers } from '../../modules/suppliers/contract.ts'
import { at, inside, type Person } from '../caller.ts'
import { instantAt } from '../plan/calendar.ts'
import { must, type Town } from '../town.ts'

async function paper(t: Town, who: Person, name: string): Promise<string> {
  const { rows } = await inside(t.app, t.company_id, (s) => sql<{ file_id: string }>`select file_id from kernel.file where company_id = ${t.company_id} and name = ${name} and purpose = 'contract' limit 1`.execute(s.db))
  return rows[0]?.file_id ?? (await saveUpload(t.app, who, { purpose: 'contract', name, body: Readable.from([Buffer.from(`%PDF-1.4\n% sample ${name}\n`)]) })).file_id
}
type Row = readonly [key: string, name: string, categories: readonly string[], contact: string, phone: string, papers: readonly (readonly [name: string, to: number])[], contract: string | null]
const ROWS: readonly Row[] = [
  ['lift', '陕西迅安电梯工程有限公司', ['电梯维保'], '郭经理', '19900007101', [['特种设备生产许可证', 41], ['营业执照', 3000]], '电梯维护保养合同'],
  ['fire', '陕西安泰消防检测有限公司', ['消防维保', '检测检验'], '付工', '19900007102', [['消防技术服务机构证明', -20]], '建筑消防设施维护检测合同'],
  ['waste', '眉县洁净环卫有限公司', ['垃圾清运'], '石队长', '19900007103', [['生活垃圾经营性清运许可证', 400]], null],
  ['green', '宝鸡绿源园林有限公司', ['绿化'], '陆经理', '19900007104', [], null],
  ['works', '眉县众诚建筑维修队', ['工程维修'], '史师傅', '19900007105', [['建筑业企业资质证书', 25]], null],
]
const WORKS: readonly (readonly [key: string, title: string, ago: number, amount_fen: number, score: number | null])[] = [
  ['lift', '5 栋电梯门机更换', 60, 3_200_00, 92], ['lift', '半月维保(上半月)', 20, 3_600_00, 88], ['works', '地下室渗漏修补', 45, 8_600_00, 74], ['works', '东门地砖翻修', 6, 5_400_00, null], ['fire', '末端试水装置维修', 4, 1_800_00, null],
]
export async function keepSuppliers(t: Town): Promise<void> {
  const community_id = t.ids.community.get('garden')
  if (!community_id || t.road.has('supplier', 'last')) return
  const [boss, fore, admin] = [must(t, 'jingli'), must(t, 'gongcheng'), must(t, 'anju')]
  const { today } = t.calendar
  const ids = new Map<string, string>()
  const kept = (await t.road.ask(boss, contracts.contracts, { page_size: 50 })).rows
  for (const [key, name, categories, contact, phone, papers, contract] of ROWS) {
    const { supplier_id } = await t.road.call(boss, ['supplier', key], suppliers.saveSupplier, { name, categories: [...categories], bank_name: '眉县农村信用合作联社', bank_account: `6230270${phone}`, keeper_id: boss.who.account_id })
    ids.set(key, supplier_id)
    await t.road.call(boss, ['supplier contact', key], suppliers.saveContact, { supplier_id, name: contact, phone, post: '项目负责人' })
    for (const [title, to] of papers) await t.road.call(boss, ['supplier paper', key, title], suppliers.addPaper, { supplier_id, name: title, issuer: '主管部门', valid_from_on: addDays(today, to - 1095), valid_to_on: addDays(today, to), file_id: await paper(t, boss, `${name}-${title}.pdf`) })
    const linked = kept.find((k) => k.title === contract)
    if (linked) await t.road.call(boss, ['supplier contract', key], suppliers.linkContract, { supplier_id, contract_id: linked.contract_id })
  }
  for (const [n, [key, title, ago, amount_fen, score]] of WORKS.entries())
    await at(instantAt(t.calendar, addDays(today, -ago), '09:30:00'), async () => {
      const { work_id } = await t.road.call(boss, ['supplier work', n], suppliers.orderWork, { supplier_id: ids.get(key)!, community_id, title, asked_on: addDays(today, -ago), due_on: addDays(today, 3 - ago), amount_fen })
      if (score === null && n === 3) return
      await t.road.call(fore, ['supplier work done', n], suppliers.finishWork, { work_id, done_on: addDays(today, -ago), done_words: '已完成,现场清理干净' })
      if (score !== null) await t.road.call(fore, ['supplier work accepted', n], suppliers.acceptWork, { work_id, passed: true, score, words: score >= 85 ? '合格,及时' : '基本合格,收口不细' })
    })
  await t.road.call(admin, ['supplier evaluated'], suppliers.evaluate, { supplier_id: ids.get('lift')!, year: Number.parseInt(today.slice(0, 4), 10), scores: [90, 92, 88, 85, 90], words: '响应快,记录完整' })
  const { supplier_id } = await t.road.call(boss, ['supplier', 'barred'], suppliers.saveSupplier, { name: '眉县恒达保洁服务部', categories: ['保洁'] })
  await t.road.call(admin, ['supplier', 'last'], suppliers.banSupplier, { supplier_id, to_on: addDays(today, 330), reason: '擅自转包,两次整改不到位' })
}
