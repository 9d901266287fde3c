// Plans of 花园小区 that somebody else published, a drill held and signed with an improvement that waits, one overdue, and a burst pipe that was handled.
import { Readable } from 'node:stream'
import { sql } from 'kysely'
import { at, inside, type Person } from '../caller.ts'
import { must, type Town } from '../town.ts'
import { addDays } from '../../kernel/clock.ts'
import { saveUpload } from '../../kernel/files.ts'
import { emergency, type Content } from '../../modules/emergency/contract.ts'
import { scribble } from './paid_service.ts'

type StepIn = readonly [text: string, role: string, within: number | null]
const PLANS: readonly [kind: string, name: string, steps: readonly StepIn[]][] = [
  ['burst', '供水主管爆裂应急预案', [['关闭楼栋供水总阀', '抢修组', 10], ['断开泡水区域电源,设警戒', '秩序组', 15], ['电梯停到高层,防止进水', '抢修组', 15], ['在业主群和单元门通知停水', '客服组', 20], ['抽排积水、更换管段', '抢修组', 120], ['恢复供水,排气冲洗', '抢修组', null]]],
  ['fire', '住宅火灾应急预案', [['核实火情,拨打 119', '消控室', 3], ['启动应急广播和防排烟', '消控室', 5], ['疏散着火层及以上人员', '秩序组', 10], ['迫降电梯、切断非消防电源', '抢修组', 10], ['引导消防车、提供图纸', '秩序组', 15], ['清点人员、救护伤员', '客服组', null]]],
  ['lift', '电梯困人应急预案', [['对讲安抚被困人员', '消控室', 2], ['通知维保单位到场', '抢修组', 5], ['停电盘车、平层开门', '维保单位', 30], ['停梯检查,张贴告示', '抢修组', null]]],
  ['flood', '地下车库内涝应急预案', [['开启集水坑全部潜水泵', '抢修组', 10], ['车库入口码放沙袋、挡水板', '秩序组', 20], ['通知车主挪车', '客服组', 30], ['切断低处电源', '抢修组', 30]]],
]
export async function prepare(t: Town): Promise<void> {
  const community_id = t.ids.community.get('garden')
  if (!community_id) return
  const [writer, publisher, man] = [must(t, 'gongcheng'), must(t, t.company.admin_login), must(t, 'weixiu1')]
  const kinds = new Map((await t.road.ask(publisher, emergency.kinds, {})).rows.map((k) => [k.code, k.kind_id]))
  const who = (login: string, role: string, calls: number[] = []): Content['people'][number] => ({ role, name: must(t, login).who.name, account_id: must(t, login).who.account_id!, phone: '', calls })
  const people = [who('gongcheng', '总指挥', [1, 2, 3]), who('weixiu1', '抢修组', [4]), who('zhixu', '秩序组'), who('kefu', '客服组'), { role: '外部', name: '自来水公司抢修', account_id: null, phone: '0917-5550119', calls: [] }]
  const ids: string[] = []
  await at(`${addDays(t.calendar.today, -40)}T10:00:00+08:00`, async () => {
    for (const [kind, name, steps] of PLANS) {
      const content: Content = { summary: '先救人、后救物;先控制、后抢修。任何人发现都可以启动。', people, materials: [{ name: '沙袋', count: '60 个', place: '车库东口' }, { name: '潜水泵', count: '2 台', place: '工程库房' }, { name: '应急灯', count: '6 只', place: '消防控制室' }], steps: steps.map(([text, role, within_minutes], i) => ({ step_id: `s${i + 1}`, text, role, within_minutes })) }
      const { plan_id } = await t.road.call(writer, ['emergency plan', kind], emergency.savePlan, { community_id, kind_id: kinds.get(kind)!, name, content })
      await t.road.call(writer, ['emergency submit', kind], emergency.submitPlan, { plan_id })
      if (kind !== 'flood') await t.road.call(publisher, ['emergency publish', kind], emergency.publishPlan, { plan_id })
      ids.push(plan_id)
    }
    await t.road.call(writer, ['drill overdue'], emergency.saveDrill, { plan_id: ids[2]!, due_on: addDays(t.calendar.today, -6) })
    await t.road.call(writer, ['drill year'], emergency.planYear, { community_id, year: Number(t.calendar.today.slice(0, 4)) })
  })
  await drilled(t, writer, man, ids[1]!)
  await handled(t, writer, man, ids[0]!)
}
async function drilled(t: Town, writer: Person, man: Person, plan_id: string): Promise<void> {
  const day = addDays(t.calendar.today, -9)
  await at(`${day}T15:00:00+08:00`, async () => {
    const { drill_id } = await t.road.call(writer, ['drill fire'], emergency.saveDrill, { plan_id, due_on: day })
    await t.road.call(writer, ['drill held'], emergency.holdDrill, { drill_id, held_at: new Date(`${day}T14:00:00+08:00`).toISOString(), place: '3 栋及中心广场', leader_name: writer.who.name, summary: '14:00 模拟 3 栋 12 层起火,14:02 消控室核实并报警,14:09 人员疏散到广场,14:20 清点完毕。', account_ids: [man, writer, must(t, 'zhixu')].map((p) => p.who.account_id!), photo_ids: [] })
    for (const p of [man, writer]) await t.road.call(p, ['drill sign', p.who.name], emergency.signDrill, { drill_id, photo_ids: [await signature(t, p)] })
    await t.road.call(writer, ['drill closed'], emergency.closeDrill, { drill_id, score: 86, evaluation: '报警和疏散及时;2 单元应急广播声音偏小,疏散指示灯坏 2 只。', tasks: [{ words: '更换 3 栋 2 只疏散指示灯', owner_id: man.who.account_id!, due_on: addDays(t.calendar.today, -2) }, { words: '检修 2 单元应急广播', owner_id: must(t, 'weixiu2').who.account_id!, due_on: addDays(t.calendar.today, 10) }] })
  })
}
async function handled(t: Town, writer: Person, man: Person, plan_id: string): Promise<void> {
  const start = Date.parse(`${addDays(t.calendar.today, -3)}T23:40:00+08:00`)
  const iso = (minutes: number): string => new Date(start + minutes * 60_000).toISOString()
  const { incident_id } = await at(iso(0), () => t.road.call(man, ['incident'], emergency.startIncident, { plan_id, place: '3 栋负一层', words: '供水主管三通爆裂,水漫电梯厅' }))
  await at(iso(2), () => t.road.call(writer, ['incident seen'], emergency.seeIncident, { incident_id }))
  for (const [i, minutes] of [8, 17, 14, 19, 100, 115].entries()) await at(iso(minutes), () => t.road.call(man, ['incident step', i], emergency.markStep, { incident_id, step_id: `s${i + 1}`, done_at: iso(minutes), note: null }))
  await at(iso(118), () => t.road.call(man, ['incident end'], emergency.endIncident, { incident_id, note: '更换 DN80 三通一只,01:38 恢复供水。', photo_ids: [] }))
  await at(iso(600), () => t.road.call(writer, ['incident closed'], emergency.closeIncident, { incident_id, review: '断电比预案晚 2 分钟:配电箱没有标识。其余步骤按时。', tasks: [{ words: '地下配电箱补贴回路标识', owner_id: man.who.account_id!, due_on: addDays(t.calendar.today, 7) }] }))
}
async function signature(t: Town, who: Person): Promise<string> {
  const name = `sample-drill-signature-${who.who.account_id}.png`
  const { rows } = await inside(t.app, t.company_id, (s) => sql<{ file_id: string }>`select file_id from kernel.file where company_id = ${t.company_id} and name = ${name} limit 1`.execute(s.db))
  return rows[0]?.file_id ?? (await saveUpload(t.app, who, { purpose: 'photo', name, body: Readable.from([scribble(Number.parseInt(who.who.account_id!.slice(-2), 16))]) })).file_id
}
