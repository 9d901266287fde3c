// The fire-safety file of 花园小区: who is in charge, key parts, papers and trainings; an order of the fire brigade that was done, the insurance that has run out is left to be seen.
import { addDays } from '../../kernel/clock.ts'
import { firefile, type PaperKind } from '../../modules/firefile/contract.ts'
import { at } from '../caller.ts'
import { instantAt } from '../plan/calendar.ts'
import { must, type Town } from '../town.ts'

const PARTS = [
  ['消防控制室', '1 栋一层东侧', '消防设施的监控中心', '24 小时双人值班,每 2 小时记录一次'], ['消防泵房', '中心花园地下', '消防供水', '泵组自动状态,每月试泵'], ['一号配电室', '东区', '电气火灾危险', '每班巡查,严禁堆物'], ['地下车库', '东区、西区车库', '车辆密集,疏散距离长', '禁止电动自行车充电,每晚巡查'], ['楼道电动自行车停放点', '3 栋、18 栋', '充电起火', '集中充电棚断电保护,楼道禁停'],
] as const
const PAPERS: readonly (readonly [kind: PaperKind, title: string, no: string | null, issuer: string, days_ago: number, o?: { people?: number; due?: number; done?: readonly [number, string]; words?: string }])[] = [
  ['approval', '建筑工程消防验收合格意见书', '眉公消验字〔2009〕第 17 号', '眉县公安局消防科', 6200], ['rule', '防火巡查检查制度', 'AJ-XF-01', '安居物业', 700], ['rule', '消防控制室值班制度', 'AJ-XF-02', '安居物业', 700], ['rule', '用火用电安全制度', 'AJ-XF-03', '安居物业', 700],
  ['contract', '建筑消防设施维保合同', 'WB2026-11', '陕西安泰消防检测有限公司', 250, { due: -115 }], ['insurance', '火灾公众责任险', 'PZ61032601', '人保财险眉县支公司', 380, { due: 15 }],
  ['inspect', '消防监督检查记录', '眉消监查〔2026〕0412 号', '眉县消防救援大队', 130, { words: '3 栋 1 单元楼道停放电动自行车 2 辆' }], ['order', '责令限期改正通知书', '眉消限字〔2026〕0087 号', '眉县消防救援大队', 129, { due: 114, done: [118, '楼道电动自行车清理完毕,增设集中充电棚,复查通过'], words: '清理楼道电动自行车,保持疏散通道畅通' }],
  ['training', '灭火器、消火栓使用实操', null, '眉县消防救援大队', 75, { people: 26 }], ['training', '新员工三级消防教育', null, '项目部', 20, { people: 9 }],
]
export async function fileFires(t: Town): Promise<void> {
  const community_id = t.ids.community.get('garden')
  if (!community_id || t.road.has('firefile', 'done')) return
  const [head, manager] = [must(t, 'zhixu'), must(t, 'jingli')]
  const ago = (days: number): string => addDays(t.calendar.today, -days)
  for (const [name, place, reason, measures] of PARTS) await t.road.call(head, ['fire part', name], firefile.savePart, { community_id, name, place, reason, keeper: head.who.name, measures })
  for (const [n, [kind, title, no, issuer, days_ago, o]] of PAPERS.entries()) {
    const { paper_id } = await at(instantAt(t.calendar, ago(Math.min(days_ago, 400)), '10:00:00'), () => t.road.call(head, ['fire paper', n], firefile.addPaper, { community_id, kind, title, no, issuer, on_day: ago(days_ago), people_count: o?.people ?? null, due_on: o?.due === undefined ? null : ago(o.due), words: o?.words ?? null }))
    if (o?.done) await t.road.call(head, ['fire paper done', n], firefile.donePaper, { paper_id, done_on: ago(o.done[0]), done_words: o.done[1] })
  }
  await t.road.call(manager, ['firefile', 'done'], firefile.saveProfile, { community_id, from_on: ago(300), responsible: '赵建国', manager: head.who.name, phone: '19900009119', use_words: '住宅小区,42 栋六层住宅和沿街商铺,建筑面积约 15.9 万平方米', organisation: '微型消防站 1 个(南门岗亭旁),志愿消防队员 12 人,每月训练一次', note: null })
}
